"""Going there: planned, confirmed, on the way, checked in, finished."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from engagements import deadlines, demands, distance
from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.actions.shared import judge_coverage
from engagements.briefing import text_hash
from engagements.models import Assignment, BriefingRead, CoverageCheck, Visit, WorkOrder
from engagements.workflow import CREW, VISIT, WORK_ORDER
from partnernet.core import clock, localtime
from partnernet.core.actors import Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.workflow import Step
from partners.actions import scores
from partners.models import Member


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone says it is, in degrees."""

    latitude: float
    longitude: float


def plan(order: WorkOrder, *, technician: Member | None, first: bool = False) -> Visit:
    """Plan the next visit of a locked order; `first` when it is known that there was none."""
    visits = Visit.objects.filter(work_order=order)
    last = 0 if first else visits.aggregate(last=Max("number"))["last"] or 0
    return Visit.objects.create(
        work_order=order, site_id=order.site_id, technician=technician, number=last + 1
    )


@transaction.atomic
def plan_another(order: WorkOrder, *, by: Member, now: datetime | None = None) -> Visit:
    """Plan to come back: allowed while the order runs and no visit is open."""
    order = lock(order)
    now = now or clock.now()
    require_crew(order, by)
    if order.status != WorkOrder.Status.IN_PROGRESS:
        raise RuleBroken("Another visit can be planned once the work has begun and before it is handed in.")
    if Visit.objects.filter(work_order=order).still_open().exists():
        raise RuleBroken("There is a visit planned already.")
    assignment = Assignment.objects.current().select_related("technician").get(work_order=order)

    visit = plan(order, technician=assignment.technician)
    record_order(order, "visit_planned", by=by, now=now, side="sub", changes={"visit": visit.number})
    return visit


@transaction.atomic
def name_technician(
    order: WorkOrder, *, by: Member, technician: UUID, now: datetime | None = None
) -> Assignment:
    """Say who goes, before anybody has checked in; afterwards the prime has to agree to a swap."""
    order = lock(order)
    now = now or clock.now()
    if by.firm_id != order.sub_id or by.role not in {"owner", "dispatcher"}:
        raise WrongRole("An owner or a dispatcher of the firm that does the work says who goes.")
    if order.status != WorkOrder.Status.ASSIGNED and not order.is_cover:
        raise RuleBroken("The work has begun. Ask the other firm to agree to a swap.")
    person = Member.objects.active().of(order.sub_id).filter(pk=technician).select_related("user").first()
    if person is None:
        raise Invalid({"technician": ["Choose somebody of your firm."]})
    assignment = Assignment.objects.current().get(work_order=order)

    assignment.technician = person
    if assignment.backup_id == person.pk:
        assignment.backup = None
    assignment.save(update_fields=["technician", "backup"])
    Visit.objects.filter(work_order=order).still_open().update(technician=person)
    record_order(
        order, "technician_named", by=by, now=now, side="sub", changes={"technician": person.user.called}
    )
    visit_news.technician_named(order, person, now=now)
    return assignment


@transaction.atomic
def acknowledge_briefing(order: WorkOrder, *, by: Member, now: datetime | None = None) -> BriefingRead:
    """Accept the four rules of conduct: contacts and access open afterwards."""
    order = lock(order)
    now = now or clock.now()
    require_crew(order, by)

    read, new = BriefingRead.objects.get_or_create(
        engagement_id=order.engagement_id,
        member=by,
        text_sha256=text_hash(order),
        defaults={"acknowledged_at": now},
    )
    if new:
        record_order(
            order, "briefing_acknowledged", by=by, now=now, side="sub", changes={"text": read.text_sha256}
        )
    return read


def has_read_briefing(order: WorkOrder, member: Member) -> bool:
    reads = BriefingRead.objects.filter(engagement_id=order.engagement_id, member=member)
    return reads.filter(text_sha256=text_hash(order)).exists()


@transaction.atomic
def confirm(visit: Visit, *, by: Member, now: datetime | None = None) -> Visit:
    """Say that somebody will be there."""
    order, visit = _lock_both(visit)
    now = now or clock.now()
    step = VISIT.check("confirm", status=visit.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)

    _move(order, visit, step, by=by, now=now, confirmed_at=now)
    return visit


@transaction.atomic
def set_off(visit: Visit, *, by: Member, now: datetime | None = None) -> Visit:
    """Say that the technician is on the way."""
    order, visit = _lock_both(visit)
    now = now or clock.now()
    step = VISIT.check("set_off", status=visit.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)

    _move(order, visit, step, by=by, now=now, set_off_at=now)
    visit_news.on_the_way(order, visit, now=now)
    return visit


@transaction.atomic
def check_in(
    visit: Visit, *, by: Member, position: Position | None = None, now: datetime | None = None
) -> Visit:
    """Begin the work. The first check-in starts the order; without a position it is just as good.

    Raises RuleBroken when the person has not acknowledged the briefing, comes more than 30 minutes early, or, at the first
    check-in, a paper that the order demands does not hold.
    """
    order, visit = _lock_both(visit)
    now = now or clock.now()
    step = VISIT.check("check_in", status=visit.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)
    if not has_read_briefing(order, by):
        raise RuleBroken("Read the four rules first. It takes half a minute.", code="briefing_first")
    first = order.status == WorkOrder.Status.ASSIGNED
    if first and deadlines.early_needs_ok(order.schedule_kind, at=now, starts_at=order.starts_at):
        raise RuleBroken(
            f"You are more than 30 minutes early. Ask {order.prime.name} before you go in.", code="too_early"
        )

    if first:
        require_papers(order, now=now)
    if not first and order.status != WorkOrder.Status.IN_PROGRESS:
        raise IllegalStep("This work does not run now. Look at the order.")

    metres = distance.metres(visit.site, position.latitude, position.longitude) if position else None
    _move(order, visit, step, by=by, now=now, checked_in_at=now, metres_away=metres)
    if first:
        _start(order, by=by, now=now)
    return visit


