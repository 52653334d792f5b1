"""What is due under cover, found by the clock: it begins, call-offs wait, answers are missed. Safe to run twice."""

from datetime import datetime

from django.db import transaction

from engagements import cover, deadlines
from engagements.actions import call_off_news as news
from engagements.actions.call_offs import begin
from engagements.actions.visits import lock
from engagements.models import CallOff, WorkOrder
from partnernet.core import clock
from partnernet.core.actors import CLOCK

BATCH = 500


def sweep_cover(*, now: datetime | None = None) -> int:
    """Do everything about cover that is due; return how many covers began and how many people were told."""
    now = now or clock.now()
    due = WorkOrder.objects.filter(
        schedule_kind=deadlines.COVER, status=WorkOrder.Status.ASSIGNED, starts_at__lte=now
    )
    begun = sum(_begin(order, now=now) for order in due.order_by("starts_at", "pk")[:BATCH])
    return begun + _remind(now=now)


@transaction.atomic
def _begin(order: WorkOrder, *, now: datetime) -> bool:
    order = lock(order)
    if order.status != WorkOrder.Status.ASSIGNED:
        return False
    begin(order, by=CLOCK, now=now)
    return True


def _remind(*, now: datetime) -> int:
    """Remind of a call-off at half of its time, and tell both firms when the time has passed."""
    told = 0
    for called in CallOff.objects.waiting().with_work().order_by("answer_by", "pk")[:BATCH]:
        with transaction.atomic():
            if called.answer_by <= now:
                told += news.missed(called.work_order, called, now=now)
            elif cover.half_way(called.called_at, called.answer_by) <= now:
                told += news.waiting(called.work_order, called, now=now)
    return told
