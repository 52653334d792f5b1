"""Stopping the clock of an order, and letting it go on."""

from datetime import datetime

from django.db import transaction

from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.models import Visit, WorkOrder
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
def resume(order: WorkOrder, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Let an order go on from where it was held, on the terms that both agreed on."""
    order = _lock(order)
    now = now or clock.now()
    step = WORK_ORDER.check("resume", status=order.status, side=order.side_of(by.firm_id), role=by.role)

    back, order.held_from = order.held_from, ""
    record_order(order, step.name, by=by, now=now, to=back, side="prime", columns=["held_from"])
    visit_news.resumed(order, now=now)
    return order


def _lock(order: WorkOrder) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=order.pk)
