"""What happens to open requests when an order is approved or ends: what was agreed before stands."""

from datetime import datetime

from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.models import ChangeRequest, WorkOrder
from engagements.workflow import CHANGE_REQUEST
from partnernet.core.actors import Actor


def lapse_open(order: WorkOrder, *, by: Actor, side: str, now: datetime) -> None:
    """Close the changes of a locked order that nobody has decided, and tell those who asked."""
    found = ChangeRequest.objects.locked().still_open().filter(assignment__work_order=order)
    for asked in found.select_related("asked_by__user", "technician__user"):
        step = CHANGE_REQUEST.check("lapse", status=asked.status, side="system", role="system")
        asked.status, asked.decided_at = step.target, now
        asked.save(update_fields=["status", "decided_at"])
        record_order(order, "change_lapsed", by=by, now=now, side=side, changes={"kind": asked.kind})
        visit_news.change_lapsed(order, asked, now=now)
