"""Cover that runs: call-offs, the promised answer, protection, time, and the weeks that are paid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.actions import approve_work
from billing.models import Invoice
from contracts.models import CoverageOverride, ProtectedClient
from engagements import wording
from engagements.actions import (
    answers,
    call_offs,
    changes,
    cover_sweeps,
    endings,
    holding,
    offers,
    orders,
    submissions,
    timekeeping,
    visits,
)
from engagements.actions.call_offs import Call
from engagements.actions.changes import Wanted
from engagements.actions.endings import Ending
from engagements.actions.submissions import ClientAsked
from engagements.actions.timekeeping import Worked
from engagements.cover import Promise
from engagements.models import CallOff, CoverageCheck, OfferRevision, TimeEntry, Visit, WorkOrder
from engagements.pay import FIXED, HOURLY, PayTerms
from engagements.values import Asked, OrderDraft, Piece, Recipient, Schedule
from engagements.workflow import CALL_OFF
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import ScoreEvent
from tests.engagements.conftest import MONDAY, NEW_YORK, cover, wall
from tests.engagements.test_cover import at
from tests.everything import nothing_moves
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.contracts import signed

pytestmark = pytest.mark.django_db
PROMISE = Promise(30, Decimal(5), Decimal(20))
TWO_WEEKS = Schedule("cover", NEW_YORK, wall(6, 9), wall(19, 17), PROMISE)
TUESDAY_10 = at(6, 10)
MINUTE = timedelta(minutes=1)


def by_the_hour(rate: str = "80", **known) -> PayTerms:
    return PayTerms(HOURLY, Decimal(rate), **known)


@pytest.fixture
def standing_by(job, line, prime, sub) -> WorkOrder:
    """Two weeks of cover from Tuesday 9:00, at $80 an hour, which the sub took; its technician keeps it."""
    draft = OrderDraft(asked=Asked(by_the_hour(), TWO_WEEKS), title="Cover", routing="first_accept")
    (order,) = orders.split(job, [Piece(line.pk, 1)], by=prime.dispatcher, draft=draft, now=MONDAY)
    cover(prime, sub)
    (offer,) = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.with_sides().get(pk=order.pk)


@pytest.fixture
def clinic(prime):
    client = ClientFactory(firm=prime.firm, name="Oak Street Clinic")
    return SiteFactory(client=client, town="Mineola", state="NY", timezone=NEW_YORK)


def call(site, ticket: str = "T-1", hours: str = "3") -> Call:
    return Call(site.client_id, ticket, "The server does not answer", Decimal(hours), site.pk)


def ready(order, *people) -> None:
    for each in people:
        visits.acknowledge_briefing(order, by=each, now=TUESDAY_10)


@pytest.fixture
def called(standing_by, clinic, prime) -> CallOff:
    return call_offs.call_off(standing_by, call(clinic), by=prime.dispatcher, now=TUESDAY_10)


@pytest.fixture
def taken(called, standing_by, sub) -> CallOff:
    """The call-off, answered by the technician."""
    ready(standing_by, sub.technician)
    return call_offs.acknowledge(called, by=sub.technician, now=TUESDAY_10 + 5 * MINUTE)


def again(row):
    return type(row).objects.get(pk=row.pk)


def test_cover_is_offered_and_taken_without_a_visit(standing_by):
    assert (standing_by.status, standing_by.cap_hours, standing_by.not_to_exceed) == ("assigned", 40, 3200)
    assert not Visit.objects.filter(work_order=standing_by).exists()
    assert wording.schedule(standing_by) == "cover 6–19 March, 9 am to 5 pm each day"
    assert wording.promise(standing_by) == (
        "a call-off is answered within 30 minutes, 5 to 20 hours a week are paid"
    )
    assert wording.paid(standing_by) == "each week paid 15 days after it is handed in"


@pytest.mark.parametrize(
    ("pay", "schedule", "field"),
    [
        (PayTerms(FIXED, Decimal(80)), TWO_WEEKS, "pay_kind"),
        (by_the_hour(), Schedule("cover", NEW_YORK, wall(6, 9), wall(19, 17)), "response_minutes"),
        (by_the_hour(), Schedule("cover", NEW_YORK, wall(6, 9), None, PROMISE), "ends"),
        (by_the_hour(), Schedule("cover", NEW_YORK, wall(6, 9), wall(6, 9).replace(year=2009), PROMISE), "ends"),
    ],
)  # fmt: skip
def test_cover_says_what_it_promises(job, line, prime, pay, schedule, field):
    with nothing_moves(), pytest.raises(Invalid) as refused:
        orders.split(job, [Piece(line.pk, 1)], by=prime.owner, draft=OrderDraft(asked=Asked(pay, schedule)), now=MONDAY)  # fmt: skip

    assert field in refused.value.fields


def test_cover_begins_by_the_clock(standing_by):
    assert cover_sweeps.sweep_cover(now=at(6, 8, 59)) == 0
    assert cover_sweeps.sweep_cover(now=at(6, 9)) == 1
    assert cover_sweeps.sweep_cover(now=at(6, 9)) == 0

    assert again(standing_by).status == "in_progress"
    assert standing_by.coverage_checks.filter(occasion="start").count() == 1
    assert not ScoreEvent.objects.exists()


def test_a_call_off_is_told_without_the_clients_name(called, sub):
    assert (called.status, called.answer_by - called.called_at) == ("called", 30 * MINUTE)
    told = Notification.objects.filter(kind="call_off_called")
    assert {each.user for each in told} == {sub.owner.user, sub.dispatcher.user, sub.technician.user}
    assert all("Oak Street" not in str(each.context) for each in told)
    assert told[0].context["answer_by"] == "6 March, 10:30 am (America/New_York)"
    assert CoverageCheck.objects.filter(occasion="call_off", status="overridden").count() == 1


def test_work_is_called_off_by_the_leads_of_the_prime_while_cover_runs(standing_by, clinic, prime, sub):
    refusals = [
        (sub.owner, TUESDAY_10, WrongSide),
        (prime.technician, TUESDAY_10, WrongRole),
        (prime.owner, at(6, 8, 59), RuleBroken),
        (prime.owner, at(19, 17), RuleBroken),
    ]
    for by, now, refusal in refusals:
        with nothing_moves(), pytest.raises(refusal):
            call_offs.call_off(standing_by, call(clinic), by=by, now=now)


def test_a_call_off_names_one_of_our_clients_and_a_new_ticket(standing_by, called, clinic, prime, stranger):
    other = SiteFactory(client=ClientFactory(firm=stranger.firm))
    for wrong, field in (
        (call(other), "client"),
        (Call(clinic.client_id, "T-2", "x", Decimal(1), other.pk), "site"),
        (call(clinic), "ticket"),
        (call(clinic, "T-2", "0"), "cap_hours"),
        (call(clinic, "", "1"), "ticket"),
    ):
        with nothing_moves(), pytest.raises(Invalid) as refused:
            call_offs.call_off(standing_by, wrong, by=prime.owner, now=TUESDAY_10)
        assert list(refused.value.fields) == [field]


def test_a_call_off_needs_an_agreement_at_that_moment(standing_by, clinic, prime):
    CoverageOverride.objects.update(expires_at=TUESDAY_10 - MINUTE)

    with nothing_moves(), pytest.raises(RuleBroken) as refused:
        call_offs.call_off(standing_by, call(clinic), by=prime.owner, now=TUESDAY_10)

    assert refused.value.code == "not_covered"


def test_other_work_takes_no_call_offs_and_no_time(offer, clinic, prime, sub):
    order = answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)

    with nothing_moves(), pytest.raises(RuleBroken, match="This work is no cover"):
        call_offs.call_off(order, call(clinic), by=prime.owner, now=TUESDAY_10)
    with nothing_moves(), pytest.raises(RuleBroken, match="Time is logged under cover"):
        timekeeping.log(order, Worked(30), by=sub.owner, now=TUESDAY_10)


def test_an_answer_begins_cover_and_names_who_goes(taken, standing_by, sub):
    assert (taken.status, taken.technician, taken.acknowledged_by) == (
        "acknowledged",
        sub.technician,
        sub.technician,
    )
    assert again(standing_by).status == "in_progress"
    told = Notification.objects.filter(kind="call_off_acknowledged").first()
    assert (told.context["client"], told.context["late"]) == ("Oak Street Clinic", False)


def test_an_answer_serves_the_notice_of_protection(called, standing_by, sub, prime):
    signed(prime.owner, sub.owner)
    assert ProtectedClient.objects.filter(client=called.client_id).count() == 0
    ready(standing_by, sub.owner)

    call_offs.acknowledge(called, by=sub.owner, now=TUESDAY_10 + 5 * MINUTE)

    protected = ProtectedClient.objects.get(client=called.client_id)
    assert (protected.client_name, protected.notified_at) == ("Oak Street Clinic", TUESDAY_10 + 5 * MINUTE)
    timekeeping.log(standing_by, Worked(60, call_off=called.pk), by=sub.owner, now=at(6, 12))
    assert again(protected).last_service_on == date(2007, 3, 6)


def test_an_answer_takes_the_briefing_and_the_right_person(called, standing_by, sub, prime):
    with nothing_moves(), pytest.raises(RuleBroken) as refused:
        call_offs.acknowledge(called, by=sub.technician, now=TUESDAY_10)
    assert refused.value.code == "briefing_first"
    for by, refusal in ((prime.owner, WrongSide), (sub.viewer, WrongRole)):
        with nothing_moves(), pytest.raises(refusal):
            call_offs.acknowledge(called, by=by, now=TUESDAY_10)
    standing_by.assignments.update(technician=None)
    with nothing_moves(), pytest.raises(WrongRole, match="This cover is somebody else's"):
        call_offs.acknowledge(called, by=sub.technician, now=TUESDAY_10)


def test_a_lead_says_who_goes(called, standing_by, sub, prime):
    ready(standing_by, sub.owner)
    with nothing_moves(), pytest.raises(Invalid):
        call_offs.acknowledge(called, by=sub.owner, technician=prime.owner.pk, now=TUESDAY_10)

    call_offs.acknowledge(called, by=sub.owner, technician=sub.dispatcher.pk, now=TUESDAY_10)

    assert again(called).technician == sub.dispatcher


def test_the_clock_reminds_half_way_and_tells_both_of_a_miss(called, sub, prime):
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 14 * MINUTE) == 1  # cover begins
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 15 * MINUTE) == 3
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 29 * MINUTE) == 0
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 30 * MINUTE) == 5
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 31 * MINUTE) == 0

    missed = Notification.objects.filter(kind="call_off_missed")
    assert {each.firm for each in missed} == {prime.firm.pk, sub.firm.pk}
    assert all("Oak Street" not in str(each.context) for each in missed if each.firm == sub.firm.pk)
    assert again(called).status == "called"


def test_a_late_answer_is_told_and_scores_nothing(called, standing_by, sub):
    ready(standing_by, sub.technician)

    call_offs.acknowledge(called, by=sub.technician, now=TUESDAY_10 + 31 * MINUTE)

    assert Notification.objects.filter(kind="call_off_acknowledged").first().context["late"] is True
    assert standing_by.events.get(step="call_off_acknowledged").changes["late"] is True
    assert not ScoreEvent.objects.exists()


def test_an_answer_comes_once(taken, sub):
    with nothing_moves(), pytest.raises(IllegalStep):
        call_offs.acknowledge(taken, by=sub.owner, now=TUESDAY_10)


def test_a_call_off_is_called_back_or_done(taken, standing_by, clinic, prime, sub):
    other = call_offs.call_off(standing_by, call(clinic, "T-2"), by=prime.owner, now=TUESDAY_10)
    with nothing_moves(), pytest.raises(RuleBroken, match="Say why"):
        call_offs.cancel(other, by=prime.owner, reason=" ", now=TUESDAY_10)

    call_offs.cancel(other, by=prime.owner, reason="It works again.", now=TUESDAY_10)
    call_offs.finish(taken, by=sub.technician, now=TUESDAY_10)

    assert (again(other).status, again(taken).status) == ("cancelled", "done")
    call_offs.call_off(standing_by, call(clinic, "T-2"), by=prime.owner, now=TUESDAY_10)


def test_time_is_logged_up_to_the_cap_which_the_prime_raises(taken, standing_by, prime, sub):
    timekeeping.log(standing_by, Worked(150, call_off=taken.pk), by=sub.technician, now=at(6, 15))
    with nothing_moves(), pytest.raises(RuleBroken, match="T-1 has 30 minutes left of its 3 hours"):
        timekeeping.log(standing_by, Worked(31, call_off=taken.pk), by=sub.technician, now=at(6, 15))
    with nothing_moves(), pytest.raises(Invalid):
        call_offs.raise_cap(taken, by=prime.owner, cap_hours=Decimal(3), now=at(6, 15))

    call_offs.raise_cap(taken, by=prime.owner, cap_hours=Decimal(4), now=at(6, 15))
    timekeeping.log(standing_by, Worked(90, call_off=taken.pk), by=sub.technician, now=at(6, 16))

    assert taken.time_entries.all().minutes() == 240


def test_time_with_a_start_and_an_end(standing_by, sub):
    entry = timekeeping.log(
        standing_by, Worked(starts=wall(6, 9), ends=wall(6, 10, 20)), by=sub.owner, now=at(6, 15)
    )
    assert (entry.minutes, entry.worked_on, entry.starts_at) == (80, date(2007, 3, 6), at(6, 9))

    for worked, field in (
        (Worked(starts=wall(6, 10), ends=wall(6, 11)), "starts"),
        (Worked(starts=wall(6, 14), ends=wall(6, 13)), "ends"),
        (Worked(starts=wall(6, 14), ends=wall(6, 15, 1)), "ends"),
        (Worked(starts=wall(6, 14)), "ends"),
        (Worked(30, on=date(2007, 3, 7)), "on"),
        (Worked(30, on=date(2007, 3, 5)), "on"),
        (Worked(0), "minutes"),
        (Worked(1440 - 79), "minutes"),
    ):
        with nothing_moves(), pytest.raises(Invalid) as refused:
            timekeeping.log(standing_by, worked, by=sub.owner, now=at(6, 15))
        assert list(refused.value.fields) == [field]


def test_a_technician_logs_and_strikes_their_own_time(standing_by, sub, prime):
    with nothing_moves(), pytest.raises(WrongRole, match="You log your own time"):
        timekeeping.log(standing_by, Worked(30, person=sub.owner.pk), by=sub.technician, now=at(6, 15))
    with nothing_moves(), pytest.raises(WrongSide):
        timekeeping.log(standing_by, Worked(30), by=prime.owner, now=at(6, 15))
    own = timekeeping.log(standing_by, Worked(30), by=sub.technician, now=at(6, 15))
    owners = timekeeping.log(standing_by, Worked(30), by=sub.owner, now=at(6, 15))
    with nothing_moves(), pytest.raises(WrongRole):
        timekeeping.strike(owners, by=sub.technician, now=at(6, 15))

    timekeeping.strike(own, by=sub.technician, now=at(6, 15))

    assert list(TimeEntry.objects.standing()) == [owners]
    with nothing_moves(), pytest.raises(IllegalStep):
        timekeeping.strike(own, by=sub.technician, now=at(6, 15))


def test_a_call_off_that_nobody_answered_takes_no_time(called, standing_by, sub):
    with nothing_moves(), pytest.raises(RuleBroken, match="Answer the call-off first"):
        timekeeping.log(standing_by, Worked(30, call_off=called.pk), by=sub.technician, now=at(6, 15))


def part(order, sub, now):
    return submissions.submit_part(order, by=sub.technician, client_asked_for_more=False, now=now)


def test_weeks_are_handed_in_like_parts_and_paid_by_the_hour(taken, standing_by, prime, sub):
    timekeeping.log(standing_by, Worked(180, call_off=taken.pk), by=sub.technician, now=at(6, 15))
    first = part(standing_by, sub, at(7, 9))
    assert (first.hours, first.amount, first.time_entries.count()) == (3, 240, 1)
    with nothing_moves(), pytest.raises(IllegalStep):
        timekeeping.strike(first.time_entries.get(), by=sub.technician, now=at(7, 9))

    approve_work(first, by=prime.owner, now=at(7, 10))
    second = part(standing_by, sub, at(13, 9))  # the week is over: 5 hours are paid at least
    assert (second.hours, second.amount) == (2, 160)
    approve_work(second, by=prime.owner, now=at(13, 10))
    with nothing_moves(), pytest.raises(RuleBroken, match="Nothing was done since"):
        part(standing_by, sub, at(13, 11))

    call_offs.finish(taken, by=sub.technician, now=at(13, 11))
    with nothing_moves(), pytest.raises(RuleBroken, match="The cover still runs"):
        submissions.submit(standing_by, by=sub.technician, client_asked_for_more=False, now=at(19, 16))
    whole = submissions.submit(standing_by, by=sub.technician, client_asked_for_more=False, now=at(19, 17))
    approve_work(whole, by=prime.owner, now=at(19, 18))

    assert (whole.hours, again(standing_by).status) == (5, "approved")
    assert sum(each.amount for each in Invoice.objects.all()) == 800
    assert not ScoreEvent.objects.filter(kind="deadline_met").exists()


def test_open_call_offs_keep_the_whole_from_being_handed_in(taken, standing_by, sub):
    with nothing_moves(), pytest.raises(RuleBroken, match="Still open: T-1"):
        submissions.submit(standing_by, by=sub.technician, client_asked_for_more=False, now=at(19, 17))


def test_a_part_that_is_sent_back_gives_its_time_back(taken, standing_by, prime, sub):
    entry = timekeeping.log(standing_by, Worked(180, call_off=taken.pk), by=sub.technician, now=at(6, 15))
    first = part(standing_by, sub, at(7, 9))
    submissions.send_back(first, by=prime.owner, reason="That was two hours.", now=at(7, 10))

    timekeeping.strike(entry, by=sub.technician, now=at(7, 11))
    timekeeping.log(standing_by, Worked(120, on=date(2007, 3, 6), call_off=taken.pk), by=sub.technician, now=at(7, 11))  # fmt: skip

    assert part(standing_by, sub, at(7, 12)).amount == 160


def test_hours_over_the_most_of_a_week_are_kept_and_not_paid(standing_by, sub):
    cover_sweeps.sweep_cover(now=at(6, 9))
    timekeeping.log(standing_by, Worked(1200), by=sub.owner, now=at(6, 23))
    timekeeping.log(standing_by, Worked(300, on=date(2007, 3, 7)), by=sub.owner, now=at(7, 23))

    assert part(standing_by, sub, at(8, 9)).hours == 20


def test_cover_that_ends_early_pays_what_was_worked(taken, standing_by, prime, sub):
    timekeeping.log(standing_by, Worked(180, call_off=taken.pk), by=sub.technician, now=at(6, 15))

    ended = endings.remove(standing_by, Ending("otherwise"), by=prime.owner, now=at(8, 9))

    assert (ended.submission.amount, ended.released, again(standing_by).status) == (240, None, "submitted")
    assert again(taken).status == "cancelled"
    # Somebody stood by on 2 of the 14 days that the client pays $100 for.
    assert again(standing_by).client_price == Decimal("14.29")
    approve_work(ended.submission, by=prime.owner, now=at(30, 9))
    assert Invoice.objects.get().amount == 240


def test_untouched_cover_goes_back_to_a_draft(standing_by, sub):
    endings.back_out(standing_by, Ending("overbooked"), by=sub.owner, now=MONDAY)

    assert (again(standing_by).status, again(standing_by).schedule_kind) == ("draft", "cover")


def test_cover_on_hold_takes_nothing(called, standing_by, clinic, prime, sub):
    ready(standing_by, sub.technician)
    holding.hold(standing_by, by=prime.owner, reason="The client moves.", now=TUESDAY_10)

    for refused in (
        lambda: call_offs.call_off(standing_by, call(clinic, "T-2"), by=prime.owner, now=TUESDAY_10),
        lambda: call_offs.acknowledge(called, by=sub.technician, now=TUESDAY_10),
        lambda: timekeeping.log(standing_by, Worked(30), by=sub.owner, now=at(6, 15)),
    ):
        with nothing_moves(), pytest.raises(IllegalStep):
            refused()
    assert cover_sweeps.sweep_cover(now=TUESDAY_10 + 40 * MINUTE) == 0


def test_cover_is_prolonged_while_it_runs_and_keeps_its_first_day(standing_by, prime, sub):
    cover_sweeps.sweep_cover(now=at(6, 9))
    moved = Schedule("cover", NEW_YORK, wall(7, 9), wall(20, 17))
    with nothing_moves(), pytest.raises(Invalid) as refused:
        changes.ask(standing_by, Wanted("schedule", "Later.", schedule=moved), by=prime.owner, now=at(7, 9))
    assert list(refused.value.fields) == ["starts"]

    longer = Schedule("cover", NEW_YORK, wall(6, 9), wall(26, 17))
    asked_for = changes.ask(standing_by, Wanted("schedule", "A week more.", schedule=longer), by=prime.owner, now=at(7, 9))  # fmt: skip
    changes.agree(asked_for, by=sub.owner, now=at(7, 10))

    order = again(standing_by)
    assert (order.ends_local, order.response_minutes, order.weekly_maximum) == (wall(26, 17), 30, 20)


def test_the_database_keeps_the_promises_of_cover(taken, standing_by, offer, stranger):
    entry_of = {"person": taken.technician, "logged_by": taken.technician, "logged_at": TUESDAY_10, "worked_on": date(2007, 3, 6)}  # fmt: skip
    broken = [
        (lambda: OfferRevision.objects.filter(schedule_kind="cover").update(response_minutes=None), "cover_has_its_promise"),
        (lambda: WorkOrder.objects.filter(pk=offer.work_order_id).update(weekly_maximum=5), "cover_has_its_promise"),
        (lambda: CallOff.objects.update(status="called"), "call_off_has_the_times_of_its_status"),
        (lambda: CallOff.objects.update(client=ClientFactory(firm=stranger.firm)), "call_off_belongs"),
        (lambda: CallOff.objects.update(work_order=offer.work_order_id), "call_off_belongs"),
        (lambda: TimeEntry.objects.create(work_order_id=offer.work_order_id, minutes=5, **entry_of), "time_entry_belongs"),
        (lambda: TimeEntry.objects.create(work_order=standing_by, minutes=5, starts_at=at(6, 9), ends_at=at(6, 10), **entry_of), "time_entry_lasts"),
        (lambda: TimeEntry.objects.create(work_order=standing_by, minutes=5, starts_at=at(6, 9), **entry_of), "time_entry_lasts"),
    ]  # fmt: skip
    for act, promise in broken:
        with pytest.raises(IntegrityError, match=promise), transaction.atomic():
            act()
    entry = TimeEntry.objects.create(work_order=standing_by, minutes=5, **entry_of)
    for act in (entry.delete, lambda: TimeEntry.objects.update(minutes=6)):
        with pytest.raises(IntegrityError, match="time_entry_stays"), transaction.atomic():
            act()


STEPS = {
    "acknowledge": lambda called, by: call_offs.acknowledge(called, by=by, now=TUESDAY_10),
    "finish": lambda called, by: call_offs.finish(called, by=by, now=TUESDAY_10),
    "raise_cap": lambda called, by: call_offs.raise_cap(called, by=by, cap_hours=Decimal(9), now=TUESDAY_10),
    "cancel": lambda called, by: call_offs.cancel(called, by=by, reason="It works.", now=TUESDAY_10),
}
TIMES = {
    "called": {},
    "acknowledged": {"acknowledged_at": TUESDAY_10},
    "done": {"acknowledged_at": TUESDAY_10, "ended_at": TUESDAY_10},
    "cancelled": {"ended_at": TUESDAY_10},
}


def test_every_status_step_side_and_role_of_a_call_off(called, standing_by, prime, sub, stranger):
    assert {step.name for step in CALL_OFF if step.side != "system"} == set(STEPS)
    ready(standing_by, sub.owner, sub.dispatcher, sub.technician)
    taken_by = {"acknowledged_by": sub.technician, "technician": sub.technician}
    for status, times in TIMES.items():
        people = taken_by if "acknowledged_at" in times else dict.fromkeys(taken_by)
        nothing = {"acknowledged_at": None, "ended_at": None}
        CallOff.objects.update(status=status, **nothing | times | people)
        for side, firm in (("prime", prime), ("sub", sub), ("", stranger)):
            for by in firm.everyone:
                may = {step.name: step for step in CALL_OFF.open_steps(status, side=side, role=by.role)}
                for name, act in STEPS.items():
                    if name not in may:
                        with pytest.raises((IllegalStep, WrongRole, WrongSide)):
                            act(again(called), by)
                        assert again(called).status == status
                        continue
                    with transaction.atomic():
                        act(again(called), by)
                        assert again(called).status == (may[name].target or status)
                        transaction.set_rollback(True)


def test_the_client_of_a_call_off_asked_for_more(taken, standing_by, clinic, prime, sub):
    more = ClientAsked("A second server", call_off=taken.pk)

    report = submissions.client_asked(standing_by, by=sub.technician, asked=more, now=TUESDAY_10)

    assert report.client_id == clinic.client_id
    assert (
        Notification.objects.filter(kind="client_asked_for_more").first().context["client"]
        == "Oak Street Clinic"
    )
    other = call_offs.call_off(standing_by, call(clinic, "T-2"), by=prime.owner, now=TUESDAY_10)
    with nothing_moves(), pytest.raises(Invalid, match="Answer the call-off first"):
        submissions.client_asked(standing_by, by=sub.technician, asked=ClientAsked("x", call_off=other.pk), now=TUESDAY_10)  # fmt: skip
