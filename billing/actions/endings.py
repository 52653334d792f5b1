"""The doors that end work early for the prime: the end and the invoice of its fee in one transaction."""

from datetime import datetime, timedelta

from django.db import transaction

from billing import lines
from billing.actions.issuing import issue
from billing.models import Invoice
from engagements.actions import endings, engagements
from engagements.actions.endings import Ended, Ending
from engagements.models import Engagement, WorkOrder
from partnernet.core.localtime import day_in
from partners.models import Member


@transaction.atomic
def cancel_order(order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None = None) -> Ended:
    """Cancel an order; a late end that is the prime's or the client's cause is invoiced by itself."""
    return _billed(endings.cancel(order, ending, by=by, now=now), by=by)


@transaction.atomic
def remove_firm(order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None = None) -> Ended:
    """Take an order off its firm; a late end that is the prime's or the client's cause is invoiced by itself."""
    return _billed(endings.remove(order, ending, by=by, now=now), by=by)


@transaction.atomic
def cancel_job(
    engagement: Engagement, ending: Ending, *, by: Member, now: datetime | None = None
) -> Engagement:
    """Cancel a job and what runs of it, each order with its fee."""
    for ended in engagements.cancel(engagement, ending, by=by, now=now):
        _billed(ended, by=by)
    return Engagement.objects.get(pk=engagement.pk)


def _billed(ended: Ended, *, by: Member) -> Ended:
    """Write the invoice of a fee: due as all else is, from the day of the end, which the end itself read behind its locks."""
    if ended.fee and ended.assignment:
        sub, order = ended.assignment.firm, ended.order
        due_on = day_in(ended.at, sub.timezone) + timedelta(days=order.net_days)
        invoice = Invoice(
            kind=Invoice.Kind.FEE, sub=sub, assignment=ended.assignment, currency=order.currency, amount=ended.fee,
            due_on=due_on,
        )  # fmt: skip
        issue(invoice, order, items=[lines.Item(lines.FEE, ended.fee)], by=by, now=ended.at)
    return ended
