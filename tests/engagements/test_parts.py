"""Work handed in part by part: each approved and paid by itself, together the whole to the cent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from billing.actions import approve_silent_work, approve_work, remove_firm
from billing.models import Invoice
from engagements.actions import changes, endings, holding, onsite, submissions, visit_sweeps, visits
from engagements.actions.changes import Wanted
from engagements.actions.endings import Ending
from engagements.models import Submission, WorkOrder
from engagements.pay import BLENDED, FIXED, HOURLY, PER_UNIT, PayTerms, Worked, not_to_exceed, pay, so_far
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import ScoreEvent
from tests.engagements.test_visits import THURSDAY_9, running, taken, visit  # noqa: F401 - fixtures
from tests.everything import nothing_moves

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def part(order, sub, units: int, *, after: int) -> Submission:
    """Count so many more computers, and hand them in."""
    now = THURSDAY_9 + after * HOUR
    onsite.count_units(order, by=sub.technician, units=units, minutes=units * 30, now=now)
    return submissions.submit_part(order, by=sub.technician, client_asked_for_more=False, now=now)


def rest(order, sub, *, after: int) -> Submission:
    """Do what is left, leave, and hand in all of it."""
    now = THURSDAY_9 + after * HOUR
    left = sum(line.units - line.done for line in order.lines.all())
    onsite.count_units(order, by=sub.technician, units=left, minutes=left * 30, now=now)
    visits.finish(order.visits.get(), by=sub.technician, now=now)
    return submissions.submit(order, by=sub.technician, client_asked_for_more=False, now=now)


def again(order) -> WorkOrder:
    return WorkOrder.objects.get(pk=order.pk)


def test_a_part_is_approved_and_billed_while_the_work_runs_on(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    assert (first.is_part, first.units, first.amount, again(running).status) == (True, 5, 375, "in_progress")

    invoice = approve_work(first, by=prime.owner, now=THURSDAY_9 + 3 * HOUR)
    last = rest(running, sub, after=8)

    assert (invoice.amount, again(running).status) == (375, "submitted")
    assert (last.is_part, last.units, last.amount) == (False, 13, 975)
    approve_work(last, by=prime.owner, now=THURSDAY_9 + 9 * HOUR)
    assert again(running).status == "approved"
    assert sum(each.amount for each in Invoice.objects.all()) == again(running).not_to_exceed == 1350
    assert list(running.events.filter(step__endswith="part").values_list("step", flat=True)) == ["submit_part", "approve_part"]  # fmt: skip


def test_only_the_end_is_evidence_and_opens_the_rating(running, prime, sub):  # noqa: F811
    approve_work(part(running, sub, 5, after=2), by=prime.owner, now=THURSDAY_9 + 3 * HOUR)
    assert not ScoreEvent.objects.exclude(kind="on_time_start").exists()

    approve_work(rest(running, sub, after=8), by=prime.owner, now=THURSDAY_9 + 9 * HOUR)

    assert ScoreEvent.objects.get(kind="approved_first_time").value == 1


def test_what_is_sent_back_is_in_the_next_part(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    submissions.send_back(first, by=prime.dispatcher, reason="Two do not start.", now=THURSDAY_9 + 3 * HOUR)
    assert again(running).status == "in_progress"

    second = part(running, sub, 3, after=4)

    assert (second.units, second.amount) == (8, 600)
    approve_work(second, by=prime.owner, now=THURSDAY_9 + 5 * HOUR)
    approve_work(rest(running, sub, after=8), by=prime.owner, now=THURSDAY_9 + 9 * HOUR)
    assert sum(each.amount for each in Invoice.objects.all()) == 1350
    assert ScoreEvent.objects.get(kind="approved_first_time").value == 0


def test_several_parts_wait_and_the_whole_waits_for_them(running, prime, sub):  # noqa: F811
    first, second = part(running, sub, 5, after=2), part(running, sub, 5, after=4)
    last = rest(running, sub, after=8)

    with nothing_moves(), pytest.raises(RuleBroken, match="A part of it still waits"):
        approve_work(last, by=prime.owner, now=THURSDAY_9 + 9 * HOUR)
    with nothing_moves(), pytest.raises(IllegalStep):
        submissions.send_back(first, by=prime.owner, reason="No.", now=THURSDAY_9 + 9 * HOUR)
    for each in (second, first, last):
        approve_work(each, by=prime.owner, now=THURSDAY_9 + 9 * HOUR)

    assert again(running).status == "approved"


def test_silence_approves_each_part_at_its_own_time(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    second = part(running, sub, 5, after=2 + 24)
    assert first.silence_at < second.silence_at

    assert approve_silent_work(now=first.silence_at) == 1
    first.refresh_from_db()
    assert (first.status, first.by_silence, again(running).status) == ("approved", True, "in_progress")
    assert approve_silent_work(now=second.silence_at) == 1
    assert approve_silent_work(now=second.silence_at) == 0


def test_a_part_on_hold_is_still_decided(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + 3 * HOUR)
    holding.hold(running, by=prime.owner, reason="The client moves.", now=THURSDAY_9 + 3 * HOUR)

    approve_work(first, by=prime.owner, now=THURSDAY_9 + 4 * HOUR)

    assert again(running).status == "on_hold"


def test_nothing_new_is_no_part(running, sub):  # noqa: F811
    with nothing_moves(), pytest.raises(RuleBroken, match="Nothing was done"):
        submissions.submit_part(running, by=sub.technician, client_asked_for_more=False, now=THURSDAY_9)
    part(running, sub, 5, after=2)
    with nothing_moves(), pytest.raises(RuleBroken, match="Nothing was done"):
        submissions.submit_part(
            running, by=sub.technician, client_asked_for_more=False, now=THURSDAY_9 + 3 * HOUR
        )


def test_who_hands_in_and_decides_a_part(running, prime, sub, stranger):  # noqa: F811
    onsite.count_units(running, by=sub.technician, units=3, now=THURSDAY_9)
    with nothing_moves():
        for person, error in (
            (prime.owner, WrongSide),
            (sub.finance, WrongRole),
            (stranger.owner, WrongSide),
        ):
            with pytest.raises(error):
                submissions.submit_part(running, by=person, client_asked_for_more=False, now=THURSDAY_9)
        with pytest.raises(Invalid):
            submissions.submit_part(running, by=sub.owner, client_asked_for_more=None, now=THURSDAY_9)
    first = submissions.submit_part(running, by=sub.owner, client_asked_for_more=False, now=THURSDAY_9)
    prime.dispatcher.approval_limit = Decimal(100)
    prime.dispatcher.save(update_fields=["approval_limit"])
    with nothing_moves():
        for person, error in (
            (sub.owner, WrongSide),
            (prime.finance, WrongRole),
            (prime.dispatcher, WrongRole),
        ):
            with pytest.raises(error):
                approve_work(first, by=person, now=THURSDAY_9)


def test_a_bonus_agreed_between_parts_is_in_the_next(running, prime, sub):  # noqa: F811
    approve_work(part(running, sub, 5, after=2), by=prime.owner, now=THURSDAY_9 + 3 * HOUR)
    bonus = changes.ask(running, Wanted("bonus", "It was dark", Decimal(50)), by=sub.owner, now=THURSDAY_9)
    changes.agree(bonus, by=prime.owner, now=THURSDAY_9 + 3 * HOUR)
    assert part(running, sub, 1, after=4).amount == 125

    last = rest(running, sub, after=8)
    extra = changes.margins_after(again(running), [])
    assert (extra, last.amount) == ({}, 900)
    assert again(running).submissions.standing().together().amount == again(running).not_to_exceed == 1400


def test_money_agreed_while_the_whole_waits_is_added_to_it_alone(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    bonus = changes.ask(running, Wanted("bonus", "It was dark", Decimal(50)), by=sub.owner, now=THURSDAY_9)
    last = rest(running, sub, after=8)

    changes.agree(bonus, by=prime.owner, now=THURSDAY_9 + 9 * HOUR)

    first.refresh_from_db()
    last.refresh_from_db()
    assert (first.amount, last.amount) == (375, 1025)


def test_work_taken_back_after_a_part_pays_only_what_was_done_since(running, prime, sub):  # noqa: F811
    first = part(running, sub, 5, after=2)
    onsite.count_units(running, by=sub.technician, units=2, now=THURSDAY_9 + 3 * HOUR)
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + 3 * HOUR)
    assert endings.foresee(again(running), now=THURSDAY_9).pays == 150

    ended = remove_firm(running, Ending("otherwise"), by=prime.owner, now=THURSDAY_9 + 4 * HOUR)

    assert (ended.submission.amount, ended.submission.units, ended.order.status) == (150, 2, "submitted")
    assert [line.units for line in ended.released.lines.all()] == [11]
    approve_work(first, by=prime.owner, now=THURSDAY_9 + 5 * HOUR)
    approve_work(ended.submission, by=prime.owner, now=THURSDAY_9 + 5 * HOUR)
    assert sum(each.amount for each in Invoice.objects.all()) == 525
    assert again(running).status == "approved"


def test_long_work_is_invited_once_a_week(running, sub):  # noqa: F811
    WorkOrder.objects.update(ends_at=running.starts_at + timedelta(days=20))
    week = running.assigned_at + timedelta(days=7, hours=1)

    assert visit_sweeps.invite_parts(now=week - timedelta(days=1)) == 0
    assert [visit_sweeps.invite_parts(now=week) for _ in range(2)] == [2, 0]
    leads = {sub.owner.user.email, sub.dispatcher.user.email}
    assert (
        set(Notification.objects.filter(kind="part_invited").values_list("user__email", flat=True)) == leads
    )
    assert visit_sweeps.invite_parts(now=week + timedelta(days=7)) == 2


def test_short_work_is_not_invited(running):  # noqa: F811
    assert visit_sweeps.invite_parts(now=running.assigned_at + timedelta(days=9)) == 0


def test_pages_and_the_api_hand_in_parts(client, running, prime, sub):  # noqa: F811
    onsite.count_units(running, by=sub.technician, units=5, now=THURSDAY_9 + HOUR)
    client.force_login(sub.technician.user)
    path = reverse("work-part", args=[sub.firm.pk, running.pk])
    page = client.get(path).content.decode()
    assert "5 computers" in page
    assert "$375" not in page
    client.post(path, {"client_asked_for_more": "False"})
    assert Submission.objects.get().is_part
    client.force_login(prime.owner.user)
    page = client.get(reverse("work-order", args=[prime.firm.pk, running.pk])).content.decode()
    assert "A part, handed in" in page
    assert "Approve $375" in page

    onsite.count_units(running, by=sub.technician, units=1, now=THURSDAY_9 + 2 * HOUR)
    caller = APIClient()
    caller.force_authenticate(sub.owner.user)
    path = reverse("api-work-order-submit", args=[running.pk])
    made = caller.post(path, {"client_asked_for_more": False, "part": True}, format="json").json()
    assert (made["is_part"], made["units"], made["amount"]["amount"]) == (True, 1, "75.00")


MONEY = st.decimals(min_value="0.01", max_value="5000", places=2)
TERMS = st.builds(
    PayTerms,
    kind=st.sampled_from((FIXED, HOURLY, PER_UNIT, BLENDED)),
    amount=MONEY,
    cap_hours=st.decimals(min_value="1", max_value="80", places=2),
    flat_hours=st.decimals(min_value="0", max_value="10", places=2),
    extra_rate=st.decimals(min_value="0", max_value="200", places=2),
    minimum_hours=st.decimals(min_value="0", max_value="8", places=2),
    trip_charge=st.decimals(min_value="0", max_value="90", places=2),
    expenses_cap=st.decimals(min_value="0", max_value="300", places=2),
    not_to_exceed=st.none() | MONEY,
)
STEPS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.decimals(min_value="0", max_value="12", places=2),
        st.decimals(min_value="0", max_value="99", places=2),
    ),
    min_size=1,
    max_size=9,
)


@given(terms=TERMS, steps=STEPS)
def test_parts_add_up_to_the_whole_and_never_pass_the_most(terms, steps):
    units = sum(step[0] for step in steps) or 1
    most, paid, worked = not_to_exceed(terms, units=units), Decimal(0), Worked()
    for more, hours, spent in steps:
        worked = Worked(
            hours=worked.hours + hours, units=worked.units + more, expenses=worked.expenses + spent
        )
        added = so_far(terms, worked, units=units).total - paid
        assert added >= 0
        paid += added
        assert paid <= most
    last = pay(terms, worked, units=units).total - paid
    assert last >= 0
    assert paid + last == pay(terms, worked, units=units).total <= most


def test_nobody_is_sent_back_to_work_that_was_taken_off_them(running, prime, sub):  # noqa: F811
    onsite.count_units(running, by=sub.technician, units=2, now=THURSDAY_9 + 3 * HOUR)
    visits.finish(running.visits.get(), by=sub.technician, now=THURSDAY_9 + 3 * HOUR)
    ended = remove_firm(running, Ending("otherwise"), by=prime.owner, now=THURSDAY_9 + 4 * HOUR)

    with nothing_moves(), pytest.raises(IllegalStep, match="ended early"):
        submissions.send_back(ended.submission, by=prime.owner, reason="Again.", now=THURSDAY_9 + 5 * HOUR)
