"""Changes of what was agreed, while the work runs: asked by one firm, decided by the other."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from engagements import changes, deadlines
from engagements.actions import visit_news
from engagements.actions.backups import colleague, hand_over_visits
from engagements.actions.endings import Ending, back_out
from engagements.actions.going_on import go_on
from engagements.actions.history import record_order
from engagements.actions.shared import lock_order, margin_of, order_lines, require_coverage
from engagements.actions.submissions import reckon_again
from engagements.actions.visits import require_crew
from engagements.endings import NEW_DATE
from engagements.margin import Margin
from engagements.models import Assignment, ChangeRequest, CoverageCheck, Visit, WorkOrder
from engagements.models.changes import MONEY
from engagements.values import Schedule
from engagements.workflow import CHANGE_REQUEST, LEADS, RUNNING, VISIT
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Member

BY_TECHNICIANS = ("budget", "expense")
MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: money of one of three kinds, another time, work or technician; `text` says why or what."""

    kind: str
    text: str
    amount: Decimal | None = None
    schedule: Schedule | None = None
    technician: UUID | None = None
    after_hold: bool = False


@transaction.atomic
def ask(order: WorkOrder, wanted: Wanted, *, by: Member, now: datetime | None = None) -> ChangeRequest:
    """Ask the other firm for a change of a running order. Nothing changes until it agrees.

    Raises WrongRole for a technician who asks for more than money to spend, RuleBroken when the prime would go below
    its floor without an owner.
    """
    order = _lock(order.pk)
    now = now or clock.now()
    require_may_ask(order, wanted.kind, by=by)
    assignment = Assignment.objects.current().get(work_order=order)
    asked = ChangeRequest(
        assignment=assignment,
        kind=wanted.kind,
        side=order.side_of(by.firm_id),
        currency=order.currency,
        asked_by=by,
        asked_at=now,
        after_hold=wanted.after_hold,
        **_terms(wanted),
    )
    if wanted.kind == ChangeRequest.Kind.SWAP:
        asked.technician = _instead(order, assignment, wanted.technician)
    _require_time(asked, now=now)
    _require_same_start(order, asked)
    if ChangeRequest.objects.filter(assignment=assignment).still_open().count() >= MOST_OPEN:
        raise RuleBroken("Twenty requests are open already. Settle those first.")
    foreseen = _foresee(order, asked)
    if by.firm_id == order.prime_id:
        _require_margin(order, foreseen, asked, by=by)

    asked.save(force_insert=True)
    _record(order, asked, "change_asked", by=by, now=now, reason=asked.text)
    visit_news.change_asked(order, asked, now=now)
    return asked


def require_may_ask(order: WorkOrder, kind: str, *, by: Member) -> None:
    """Raise WrongSide, WrongRole or IllegalStep unless this person may ask for this kind of change now."""
    side = order.side_of(by.firm_id)
    if not side:
        raise WrongSide("This is for the two firms of the order.")
    if by.role not in LEADS and (side == "prime" or kind not in BY_TECHNICIANS):
        raise WrongRole("An owner or a dispatcher asks for this. Tell one of them.")
    if side == "prime" and kind == ChangeRequest.Kind.SWAP:
        raise WrongSide("The firm that does the work asks for another technician.")
    if side == "sub":
        require_crew(order, by)
    if order.status not in RUNNING.split():
        raise IllegalStep(
            "Changes are asked for while the work runs: after it is taken, before it is handed in."
        )


def _instead(order: WorkOrder, assignment: Assignment, key: UUID | None) -> Member:
    """Return who is to go instead, once the work has begun; before, the sub says by itself who goes."""
    if WorkOrder.Status.ASSIGNED in (order.status, order.held_from):
        raise IllegalStep("Nobody has begun yet, so you need no leave: just say who goes.")
    if key is None or key == assignment.technician_id:
        raise Invalid({"technician": ["Choose who goes instead."]})
    return colleague(order, key)


def _terms(wanted: Wanted) -> dict[str, object]:
    """Return the columns of what is asked for. Raises Invalid with a sentence by field."""
    wrong = {}
    if wanted.kind not in ChangeRequest.Kind.values:
        wrong["kind"] = ["Choose what is to change."]
    if not wanted.text.strip():
        wrong["text"] = ["Say what for. The other firm reads it."]
    if wanted.kind in MONEY and (wanted.amount is None or wanted.amount <= 0):
        wrong["amount"] = ["Say how much."]
    if wanted.kind == ChangeRequest.Kind.SCHEDULE and wanted.schedule is None:
        wrong["starts"] = ["Say when."]
    if wrong:
        raise Invalid(wrong)
    terms: dict[str, object] = {"text": wanted.text.strip()}
    if wanted.kind in MONEY:
        terms["amount"] = wanted.amount
    elif wanted.kind == ChangeRequest.Kind.SCHEDULE and wanted.schedule is not None:
        terms |= wanted.schedule.columns()
    return terms


