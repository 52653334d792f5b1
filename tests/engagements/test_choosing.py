"""Several firms are asked, those that would do it are held, one is chosen, and the others hear of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from contracts.models import CoverageOverride
from engagements.actions import answers, offers, orders, sweeps
from engagements.models import Assignment, Offer, WorkOrder
from engagements.values import NewTerms, OrderDraft, Piece, Recipient
from partnernet.core.errors import IllegalStep, RuleBroken, Stale, WrongRole
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, NEW_YORK, asked, cover
from tests.everything import nothing_moves
from tests.factories.partners import people_of
from tests.factories.visits import VisitFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WEDNESDAY_FIVE = datetime(2007, 3, 7, 22, tzinfo=UTC)


@pytest.fixture
def order(job, line, prime) -> WorkOrder:
    draft = OrderDraft(asked=asked(), routing="select")
    return orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)[0]


@pytest.fixture
def both(order, prime, sub, stranger) -> tuple[Offer, Offer]:
    cover(prime, sub)
    cover(prime, stranger)
    to = [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)]
    mine, other = offers.offer_work(order, to, by=prime.dispatcher, now=MONDAY)
    return mine, other


def would(offer: Offer, people, **known) -> Offer:
    answers.accept(offer, by=people.owner, revision=offer.revision_id, now=MONDAY + HOUR, **known)
    return Offer.objects.get(pk=offer.pk)


def offered_today(order: WorkOrder, prime, sub) -> Offer:
    """Offer the order for next week: doors know no other time than now."""
    now = datetime.now(UTC)
    WorkOrder.objects.update(starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=10))
    cover(prime, sub)
    CoverageOverride.objects.update(created_at=now, expires_at=now + timedelta(days=30))
    return offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner)[0]


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_whoever_says_yes_is_held_and_bound_to_nothing(both, sub, prime):
    offer = would(both[0], sub, technician=sub.technician.pk)

    assert (offer.status, offer.technician_id, offer.ended_at) == ("willing", sub.technician.pk, None)
    assert offer.held_until == WEDNESDAY_FIVE
    assert WorkOrder.objects.get().status == "offered"
    assert not Assignment.objects.exists()
    assert told("offer_willing") == {prime.owner.user.email, prime.dispatcher.user.email}
    assert told("offer_held") == {sub.owner.user.email, sub.dispatcher.user.email}


def test_a_choice_binds_one_and_frees_the_others(both, prime, sub, stranger):
    mine, other = would(both[0], sub, technician=sub.technician.pk), would(both[1], stranger)

    order = answers.choose(mine, by=prime.dispatcher, revision=mine.revision_id, now=MONDAY + 2 * HOUR)

    other.refresh_from_db()
    mine.refresh_from_db()
    assert (order.status, order.sub_id) == ("assigned", sub.firm.pk)
    assert Assignment.objects.get().technician_id == sub.technician.pk
    assert (mine.status, other.status, other.held_until, other.technician) == (
        "accepted",
        "filled",
        None,
        None,
    )
    assert told("offer_filled") == {stranger.owner.user.email, stranger.dispatcher.user.email}
    assert told("order_assigned") == {sub.owner.user.email, sub.dispatcher.user.email}
    assert list(mine.events.order_by("occurred_at").values_list("step", flat=True)) == [
        "send",
        "accept",
        "choose",
    ]


def test_the_chosen_firm_is_warned_again_of_another_visit(both, prime, sub):
    offer = would(both[0], sub, technician=sub.technician.pk)
    elsewhere = {"status": "assigned", "sub": sub.firm, "starts_at": datetime(2007, 3, 8, 14, tzinfo=UTC)}
    VisitFactory(
        technician=sub.technician, **{f"work_order__{name}": value for name, value in elsewhere.items()}
    )

    answers.choose(offer, by=prime.owner, revision=offer.revision_id, now=MONDAY + 2 * HOUR)

    news = Notification.objects.filter(kind="order_assigned").first()
    assert "that morning" in news.context["warnings"][0]
    assert not any(
        "that morning" in str(each.context) for each in Notification.objects.filter(firm=prime.firm.pk)
    )


def test_coverage_is_judged_again(both, prime, sub):
    offer = would(both[0], sub)
    CoverageOverride.objects.filter(sub=sub.firm).update(expires_at=MONDAY + HOUR)

    with nothing_moves(), pytest.raises(RuleBroken):
        answers.choose(offer, by=prime.owner, revision=offer.revision_id, now=MONDAY + 2 * HOUR)


def test_the_margin_is_judged_again(both, prime, sub, line):
    offer = would(both[0], sub)
    line.unit_price = 80
    line.save(update_fields=["unit_price"])

    with nothing_moves(), pytest.raises(RuleBroken, match="below your floor"):
        answers.choose(offer, by=prime.dispatcher, revision=offer.revision_id, now=MONDAY + 2 * HOUR)
    answers.choose(offer, by=prime.owner, revision=offer.revision_id, now=MONDAY + 2 * HOUR)

    assert offer.revision.margin_approval.approved_by_id == prime.owner.pk


def test_other_terms_than_those_seen_are_not_chosen(both, prime, sub):
    offer = would(both[0], sub)
    seen = offer.revision_id
    offers.revise(offer, NewTerms(asked("70")), by=prime.owner, now=MONDAY + HOUR)
    with nothing_moves(), pytest.raises(IllegalStep):
        answers.choose(offer, by=prime.owner, revision=seen, now=MONDAY + HOUR)

    again = Offer.objects.get(pk=offer.pk)
    assert (again.status, again.held_until) == ("sent", None)
    again = would(again, sub)
    with nothing_moves(), pytest.raises(Stale):
        answers.choose(again, by=prime.owner, revision=seen, now=MONDAY + HOUR)


def test_a_willing_firm_may_step_back_and_come_back(both, prime, sub):
    offer = would(both[0], sub)

    answers.decline(offer, by=sub.dispatcher, now=MONDAY + 2 * HOUR)
    offer.refresh_from_db()
    assert (offer.status, offer.held_until) == ("declined", None)
    with nothing_moves(), pytest.raises(IllegalStep):
        answers.choose(offer, by=prime.owner, revision=offer.revision_id, now=MONDAY + 2 * HOUR)

    answers.reopen(offer, by=sub.owner, now=MONDAY + 3 * HOUR)
    assert would(offer, sub).status == "willing"


def test_nobody_is_held_for_ever(both, prime, sub):
    offer = would(both[0], sub)

    with nothing_moves(), pytest.raises(RuleBroken):
        sweeps.expire(offer, now=WEDNESDAY_FIVE - HOUR)
    with nothing_moves(), pytest.raises(RuleBroken, match="time to choose has passed"):
        answers.choose(offer, by=prime.owner, revision=offer.revision_id, now=WEDNESDAY_FIVE)
    sweeps.sweep_offers(now=WEDNESDAY_FIVE)

    offer.refresh_from_db()
    assert (offer.status, offer.held_until) == ("expired", None)
    news = Notification.objects.filter(kind="offer_expired", firm=sub.firm.pk).first()
    assert news.context["held"] is True
    assert sweeps.sweep_offers(now=WEDNESDAY_FIVE) == 0


def test_a_recall_frees_the_willing_and_opens_a_round(both, prime, sub):
    offer = would(both[0], sub)

    order = orders.recall(WorkOrder.objects.get(), by=prime.owner, now=MONDAY + 2 * HOUR)

    offer.refresh_from_db()
    assert (offer.status, order.status, order.round) == ("withdrawn", "draft", 2)


def test_who_chooses(both, prime, sub):
    offer = would(both[0], sub)

    for person in (prime.finance, prime.technician, prime.viewer):
        with nothing_moves(), pytest.raises(WrongRole):
            answers.choose(offer, by=person, revision=offer.revision_id, now=MONDAY + HOUR)


def test_the_page_compares_and_chooses(client, order, prime, sub, stranger):
    offer = offered_today(order, prime, sub)
    answers.accept(offer, by=sub.owner, revision=offer.revision_id)
    client.force_login(prime.dispatcher.user)

    page = client.get(reverse("work-order-choose", args=[prime.firm.pk, order.pk])).content.decode()
    for words in ("1 firm would do it", "Blue Mesa IT", "New to you", "$1,350", "$450 (25 %)"):
        assert words in page
    assert (
        "Choose among 1 firm"
        in client.get(reverse("work-order", args=[prime.firm.pk, order.pk])).content.decode()
    )
    client.post(reverse("offer-choose", args=[prime.firm.pk, offer.pk]), {"revision": offer.revision_id})

    assert WorkOrder.objects.get().status == "assigned"


def test_the_sub_reads_how_it_stands(client, both, sub):
    would(both[0], sub)
    client.force_login(sub.owner.user)

    page = client.get(reverse("offer", args=[sub.firm.pk, both[0].pk])).content.decode()

    assert "You would do it. Halcyon Managed asks several firms" in page
    assert "Step back" in page
    assert "Cold Harbor" not in page


def test_the_api_chooses(order, prime, sub):
    offer = offered_today(order, prime, sub)
    taker, giver = APIClient(), APIClient()
    taker.force_authenticate(sub.owner.user)
    giver.force_authenticate(prime.owner.user)
    body = {"revision": str(offer.revision_id)}
    held = taker.post(reverse("api-offer-accept", args=[offer.pk]), body, format="json").json()
    assert (held["status"], "work_order" in held) == ("willing", False)

    assert (
        giver.post(reverse("api-offer-choose", args=[offer.pk]), body, format="json").json()["status"]
        == "accepted"
    )


def test_more_willing_firms_ask_no_more_of_the_database(client, order, prime):
    assert order.timezone == NEW_YORK
    client.force_login(prime.owner.user)
    counted = []
    for rows in (1, 12):
        for number in range(rows):
            firm = people_of(f"Firm {rows} {number}", f"firm{rows}-{number}.example")
            cover(prime, firm)
            offer = offers.offer_work(
                WorkOrder.objects.get(), [Recipient(firm.firm.pk)], by=prime.owner, now=MONDAY
            )[0]
            would(offer, firm)
        with CaptureQueriesContext(connection) as sent:
            assert client.get(reverse("work-order-choose", args=[prime.firm.pk, order.pk])).status_code == 200
        counted.append(len(sent))

    assert counted[0] == counted[1]