def require_papers(order: WorkOrder, *, now: datetime) -> None:
    """Raise RuleBroken while a demanded paper does not hold today, and say whom in one's own firm to call."""
    if order.sub is None:
        raise LookupError("An order that runs has a firm that does it.")
    today = localtime.day_in(now, order.sub.timezone)
    missing = [each for each in demands.judged(order, order.sub.pk, days=(today, today)) if each.why]
    if not missing:
        return
    what = "; ".join(f"{each.demand.words} ({each.why})" for each in missing)
    owner = (
        Member.objects.active()
        .of(order.sub.pk)
        .in_role("owner")
        .select_related("user")
        .order_by("joined_at")
        .first()
    )
    whom = " at ".join(part for part in (owner.user.called if owner else "", order.sub.phone) if part)
    raise RuleBroken(
        f"The work cannot start before these papers hold: {what}. Call {whom or 'your office'}.",
        code="papers_missing",
    )


def _start(order: WorkOrder, *, by: Member, now: datetime) -> None:
    """Start a locked order: coverage is judged and kept, punctuality becomes evidence."""
    step = WORK_ORDER.check("start", status=order.status, side="sub", role=by.role)
    assignment = Assignment.objects.current().select_related("offer__revision").get(work_order=order)
    judge_coverage(order, order, offer=assignment.offer, occasion=CoverageCheck.Occasion.START, now=now)
    record_order(order, step.name, by=by, now=now, to=step.target, side="sub")
    visit_news.started(order, by, now=now)
    if order.schedule_kind == deadlines.COMPLETE_BY or order.sub is None:
        return
    late = deadlines.is_late(order.schedule_kind, at=now, starts_at=order.starts_at, ends_at=order.ends_at)
    scores.record(
        order.sub,
        dimension="as_sub",
        kind="on_time_start",
        occurred_on=now.date(),
        counterparty=order.prime,
        subject_id=order.pk,
        value=0 if late else 1,
    )


@transaction.atomic
def finish(visit: Visit, *, by: Member, now: datetime | None = None) -> Visit:
    """Leave the site. What is left to do is handed in by the order, not by the visit."""
    order, visit = _lock_both(visit)
    now = now or clock.now()
    step = VISIT.check("finish", status=visit.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)

    _move(order, visit, step, by=by, now=now, checked_out_at=now)
    return visit


@transaction.atomic
def miss(visit: Visit, *, by: Member, reason: str = "", now: datetime | None = None) -> Visit:
    """Write down that nobody came; another visit can be planned."""
    order, visit = _lock_both(visit)
    now = now or clock.now()
    side = order.side_of(by.firm_id)
    step = VISIT.check("miss", status=visit.status, side=side, role=by.role, reason=reason)

    _move(order, visit, step, by=by, now=now, missed_at=now)
    plan(order, technician=visit.technician)
    return visit


def lock(order: WorkOrder) -> WorkOrder:
    """Lock an order and read it again, with its two firms, its client and its place."""
    orders = WorkOrder.objects.locked().select_related("prime", "sub", "client", "site", "engagement")
    return orders.get(pk=order.pk)


def _lock_both(visit: Visit) -> tuple[WorkOrder, Visit]:
    order = WorkOrder.objects.locked().with_sides().get(pk=visit.work_order_id)
    return order, Visit.objects.locked().select_related("site", "technician__user").get(pk=visit.pk)


def require_crew(order: WorkOrder, by: Actor) -> None:
    """A technician acts on visits that name them and on cover that they keep; owners and dispatchers of the sub on all."""
    if by.firm_id != order.sub_id:
        raise WrongSide("This is for the firm that does the work.")
    if by.role not in CREW:
        raise WrongRole("This takes an owner, a dispatcher or the technician. Ask one in your firm.")
    if by.role == "technician":
        visits = Visit.objects.filter(work_order=order, technician__user=by.user_id)
        if not (_keeps_cover(order, by) if order.is_cover else visits.exists()):
            raise WrongRole(f"This {'cover' if order.is_cover else 'visit'} is somebody else's.")


def _keeps_cover(order: WorkOrder, by: Actor) -> bool:
    keeps = Q(technician__user=by.user_id) | Q(backup__user=by.user_id)
    goes = order.call_offs.filter(technician__user=by.user_id)
    return Assignment.objects.current().filter(keeps, work_order=order).exists() or goes.exists()


def _move(order: WorkOrder, visit: Visit, step: Step, *, by: Actor, now: datetime, **columns: object) -> None:
    """Move a locked visit along a row of the table, with the columns that change, and write the event."""
    visit.status = step.target
    for name, value in columns.items():
        setattr(visit, name, value)
    visit.save(update_fields=["status", *columns])
    changes = {"visit": visit.number, "status": step.target}
    record_order(order, f"visit_{step.name}", by=by, now=now, side=order.side_of(by.firm_id), changes=changes)
