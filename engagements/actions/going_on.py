"""Work that was on hold goes on from where it was."""

from datetime import datetime

from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.models import WorkOrder
from partners.models import Member


def go_on(order: WorkOrder, *, by: Member, now: datetime) -> None:
    """Let a locked order run again; whoever does the work is told, unless they said so themselves."""
    back, order.held_from = order.held_from, ""
    side = order.side_of(by.firm_id)
    record_order(order, "resume", by=by, now=now, to=back, side=side, columns=["held_from"])
    if side == "prime":
        visit_news.resumed(order, now=now)
