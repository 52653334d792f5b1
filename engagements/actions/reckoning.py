"""What the work of an order comes to: units, hours, and what they pay."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import DurationField, ExpressionWrapper, F, Sum

from engagements import cover, pay
from engagements.models import ChangeRequest, TimeEntry, Visit, WorkOrder, WorkOrderLine


def reckon(order: WorkOrder, *, now: datetime, part: bool = False) -> tuple[pay.Pay, pay.Worked]:
    """Return what the work done pays, and what was done. Hours are those of the visits, of cover those logged; agreed changes count.

    Of cover, the least hours of a week count once the week is over by `now`. The work is done unless it is a `part`: of a fixed price, only what was done is earned by then.
    """
    lines = WorkOrderLine.objects.filter(work_order=order).aggregate(units=Sum("units"), done=Sum("done"))
    agreed = ChangeRequest.objects.of_deal(order).agreed()
    worked = pay.Worked(
        hours=_hours_of_cover(order, until=now) if order.is_cover else _hours_on_site(order),
        units=lines["done"] or 0,
        expenses=agreed.expenses(),
        added=agreed.added(order.pay_kind),
    )
    reckoned = pay.so_far if part else pay.pay
    return reckoned(order.pay_terms(), worked, units=lines["units"] or 0), worked


def _hours_of_cover(order: WorkOrder, *, until: datetime) -> Decimal:
    minutes = TimeEntry.objects.filter(work_order=order).by_day()
    return cover.paid_hours(order.span(), order.promise(), minutes, until=until)


def _hours_on_site(order: WorkOrder) -> Decimal:
    spent = ExpressionWrapper(F("checked_out_at") - F("checked_in_at"), output_field=DurationField())
    time = Visit.objects.filter(work_order=order, status=Visit.Status.DONE).aggregate(time=Sum(spent))["time"]
    return _hours(time or timedelta())


def _hours(time: timedelta) -> Decimal:
    """Whole minutes, as hours with two decimals."""
    minutes = Decimal(int(time.total_seconds()) // 60)
    return (minutes / 60).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
