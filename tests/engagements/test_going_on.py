"""Work that was on hold goes on as agreed, or on a date that the sub may refuse without blame."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from engagements.actions import changes, holding, onsite, visits
from engagements.models import ChangeRequest, Submission, WorkOrder
from engagements.values import Schedule
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongSide
from partners.models import ScoreEvent
from tests.engagements.conftest import MONDAY, NEW_YORK, wall
from tests.engagements.test_visits import THURSDAY_9, running, taken, visit  # noqa: F401 - fixtures
from tests.everything import nothing_moves

pytestmark = pytest.mark.django_db
FRIDAY = Schedule("arrival_window", NEW_YORK, wall(9, 9), wall(9, 11))
AFTER = THURSDAY_9 + timedelta(hours=3)


@pytest.fixture
def held(taken, prime) -> WorkOrder:  # noqa: F811
    return holding.hold(taken, by=prime.owner, reason="They move.", now=MONDAY)


def again(order) -> WorkOrder:
    return WorkOrder.objects.get(pk=order.pk)


def test_a_date_that_has_passed_is_not_gone_on_with(held, prime):
    with nothing_moves(), pytest.raises(RuleBroken, match="Propose another one"):
        holding.resume(held, by=prime.owner, now=AFTER)


def test_it_stays_on_hold_until_the_date_is_agreed(held, prime, sub):
    holding.resume(held, by=prime.dispatcher, schedule=FRIDAY, now=AFTER)
    asked = ChangeRequest.objects.get()
    assert (again(held).status, asked.after_hold, asked.side) == ("on_hold", True, "prime")
    with nothing_moves(), pytest.raises(RuleBroken, match="proposed already"):
        holding.resume(held, by=prime.owner, now=AFTER)

    changes.agree(asked, by=sub.dispatcher, now=AFTER)

    order = again(held)
    assert (order.status, order.held_from) == ("assigned", "")
    assert order.starts_at == datetime(2007, 3, 9, 14, tzinfo=UTC)
    assert order.events.filter(step="resume").exists()


def test_a_no_gives_the_work_back_without_blame(held, prime, sub):
    holding.resume(held, by=prime.owner, schedule=FRIDAY, now=AFTER)

    changes.refuse(ChangeRequest.objects.get(), by=sub.owner, reason="We are away.", now=AFTER)

    order = again(held)
    assert (order.status, order.sub_id, order.round) == ("draft", None, 2)
    assert not ScoreEvent.objects.filter(fault="").exists()
    assert ScoreEvent.objects.get(kind__startswith="backed_out").fault == "nobody"


def test_a_no_hands_in_what_was_done(running, prime, sub):  # noqa: F811
    onsite.count_units(running, by=sub.technician, units=4, now=THURSDAY_9)
    visits.finish(running.visits.get(), by=sub.technician, now=AFTER)
    holding.hold(running, by=prime.owner, reason="They move.", now=AFTER)
    holding.resume(running, by=prime.owner, schedule=FRIDAY, now=AFTER)
    asked = ChangeRequest.objects.get()
    with nothing_moves(), pytest.raises(Invalid):
        changes.refuse(asked, by=sub.owner, now=AFTER)

    changes.refuse(asked, by=sub.owner, asked_for_more=False, now=AFTER)

    assert (again(running).status, Submission.objects.get().amount) == ("submitted", 300)


def test_a_date_that_is_taken_back_leaves_it_on_hold(held, prime):
    holding.resume(held, by=prime.owner, schedule=FRIDAY, now=MONDAY)
    changes.withdraw(ChangeRequest.objects.get(), by=prime.owner, now=MONDAY)
    assert again(held).status == "on_hold"

    holding.resume(held, by=prime.owner, now=MONDAY)
    assert again(held).status == "assigned"


def test_who_lets_it_go_on(held, taken, prime, sub):  # noqa: F811
    with nothing_moves(), pytest.raises(WrongSide):
        holding.resume(held, by=sub.owner, schedule=FRIDAY, now=MONDAY)
    holding.resume(held, by=prime.owner, now=MONDAY)
    with nothing_moves(), pytest.raises(IllegalStep):
        holding.resume(held, by=prime.owner, schedule=FRIDAY, now=MONDAY)


def test_pages_and_the_api_propose_a_date(client, held, prime, sub):
    client.force_login(prime.owner.user)
    path = reverse("work-order-resume", args=[prime.firm.pk, held.pk])
    assert "Agreed so far" in client.get(path).content.decode()
    passed = client.post(path, {})
    assert "The agreed time has passed meanwhile" in passed.content.decode()
    client.post(path, {"starts": "2031-03-05T09:00", "ends": "2031-03-05T11:00"})
    asked = ChangeRequest.objects.get()
    client.force_login(sub.owner.user)
    page = client.get(reverse("work-order", args=[sub.firm.pk, held.pk])).content.decode()
    assert "It does not suit us" in page

    client.post(
        reverse("change-refuse", args=[sub.firm.pk, held.pk, asked.pk]),
        {"reason": "No", "asked_for_more": ""},
    )
    assert again(held).status == "draft"


def test_the_api_holds_and_goes_on(taken, prime):  # noqa: F811
    WorkOrder.objects.update(ends_at=datetime.now(UTC) + timedelta(days=2))
    caller = APIClient()
    caller.force_authenticate(prime.owner.user)
    path = reverse("api-work-order-hold", args=[taken.pk])
    assert caller.post(path, {"reason": "They move."}, format="json").json()["status"] == "on_hold"

    body = {"starts": "2031-03-05T09:00", "ends": "2031-03-05T11:00"}
    path = reverse("api-work-order-resume", args=[taken.pk])
    assert caller.post(path, body, format="json").json()["status"] == "on_hold"
    assert ChangeRequest.objects.get().after_hold
