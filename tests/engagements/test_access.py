"""Keys, accounts and tools: owed back on every exit, until the firm that handed them over says that they are back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from engagements.actions import access, endings
from engagements.actions.endings import Ending
from engagements.models import AccessGrant
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Delivery, Notification
from tests.engagements.conftest import MONDAY
from tests.engagements.test_visits import THURSDAY_9, running, taken, visit  # noqa: F401 - fixtures
from tests.factories.visits import AccessGrantFactory

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EARLY = THURSDAY_9 - 2 * DAY  # Tuesday 6 March 2007
OTHERWISE = Ending("otherwise")


@pytest.fixture
def key(taken, prime):  # noqa: F811 - the fixture above
    return access.hand_over(taken, access.Access("Key 14", "Blue box"), by=prime.dispatcher, now=MONDAY)


@pytest.fixture
def owed(key, taken, prime):  # noqa: F811 - the same
    endings.remove(taken, OTHERWISE, by=prime.owner, now=EARLY)
    key.refresh_from_db()
    return key


def told(kind):
    return sorted(
        Delivery.objects.filter(notification__kind=kind).values_list("address", flat=True).distinct()
    )


SUB = ["dispatcher@bluemesa.example", "owner@bluemesa.example"]
PRIME = ["dispatcher@halcyon.example", "owner@halcyon.example"]


def test_a_firm_whose_work_was_taken_back_still_hands_back_what_it_holds(owed, sub, prime):
    assert told("access_owed") == SUB

    access.hand_back(owed, by=sub.dispatcher, how="Left with Ann", now=EARLY + HOUR)

    owed.refresh_from_db()
    assert (owed.returned_by, owed.returned_how, owed.received_at) == (sub.dispatcher, "Left with Ann", None)
    assert told("access_returned") == PRIME
    access.receive(owed, by=prime.dispatcher, now=EARLY + 2 * HOUR)
    owed.refresh_from_db()
    assert (owed.received_by, owed.received_at) == (prime.dispatcher, EARLY + 2 * HOUR)
    steps = list(owed.work_order.events.filter(step__startswith="access").order_by("occurred_at", "pk"))
    assert [each.step for each in steps] == ["access_handed_over", "access_returned", "access_received"]
    assert AccessGrant.objects.unsettled().count() == 0


def test_the_next_firm_owes_nothing_of_the_last_ones(owed):
    assert AccessGrant.objects.filter(work_order=owed.work_order_id).of_running().count() == 0
    assert AccessGrant.objects.unsettled().get() == owed


def test_what_did_not_arrive_is_owed_again(owed, sub, prime):
    access.hand_back(owed, by=sub.owner, now=EARLY + HOUR)

    access.deny(owed, by=prime.owner, reason="The box is empty", now=EARLY + 2 * HOUR)

    owed.refresh_from_db()
    assert (owed.returned_at, owed.returned_by) == (None, None)
    assert told("access_denied") == SUB
    with pytest.raises(RuleBroken, match="could be denied"):
        access.deny(owed, by=prime.owner, reason="Again", now=EARLY + 3 * HOUR)


def test_what_opens_nothing_any_more_is_not_owed(owed, prime):
    access.revoke(owed, by=prime.owner, now=EARLY + HOUR)

    assert AccessGrant.objects.unsettled().count() == 0
    assert told("access_revoked") == SUB
    assert access.remind(now=EARLY + DAY) == 0


def test_what_lies_on_the_desk_is_back_whatever_was_said(owed, prime):
    access.receive(owed, by=prime.owner, now=EARLY + HOUR)

    owed.refresh_from_db()
    assert (owed.returned_by, owed.received_by) == (prime.owner, prime.owner)


@pytest.mark.parametrize(
    ("days", "reminded"), [(0, 0), (1, 2), (2, 4), (3, 6), (4, 6), (6, 6), (7, 8), (14, 10), (30, 14)]
)
def test_the_firm_that_holds_it_is_reminded_until_it_says_that_it_went_back(days, reminded, owed, sub):
    # After business days 1, 2, 3, 5, 10, …: 6 March 2007 was a Tuesday, so the fifth is the 13th, the tenth the 20th.
    for day in range(days + 1):
        at = EARLY + day * DAY + HOUR
        for _ in range(2):
            access.remind(now=at)

    owed.refresh_from_db()
    first = 2  # told at the end of the work itself
    assert Notification.objects.filter(kind="access_owed").count() == first + reminded


def test_then_the_firm_that_gave_it_is_reminded_until_it_says_that_it_is_back(owed, sub, prime):
    access.hand_back(owed, by=sub.owner, now=EARLY + HOUR)

    assert [access.remind(now=EARLY + day * DAY + 2 * HOUR) for day in (0, 1, 1, 2)] == [0, 2, 0, 2]
    assert told("access_unconfirmed") == PRIME
    access.receive(owed, by=prime.owner, now=EARLY + 2 * DAY + 3 * HOUR)
    assert access.remind(now=EARLY + 3 * DAY + 2 * HOUR) == 0


def test_nobody_is_reminded_while_the_work_runs(running, key, sub, prime):  # noqa: F811 - the same
    assert access.remind(now=THURSDAY_9 + 5 * DAY) == 0


def test_who_may(owed, prime, sub, stranger):
    for by in (prime.owner, stranger.owner):
        with pytest.raises(WrongSide):
            access.hand_back(owed, by=by, now=EARLY)
    for by in (sub.finance, sub.viewer):
        with pytest.raises(WrongRole):
            access.hand_back(owed, by=by, now=EARLY)
    for step in (access.receive, access.revoke):
        with pytest.raises(WrongSide):
            step(owed, by=sub.owner, now=EARLY)
        with pytest.raises(WrongRole):
            step(owed, by=prime.finance, now=EARLY)

    owed.refresh_from_db()
    assert (owed.returned_at, owed.received_at, owed.revoked_at) == (None, None, None)


def test_a_kind_that_nobody_knows_is_refused(taken, prime):  # noqa: F811 - the same
    with pytest.raises(Invalid):
        access.hand_over(taken, access.Access("Key", kind="spell"), by=prime.owner, now=MONDAY)

    assert not AccessGrant.objects.exists()


def test_both_sides_have_a_page_after_the_order_is_gone(owed, prime, sub, stranger, browser_of):
    theirs, ours = browser_of(sub.owner), browser_of(prime.owner)
    assert theirs.get(reverse("work-order", args=[sub.firm.pk, owed.work_order_id])).status_code == 404

    page = theirs.get(reverse("access", args=[sub.firm.pk])).content.decode()
    assert "Key 14" in page
    assert "Blue box" not in page
    theirs.post(reverse("access-hand-back", args=[sub.firm.pk, owed.pk]), {"how": "Left with Ann"})
    assert "Left with Ann" in ours.get(reverse("access", args=[prime.firm.pk])).content.decode()
    ours.post(reverse("access-receive", args=[prime.firm.pk, owed.pk]))
    assert "Key 14" not in ours.get(reverse("access", args=[prime.firm.pk])).content.decode()
    assert "Key 14" in ours.get(reverse("access", args=[prime.firm.pk]), {"all": ""}).content.decode()
    other = browser_of(stranger.owner)
    assert other.post(reverse("access-receive", args=[stranger.firm.pk, owed.pk])).status_code == 404


def test_before_anybody_was_there_the_other_firm_does_not_read_what_it_will_get(key, sub, browser_of):
    assert "Key 14" not in browser_of(sub.owner).get(reverse("access", args=[sub.firm.pk])).content.decode()


def test_by_api(taken, sub, prime, api_of):  # noqa: F811 - the same
    ours, theirs = api_of(prime.owner, "read", "engagements"), api_of(sub.owner, "read", "engagements")
    body = {"work_order": str(taken.pk), "kind": "remote", "what": "Screen tool", "details": "Code 1234"}

    made = ours.post("/api/v1/access-grants/", body, format="json")

    assert (made.status_code, made.json()["holder"]) == (201, str(sub.firm.pk))
    assert "details" not in made.json()
    endings.remove(taken, OTHERWISE, by=prime.owner, now=EARLY)
    address = f"/api/v1/access-grants/{made.json()['id']}/"
    assert (
        theirs.post(f"{address}hand-back/", {"how": "Removed"}, format="json").json()["returned_how"]
        == "Removed"
    )
    assert ours.post(f"{address}receive/").json()["received_at"] is not None
    assert (
        ours.get("/api/v1/access-grants/", {"work_order": str(taken.pk)}).json()["results"][0]["what"]
        == "Screen tool"
    )


def test_a_long_list_asks_no_more(running, prime, browser_of):  # noqa: F811 - the same
    browser, address = browser_of(prime.owner), reverse("access", args=[prime.firm.pk])
    counted = []
    for rows in (1, 24):
        for _ in range(rows):
            AccessGrantFactory(work_order=running)
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(address).status_code == 200
        counted.append(len(sent))

    assert counted[0] == counted[1]
