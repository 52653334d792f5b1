"""Handing in, sending back, approving; and approving by silence."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from contracts.actions import approaches, protection
from contracts.models import ApproachReport
from engagements import deadlines, pay
from engagements.actions import timekeeping, visit_news
from engagements.actions.call_offs import client_of
from engagements.actions.history import record_order
from engagements.actions.lapsing import lapse_open
from engagements.actions.reckoning import reckon
from engagements.actions.visits import require_crew
from engagements.models import AccessGrant, RecordedAnswer, Submission, Task, Visit, WorkOrder, WorkOrderLine
from engagements.models.submissions import HandedIn
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.localtime import business_days_between, business_deadline, day_in
from partners.actions import ratings, scores
from partners.models import Firm, Member

PROMPT_DAYS = 3


@dataclass(frozen=True, slots=True)
class ClientAsked:
    """The client asked for more: what, who, how urgent, when, and whether a price was named; under cover, on which call-off."""

    what: str
    who: str = ""
    urgent: bool = False
    call_off: UUID | None = None
    asked_on: date | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Handing:
    """What goes along with work that is handed in: of all that is left, or of a part."""

    client_asked_for_more: bool | None = None
    note: str = ""
    part: bool = False


@transaction.atomic
def client_asked(
    order: WorkOrder, *, by: Member, asked: ClientAsked, now: datetime | None = None
) -> ApproachReport:
    """Keep that the client asked for more, and tell the prime: the sub is on record as having passed it on."""
    order = _lock(order)
    now = now or clock.now()
    require_crew(order, by)
    if order.status not in {"assigned", "in_progress", "submitted", "approved"} or order.sub_id is None:
        raise RuleBroken("This is reported once the work is yours.")
    client = client_of(order, asked.call_off)

    report = approaches.report(
        approaches.Talk(asked.what, asked.who, asked.urgent, asked.quoted, asked.asked_on),
        prime_id=order.prime_id,
        sub_id=order.sub_id,
        client_id=client.pk,
        work_order_id=order.pk,
        by=by,
        now=now,
    )
    record_order(order, "client_asked_for_more", by=by, now=now, side="sub", reason=asked.what)
    visit_news.client_asked(order, asked.what, by, client=client.name, now=now)
    return report


@transaction.atomic
def submit(
    order: WorkOrder,
    *,
    by: Member,
    client_asked_for_more: bool | None,
    note: str = "",
    now: datetime | None = None,
) -> Submission:
    """Hand in all that is left. Pay is reckoned here, from what was done, and shown to both.

    Raises RuleBroken when something that was demanded is missing: tasks, units, a visit still open, keys not given back.
    """
    return _submit(order, Handing(client_asked_for_more, note), by=by, now=now)


@transaction.atomic
def submit_part(
    order: WorkOrder,
    *,
    by: Member,
    client_asked_for_more: bool | None,
    note: str = "",
    now: datetime | None = None,
) -> Submission:
    """Hand in what was done since the last part, to be approved and paid by itself. The order runs on.

    Raises RuleBroken when nothing was done since.
    """
    return _submit(order, Handing(client_asked_for_more, note, part=True), by=by, now=now)


def _submit(order: WorkOrder, handing: Handing, *, by: Member, now: datetime | None) -> Submission:
    order = _lock(order)
    now = now or clock.now()
    name = "submit_part" if handing.part else "submit"
    step = WORK_ORDER.check(name, status=order.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)
    if handing.client_asked_for_more is None:
        raise Invalid({"client_asked_for_more": ["Did the client ask for anything else? Yes or no."]})
    if handing.part:
        _require_something_new(order, now=now)
    else:
        require_nothing_missing(order, now=now)
        _count_cover(order)
    sub = _sub(order)

    submission = write(order, handing, by=by, now=now)
    changes = {"amount": str(submission.amount), "units": submission.units, "hours": str(submission.hours)}
    order.submitted_at = order.submitted_at if handing.part else now
    record_order(
        order,
        step.name,
        by=by,
        now=now,
        to=step.target,
        side="sub",
        changes=changes,
        columns=["submitted_at"],
    )
    protection.serviced(
        prime_id=order.prime_id, sub_id=sub.pk, client_id=order.client_id, on=day_in(now, order.timezone)
    )
    visit_news.submitted(order, submission, now=now)
    return submission


def write(order: WorkOrder, handing: Handing, *, by: Member, now: datetime) -> Submission:
    """Write down what is handed in on a locked order: what was done, and what it comes to, beyond the parts that stand.

    The answer about the client is None where nobody who was there could be asked: the prime ended the work.
    """
    reckoned, worked = reckon(order, now=now, part=handing.part)
    before = order.submissions.standing().together()
    holidays = frozenset(order.prime.holidays)
    submission = Submission.objects.create(
        work_order=order,
        number=order.submissions.count() + 1,
        is_part=handing.part,
        note=handing.note.strip(),
        units=worked.units - before.units,
        hours=worked.hours - before.hours,
        currency=order.currency,
        client_asked_for_more=handing.client_asked_for_more,
        submitted_by=by,
        submitted_at=now,
        silence_at=business_deadline(now, order.silence_days, order.prime.timezone, holidays),
        **_beyond(reckoned, before),
    )
    timekeeping.hand_in(order, submission)
    return submission


def _beyond(reckoned: pay.Pay, before: HandedIn) -> dict[str, Decimal]:
    """Return the money that one more submission holds, so that all of them are what the work comes to."""
    return {
        "base": reckoned.base - before.base,
        "expenses": reckoned.expenses - before.expenses,
        "amount": reckoned.total - before.amount,
    }


def reckon_again(order: WorkOrder) -> None:
    """Put what was agreed meanwhile into the sum of the whole that waits for approval."""
    waiting = Submission.objects.locked().waiting().get(work_order=order, is_part=False)
    before = order.submissions.standing().exclude(pk=waiting.pk).together()
    for name, value in _beyond(reckon(order, now=waiting.submitted_at)[0], before).items():
        setattr(waiting, name, value)
    waiting.save(update_fields=["base", "expenses", "amount"])


def earned_since(order: WorkOrder, *, now: datetime) -> Decimal:
    """Return what a part would come to now."""
    return reckon(order, now=now, part=True)[0].total - order.submissions.standing().together().amount


def nothing_new(order: WorkOrder, *, now: datetime) -> bool:
    """Whether nothing was done, and nothing agreed, since the last part was handed in."""
    worked, before = reckon(order, now=now, part=True)[1], order.submissions.standing().together()
    return worked.units <= before.units and worked.hours <= before.hours and not earned_since(order, now=now)


def _require_something_new(order: WorkOrder, *, now: datetime) -> None:
    if nothing_new(order, now=now):
        raise RuleBroken("Nothing was done since the last part was handed in.", code="not_ready")


def _count_cover(order: WorkOrder) -> None:
    """Count cover as done when all of it is handed in: nobody counts it on site."""
    if order.is_cover:
        WorkOrderLine.objects.filter(work_order=order).update(done=F("units"))


def missing(order: WorkOrder, *, now: datetime) -> list[str]:
    """Say in sentences what still keeps the work from being handed in."""
    said = _missing_of_cover(order, now=now) if order.is_cover else []
    if Visit.objects.filter(work_order=order, status=Visit.Status.CHECKED_IN).exists():
        said.append("You are still checked in. Finish the visit first.")
    undone = list(Task.objects.filter(work_order=order, required=True, done_at=None).order_by("position"))
    if undone:
        said.append("Not ticked yet: " + ", ".join(task.text for task in undone) + ".")
    rest = (
        WorkOrderLine.objects.filter(work_order=order).aggregate(rest=Sum(F("units") - F("done")))["rest"]
        or 0
    )
    if rest and not order.is_cover:
        said.append(f"{rest} not counted yet. Count them, or ask for the order to be changed.")
    kept = AccessGrant.objects.filter(work_order=order).of_running().owed()
    said += [f"Hand back: {grant.what}." for grant in kept.order_by("handed_over_at", "pk")]
    return said


def _missing_of_cover(order: WorkOrder, *, now: datetime) -> list[str]:
    tickets = order.call_offs.still_open().order_by("number").values_list("ticket", flat=True)
    said = [f"Still open: {', '.join(tickets)}."] if tickets else []
    if order.ends_at and now < order.ends_at:
        said.append("The cover still runs. Hand in a part.")
    return said


def require_nothing_missing(order: WorkOrder, *, now: datetime) -> None:
    said = missing(order, now=now)
    if said:
        raise RuleBroken(" ".join(said), code="not_ready")


@transaction.atomic
def send_back(submission: Submission, *, by: Member, reason: str, now: datetime | None = None) -> Submission:
    """Ask for something to be put right. The order runs again; what a part held is handed in anew with the next one."""
    order, submission = _lock_both(submission)
    now = now or clock.now()
    name, side = "send_back_part" if submission.is_part else "send_back", order.side_of(by.firm_id)
    step = WORK_ORDER.check(name, status=order.status, side=side, role=by.role, reason=reason)
    _require_waiting(submission)
    if not order.assignments.current().exists():
        raise IllegalStep("The work ended early, so nobody is there to put it right. Approve what was done.")

    said = reason.strip()
    _decide(submission, Submission.Status.SENT_BACK, now=now, by=by, reason=said)
    timekeeping.give_back(submission)
    order.submitted_at = None
    columns = ["submitted_at"]
    record_order(order, name, by=by, now=now, to=step.target, side="prime", reason=said, columns=columns)
    visit_news.sent_back(order, submission, now=now)
    return submission


@transaction.atomic
def approve(submission: Submission, *, by: Actor, now: datetime | None = None) -> Submission:
    """Approve what was shown when it was handed in; by the clock, when the silence term has run out.

    A part leaves the order as it is. Billing's `approve_work` is the door that people use: it drafts the invoice in the same
    transaction.
    """
    order, submission = _lock_both(submission)
    now = now or clock.now()
    silence = by is CLOCK
    name = f"approve{'_part' if submission.is_part else ''}{'_by_silence' if silence else ''}"
    side = "system" if silence else order.side_of(by.firm_id)
    step = WORK_ORDER.check(name, status=order.status, side=side, role=by.role)
    _require_waiting(submission)
    if silence and submission.silence_at > now:
        raise RuleBroken("The time to look at it has not run out yet.")
    _require_limit(by, submission)
    if not submission.is_part and order.submissions.waiting().filter(is_part=True).exists():
        raise RuleBroken("A part of it still waits. Decide on that first.")

    _decide(submission, Submission.Status.APPROVED, now=now, by=None if silence else by, silence=silence)
    changes = {"amount": str(submission.amount)}
    order.approved_at = order.approved_at if submission.is_part else now
    record_order(
        order, name, by=by, now=now, to=step.target, side=side, changes=changes, columns=["approved_at"]
    )
    if not submission.is_part:
        _close(order, submission, by=by, side=side, now=now)
    visit_news.approved(order, submission, now=now)
    return submission


def _close(order: WorkOrder, submission: Submission, *, by: Actor, side: str, now: datetime) -> None:
    """Do what follows when the last of an order is approved: open requests lapse, both firms learn and rate."""
    lapse_open(order, by=by, side=side, now=now)
    _evidence(order, submission, silence=by is CLOCK, now=now)
    ratings.open_round(
        order.prime, sub=_sub(order), engagement_id=order.engagement_id, work=str(order), now=now
    )


def _require_limit(by: Actor, submission: Submission) -> None:
    limit = by.approval_limit if isinstance(by, Member) else None
    if limit is not None and submission.amount > limit:
        raise WrongRole("This is over your approval limit. Ask an owner of your firm.")


def _evidence(order: WorkOrder, submission: Submission, *, silence: bool, now: datetime) -> None:
    """Keep what an approval says about both firms; nothing, where one of them wrote down what the other did."""
    if RecordedAnswer.objects.of_work(order.pk).exists():
        return
    sub, prime = _sub(order), order.prime
    about_sub = partial(
        scores.record,
        sub,
        dimension="as_sub",
        counterparty=prime,
        subject_id=order.pk,
        occurred_on=day_in(now, order.timezone),
    )
    about_prime = partial(
        scores.record,
        prime,
        dimension="as_prime",
        counterparty=sub,
        subject_id=order.pk,
        occurred_on=day_in(now, order.timezone),
    )
    limit = _deadline(order)
    if limit is not None:
        about_sub(kind="deadline_met", value=1 if submission.submitted_at <= limit else 0)
    sent_back = order.submissions.filter(status=Submission.Status.SENT_BACK).exists()
    about_sub(kind="approved_first_time", value=0 if sent_back else 1)
    if silence:
        about_prime(kind="approved_by_silence")
        return
    zone, holidays = prime.timezone, frozenset(prime.holidays)
    waited = business_days_between(day_in(submission.submitted_at, zone), day_in(now, zone), holidays)
    about_prime(kind="approved_promptly", value=1 if waited <= PROMPT_DAYS else 0)


def _deadline(order: WorkOrder) -> datetime | None:
    """Return by when the work was to be handed in: its date, or a day after the arrival window closes; of cover, never."""
    if order.is_cover:
        return None
    if order.ends_at is None or order.schedule_kind == deadlines.COMPLETE_BY:
        return order.ends_at
    return order.ends_at + timedelta(days=1)


def _decide(  # noqa: PLR0913 - one decision's facts
    submission: Submission,
    status: str,
    *,
    now: datetime,
    by: Actor | None,
    reason: str = "",
    silence: bool = False,
) -> None:
    submission.status, submission.decided_at, submission.reason, submission.by_silence = (
        status,
        now,
        reason,
        silence,
    )
    submission.decided_by = by if isinstance(by, Member) else None
    submission.save(update_fields=["status", "decided_at", "decided_by", "reason", "by_silence"])


def _require_waiting(submission: Submission) -> None:
    if submission.status != Submission.Status.SUBMITTED:
        raise RuleBroken("This was decided already. Look at the order again.", code="illegal_step")


def _sub(order: WorkOrder) -> Firm:
    if order.sub is None:  # a constraint of the database holds it beside every order that was assigned
        raise LookupError("An order that was handed in without a firm.")
    return order.sub


def _lock(order: WorkOrder) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=order.pk)


def _lock_both(submission: Submission) -> tuple[WorkOrder, Submission]:
    order = WorkOrder.objects.locked().with_sides().get(pk=submission.work_order_id)
    return order, Submission.objects.locked().get(pk=submission.pk)
