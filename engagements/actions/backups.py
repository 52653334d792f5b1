"""Who goes when nobody came: a backup that the sub names, and that the prime can send with one press."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements import deadlines
from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.models import Assignment, Visit, WorkOrder
from engagements.workflow import LEADS, RUNNING, VISIT
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Member


@transaction.atomic
def name_backup(
    order: WorkOrder, *, by: Member, technician: UUID | None, now: datetime | None = None
) -> Assignment:
    """Say who goes if the technician cannot; None takes the name back."""
    order = _lock(order)
    now = now or clock.now()
    if order.side_of(by.firm_id) != "sub":
        raise WrongSide("The firm that does the work names the backup.")
    if by.role not in LEADS:
        raise WrongRole("An owner or a dispatcher names the backup. Ask one of them.")
    if order.status not in RUNNING.split():
        raise IllegalStep("A backup is named while the work is yours and not handed in.")
    assignment = Assignment.objects.current().get(work_order=order)
    person = colleague(order, technician) if technician else None
    if person is not None and person.pk == assignment.technician_id:
        raise Invalid({"technician": ["This is who goes already. Choose somebody else."]})

    assignment.backup = person
    assignment.save(update_fields=["backup"])
    named = person.user.called if person else ""
    record_order(order, "backup_named", by=by, now=now, side="sub", changes={"backup": named})
    return assignment


def may_send_backup(order: WorkOrder, assignment: Assignment | None, *, now: datetime) -> bool:
    """Say whether the start was missed and a backup could go."""
    late = deadlines.is_late(order.schedule_kind, at=now, starts_at=order.starts_at, ends_at=order.ends_at)
    waits = order.status == WorkOrder.Status.ASSIGNED and assignment is not None
    return waits and late and assignment is not None and assignment.backup_id is not None


@transaction.atomic
def send_backup(order: WorkOrder, *, by: Member, now: datetime | None = None) -> Assignment:
    """Send the sub's backup on the same terms, because nobody came: they are told at once.

    Raises RuleBroken before the start counts as late, and where no backup is named.
    """
    order = _lock(order)
    now = now or clock.now()
    if order.side_of(by.firm_id) != "prime":
        raise WrongSide("The firm that gave the work sends the backup. You can say yourselves who goes.")
    if by.role not in LEADS:
        raise WrongRole("An owner or a dispatcher sends the backup. Ask one of them.")
    if order.status != WorkOrder.Status.ASSIGNED:
        raise IllegalStep("A backup is sent while nobody has begun.")
    assignment = Assignment.objects.current().select_related("backup__user").get(work_order=order)
    if not may_send_backup(order, assignment, now=now) or assignment.backup is None:
        raise RuleBroken("A backup can be sent once the start is missed, if one is named.", code="too_early")

    person = assignment.backup
    assignment.technician, assignment.backup = person, None
    assignment.save(update_fields=["technician", "backup"])
    hand_over_visits(order, person)
    record_order(order, "backup_sent", by=by, now=now, changes={"technician": person.user.called})
    visit_news.backup_sent(order, person, now=now)
    return assignment


def colleague(order: WorkOrder, key: UUID) -> Member:
    """Return somebody of the firm that does the work. Raises Invalid for anybody else."""
    staff = Member.objects.active().filter(firm=order.sub_id)
    person = staff.filter(pk=key).select_related("user").first()
    if person is None:
        raise Invalid({"technician": ["Choose somebody of your firm."]})
    return person


def hand_over_visits(order: WorkOrder, person: Member) -> None:
    """Give the visits of a locked order that nobody has begun to a person, who confirms them anew."""
    visits = Visit.objects.locked().filter(work_order=order, status__in=("planned", "confirmed", "on_my_way"))
    for visit in visits:
        if visit.status != Visit.Status.PLANNED:
            visit.status = VISIT.check("replan", status=visit.status, side="system", role="system").target
        visit.technician, visit.confirmed_at, visit.set_off_at = person, None, None
        visit.save(update_fields=["status", "technician", "confirmed_at", "set_off_at"])


def _lock(order: WorkOrder) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=order.pk)
