"""Stopping the clock of an order, and letting it go on."""

from datetime import datetime

from django.db import transaction

from engagements.actions import visit_news
from engagements.actions.changes import Wanted, ask
from engagements.actions.going_on import go_on
from engagements.actions.history import record_order
from engagements.models import ChangeRequest, Visit, WorkOrder
from engagements.values import Schedule
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.errors import RuleBroken
from partners.models import Member


@transaction.atomic
def hold(order: WorkOrder, *, by: Member, reason: str, now: datetime | None = None) -> WorkOrder:
    """Stop the late clock of an order: nobody can check in until it goes on.

    Raises RuleBroken while a technician is on site.
    """
    order = _lock(order)
    now = now or clock.now()
    step = WORK_ORDER.check(
        "hold", status=order.status, side=order.side_of(by.firm_id), role=by.role, reason=reason
    )
    if Visit.objects.filter(work_order=order, status=Visit.Status.CHECKED_IN).exists():
        raise RuleBroken("Somebody is on site. Call them, and put it on hold when they have left.")

    order.held_from = order.status
    record_order(
        order,
        step.name,
        by=by,
        now=now,
        to=step.target,
        side="prime",
        reason=reason.strip(),
        columns=["held_from"],
    )
    visit_news.held(order, reason.strip(), now=now)
    return order


@transaction.atomic
def resume(
    order: WorkOrder, *, by: Member, schedule: Schedule | None = None, now: datetime | None = None
) -> WorkOrder:
    """Let an order go on from where it was held: at once on the terms agreed, or at a date that the sub may refuse.

    With a date it stays on hold until the sub has answered, so that nobody is late on a date that they never agreed to.
    Raises RuleBroken without a date when nobody has begun and the agreed one has passed.
    """
    order = _lock(order)
    now = now or clock.now()
    WORK_ORDER.check("resume", status=order.status, side=order.side_of(by.firm_id), role=by.role)
    if ChangeRequest.objects.still_open().filter(assignment__work_order=order, after_hold=True).exists():
        raise RuleBroken("A date is proposed already. Wait for their answer, or take it back.")
    if schedule is not None:
        wanted = Wanted(ChangeRequest.Kind.SCHEDULE, "It can go on.", schedule=schedule, after_hold=True)
        ask(order, wanted, by=by, now=now)
        return order
    last = order.ends_at or order.starts_at
    if order.held_from == WorkOrder.Status.ASSIGNED and last is not None and last <= now:
        raise RuleBroken("The agreed time has passed meanwhile. Propose another one.", field="starts")

    go_on(order, by=by, now=now)
    return order


def _lock(order: WorkOrder) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=order.pk)
