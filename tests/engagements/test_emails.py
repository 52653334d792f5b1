"""Every mail about offers and orders: text and HTML, who, what, by when, one button, and nothing that is hidden."""

import re

import pytest
from django.test import override_settings

from engagements.actions import answers, counters, endings, offers, orders, sweeps
from engagements.actions.endings import Ending
from engagements.values import NewTerms, Recipient
from partnernet.core import mail
from partnernet.core.models import Delivery
from tests.engagements.conftest import MONDAY, asked, cover

pytestmark = pytest.mark.django_db

TO_THE_SUB = (
    "offer_sent",
    "offer_revised",
    "counter_refused",
    "counter_lapsed",
    "offer_withdrawn",
    "offer_filled",
    "offer_expired",
)


def _end_in_every_way(order, to, *, prime, sub) -> None:
    """Back out of the accepted order, have it taken off, and cancelled."""
    endings.back_out(order, Ending("overbooked"), by=sub.owner, now=MONDAY)
    first, _second = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    answers.accept(first, by=sub.owner, revision=first.revision_id, now=MONDAY)
    endings.remove(order, Ending("otherwise"), by=prime.owner, now=MONDAY)
    first, _second = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    answers.accept(first, by=sub.owner, revision=first.revision_id, now=MONDAY)
    endings.cancel(order, Ending("client_cancelled", "They moved out."), by=prime.owner, now=MONDAY)


@pytest.fixture
def everything_that_is_told(order, prime, sub, stranger):
    """Play every step once that somebody is told of."""
    cover(prime, sub)
    cover(prime, stranger)
    to = [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)]
    first, _ = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    offers.revise(first, NewTerms(asked("78")), by=prime.owner, now=MONDAY)
    for end in (lambda: counters.refuse_counter(first, by=prime.owner, now=MONDAY), lambda: counters.withdraw_counter(first, by=sub.owner, now=MONDAY)):  # fmt: skip
        counters.counter(first, NewTerms(asked("80"), 12), by=sub.owner, now=MONDAY)
        end()
    answers.decline(first, by=sub.owner, reason="We are full.", now=MONDAY)
    answers.reopen(first, by=sub.owner, now=MONDAY)
    orders.recall(order, by=prime.owner, now=MONDAY)
    first, _ = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    first.refresh_from_db()
    sweeps.sweep_offers(now=first.respond_by)
    orders.recall(order, by=prime.owner, now=MONDAY)
    first, _ = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    counters.counter(first, NewTerms(asked("80"), 12), by=sub.owner, now=MONDAY)
    first.refresh_from_db()
    sweeps.sweep_offers(now=first.counter.lapses_at)
    orders.recall(order, by=prime.owner, now=MONDAY)
    first, _second = offers.offer_work(order, to, by=prime.owner, now=MONDAY)
    counters.counter(first, NewTerms(asked("80"), 12), by=sub.owner, now=MONDAY)
    first.refresh_from_db()
    counters.accept_counter(first, by=prime.owner, revision=first.counter_id, now=MONDAY)
    _end_in_every_way(order, to, prime=prime, sub=sub)
    return Delivery.objects.select_related("notification").order_by("pk")


@override_settings(SITE_URL="https://partnernet.example")
def test_every_mail_has_both_forms_one_button_and_nothing_hidden(everything_that_is_told, order):
    kinds = set()
    for delivery in everything_that_is_told:
        kind = delivery.notification.kind
        kinds.add(kind)
        letter = mail.message(delivery)
        html = str(letter.alternatives[0][0])
        assert len(re.findall('class="button"', html)) == 1, kind
        assert "https://partnernet.example/" in letter.body, kind
        assert "\n" not in letter.subject
        if kind in TO_THE_SUB:
            said = letter.subject + letter.body + html
            assert order.client.name not in said, kind
            assert "1,800" not in said, kind
            assert "/o/" in letter.body, kind

    assert kinds >= {
        *TO_THE_SUB, "offer_countered", "counter_withdrawn", "offer_declined", "offer_reopened", "offer_unanswered",
        "counter_unanswered", "offer_accepted", "counter_accepted", "order_cancelled",
    }  # fmt: skip