@transaction.atomic
def agree(asked: ChangeRequest, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Agree to a change, which changes the terms of the order for both.

    Raises RuleBroken below the prime's floor unless its owner agrees, and without coverage at another time.
    """
    order, asked = _lock_both(asked)
    now = now or clock.now()
    side = asked.side_of(by.firm_id, prime_id=order.prime_id)
    step = CHANGE_REQUEST.check("agree", status=asked.status, side=side, role=by.role)
    _require_running(order, asked)
    _require_time(asked, now=now)
    then = _foresee(order, asked)
    if by.firm_id == order.prime_id:
        _require_margin(order, then, asked, by=by)
    if asked.kind == ChangeRequest.Kind.SCHEDULE:
        offer, occasion = asked.assignment.offer, CoverageCheck.Occasion.SCHEDULE
        require_coverage(order, then, offer=offer, occasion=occasion, now=now)

    _decide(asked, step.target, by=by, now=now)
    changed = _changed(order, asked)
    for name, value in changed.items():
        setattr(order, name, value)
    _record(order, asked, "change_agreed", by=by, now=now, columns=list(changed))
    if order.status == WorkOrder.Status.SUBMITTED:
        reckon_again(order)
    if asked.kind == ChangeRequest.Kind.SCHEDULE:
        _move_visit(order, now=now)
    if asked.after_hold and order.status == WorkOrder.Status.ON_HOLD:
        go_on(order, by=by, now=now)
    if asked.kind == ChangeRequest.Kind.SWAP:
        _swap(order, asked, now=now)
    visit_news.change_decided(order, asked, now=now)
    return order


@transaction.atomic
def refuse(
    asked: ChangeRequest,
    *,
    by: Member,
    reason: str = "",
    asked_for_more: bool | None = None,
    now: datetime | None = None,
) -> ChangeRequest:
    """Keep what was agreed before; of a date after a hold, give the work back, without blame.

    `asked_for_more` answers whether the client asked for anything else, when something was done already.
    """
    if asked.after_hold:  # an end begins with the lines of the job: locks are taken in the one order
        lock_order(asked.assignment.work_order_id)
    order, asked = _lock_both(asked)
    now = now or clock.now()
    side = asked.side_of(by.firm_id, prime_id=order.prime_id)
    step = CHANGE_REQUEST.check("refuse", status=asked.status, side=side, role=by.role)

    _decide(asked, step.target, by=by, now=now, reason=reason.strip())
    _record(order, asked, "change_refused", by=by, now=now, reason=asked.reason)
    visit_news.change_decided(order, asked, now=now)
    if asked.after_hold and order.status == WorkOrder.Status.ON_HOLD:
        ending = Ending(NEW_DATE, asked.reason, asked_for_more)
        back_out(order, ending, by=by, now=now)
    return asked


@transaction.atomic
def withdraw(asked: ChangeRequest, *, by: Member, now: datetime | None = None) -> ChangeRequest:
    """Take a request back; technicians only their own."""
    order, asked = _lock_both(asked)
    now = now or clock.now()
    side = asked.side_of(by.firm_id, prime_id=order.prime_id)
    step = CHANGE_REQUEST.check("withdraw", status=asked.status, side=side, role=by.role)
    if by.role not in LEADS and asked.asked_by_id != by.pk:
        raise WrongRole("Somebody else asked for this. They, an owner or a dispatcher can take it back.")

    _decide(asked, step.target, by=by, now=now)
    _record(order, asked, "change_withdrawn", by=by, now=now)
    visit_news.change_withdrawn(order, asked, now=now)
    return asked


def margins_after(order: WorkOrder, waiting: Sequence[ChangeRequest]) -> dict[UUID, Margin]:
    """Return what the prime would keep with each of these; without those that an order cannot hold."""
    if not waiting:
        return {}
    lines, spent = order_lines(order), ChangeRequest.objects.of_deal(order).agreed().expenses()
    units, found = sum(each.units for each in lines), {}
    for asked in waiting:
        with suppress(Invalid):
            then = changes.after(order, changes.columns(order, asked, spent=spent))
            found[asked.pk] = margin_of(order, then, lines, units=units)
    return found


def _changed(order: WorkOrder, asked: ChangeRequest) -> dict[str, object]:
    spent = ChangeRequest.objects.of_deal(order).agreed().exclude(pk=asked.pk).expenses()
    return changes.columns(order, asked, spent=spent)


def _foresee(order: WorkOrder, asked: ChangeRequest) -> WorkOrder:
    return changes.after(order, _changed(order, asked))


def _require_margin(order: WorkOrder, then: WorkOrder, asked: ChangeRequest, *, by: Member) -> None:
    """Below the floor only an owner spends more; a change that costs nothing needs nobody."""
    if asked.kind not in MONEY or by.role == Member.Role.OWNER:
        return
    lines = order_lines(order)
    margin = margin_of(order, then, lines, units=sum(each.units for each in lines))
    if margin.needs_owner:
        raise RuleBroken(
            "That leaves less than your floor. An owner has to say yes to it.", code="below_floor"
        )


def _require_time(asked: ChangeRequest, *, now: datetime) -> None:
    of_cover = asked.schedule_kind == deadlines.COVER  # whose first day may have passed
    first = asked.ends_at if of_cover else asked.starts_at or asked.ends_at
    if first and first <= now:
        raise Invalid({"starts" if asked.starts_at and not of_cover else "ends": ["This time has passed."]})


def _require_same_start(order: WorkOrder, asked: ChangeRequest) -> None:
    """Weeks of cover are counted from its first day, which stays once it has begun."""
    begun = order.is_cover and WorkOrder.Status.ASSIGNED not in (order.status, order.held_from)
    if begun and asked.starts_local and asked.starts_local != order.starts_local:
        raise Invalid({"starts": ["The cover has begun, so its first day and hour stay."]})


def _require_running(order: WorkOrder, asked: ChangeRequest) -> None:
    """Money can still be agreed to while handed-in work waits; what is to be done, and when, cannot."""
    waits = order.status == WorkOrder.Status.SUBMITTED and asked.kind in MONEY
    if order.status not in RUNNING.split() and not waits:
        raise IllegalStep("The work is handed in. Send it back first, or keep what was agreed.")


def _decide(asked: ChangeRequest, status: str, *, by: Member, now: datetime, reason: str = "") -> None:
    asked.status, asked.decided_by, asked.decided_at, asked.reason = status, by, now, reason
    asked.save(update_fields=["status", "decided_by", "decided_at", "reason"])


class Noted(TypedDict, total=False):
    """What a line of history may add here: why, and the columns of the order that change."""

    reason: str
    columns: list[str]


def _record(
    order: WorkOrder, asked: ChangeRequest, step: str, *, by: Member, now: datetime, **noted: Unpack[Noted]
) -> None:
    facts = {"request": str(asked.pk), "kind": asked.kind}
    record_order(order, step, by=by, now=now, side=order.side_of(by.firm_id), changes=facts, **noted)


def _move_visit(order: WorkOrder, *, now: datetime) -> None:
    """Whoever had confirmed the old time is asked again, and whoever goes is told."""
    for visit in (
        Visit.objects.locked().select_related("technician__user").filter(work_order=order).not_started()
    ):
        if visit.status == Visit.Status.CONFIRMED:
            visit.status = VISIT.check("replan", status=visit.status, side="system", role="system").target
            visit.confirmed_at = None
            visit.save(update_fields=["status", "confirmed_at"])
        visit_news.visit_moved(order, visit, now=now)


def _swap(order: WorkOrder, asked: ChangeRequest, *, now: datetime) -> None:
    """Let the other technician go from the next visit on; whoever is on site finishes theirs."""
    person, assignment = colleague(order, asked.technician_id or asked.pk), asked.assignment
    assignment.technician = person
    if assignment.backup_id == person.pk:
        assignment.backup = None
    assignment.save(update_fields=["technician", "backup"])
    hand_over_visits(order, person)
    visit_news.technician_named(order, person, now=now)


def _lock(key: UUID) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=key)


def _lock_both(asked: ChangeRequest) -> tuple[WorkOrder, ChangeRequest]:
    order = _lock(asked.assignment.work_order_id)
    found = ChangeRequest.objects.locked().select_related(
        "assignment__offer", "asked_by__user", "technician__user"
    )
    return order, found.get(pk=asked.pk)
