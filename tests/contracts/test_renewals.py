"""An agreement nears its end, and another takes its place."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contracts.actions import agreements, renewals
from contracts.actions.coverage import judge_now
from contracts.actions.verification import faults_of
from contracts.coverage import Need
from contracts.models import Agreement
from partnernet.core.models import Notification
from tests.factories.contracts import SIGNED_AT, proposed, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
DAY, MS = timedelta(days=1), timedelta(milliseconds=1)


def told() -> list[tuple[str, str]]:
    found = Notification.objects.filter(kind="agreement_ends").order_by("created_at", "user__email")
    return list(found.values_list("user__email", "title"))


def ending(prime: People, sub: People) -> Agreement:
    return signed(prime.owner, sub.owner, values={"term_months": 12})


def test_both_owners_hear_of_the_end_60_30_14_and_7_days_before(prime: People, sub: People):
    end = ending(prime, sub).ends_at
    assert end is not None
    heard = []

    for days in (61, 60, 60, 45, 30, 14, 7, 3):
        renewals.remind_of_ends(now=end - days * DAY)
        heard.append(len(told()))
    renewals.remind_of_ends(now=end)

    assert heard == [0, 2, 2, 2, 4, 6, 8, 8]
    assert len(told()) == 8
    assert told()[:2] == [
        ("owner@bluemesa.example", f"The agreement with {prime.firm.name} ends on 1 February 2008"),
        ("owner@halcyon.example", f"The agreement with {sub.firm.name} ends on 1 February 2008"),
    ]


def test_a_clock_that_looks_late_says_the_nearest_once(prime: People, sub: People):
    end = ending(prime, sub).ends_at
    assert end is not None

    assert [renewals.remind_of_ends(now=end - 10 * DAY) for _ in range(2)] == [1, 1]
    assert len(told()) == 2


def test_nobody_is_reminded_of_what_is_ended_or_followed(prime: People, sub: People, stranger: People):
    end = ending(prime, sub).ends_at
    assert end is not None
    proposed(prime.owner, sub.firm, now=end - 90 * DAY)
    given_notice = signed(prime.owner, stranger.owner, values={"term_months": 12, "notice_days": 60})
    agreements.terminate(given_notice, by=prime.owner, now=end - 70 * DAY)

    assert renewals.remind_of_ends(now=end - 20 * DAY) == 0
    assert told() == []


def test_a_new_agreement_takes_the_place_of_the_old_one_at_once(prime: People, sub: People):
    old = ending(prime, sub)
    later = SIGNED_AT + 320 * DAY

    new = signed(sub.owner, prime.owner, now=later)

    old.refresh_from_db()
    assert (old.status, old.ends_at, old.terminated_at) == ("signed", later, None)
    assert old.events.latest("sequence").step == "supersede"
    assert faults_of(old) == []
    assert list(Agreement.objects.in_force(later)) == [new]
    assert list(Agreement.objects.in_force(later - MS)) == [old]
    need = Need(prime.firm.pk, sub.firm.pk, later, later + 30 * DAY)
    assert judge_now(need, now=later).agreement_id == new.pk


def test_agreements_with_others_go_on(prime: People, sub: People, stranger: People):
    beside = signed(prime.owner, stranger.owner, values={"term_months": 12})
    ending(prime, sub)

    signed(prime.owner, sub.owner, now=SIGNED_AT + 100 * DAY)

    ends_at = beside.ends_at
    beside.refresh_from_db()
    assert beside.ends_at == ends_at


def test_the_page_offers_a_new_one_while_none_follows(prime: People, sub: People, browser_of, monkeypatch):
    old = ending(prime, sub)
    assert old.ends_at is not None
    soon = old.ends_at - 20 * DAY
    monkeypatch.setattr("partnernet.core.clock.now", lambda: soon)
    browser: Client = browser_of(prime.owner)
    page = reverse("agreement", args=[prime.firm.pk, old.pk])

    assert b"Sign a new one" in browser.get(page).content
    proposed(prime.owner, sub.firm, now=soon)
    assert b"Sign a new one" not in browser.get(page).content
