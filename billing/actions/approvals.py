"""The door that approves work: the order's approval and its invoice in one transaction."""

from datetime import datetime, timedelta

from django.db import transaction

from billing import lines
from billing.actions.issuing import issue
from billing.models import Invoice
from engagements.actions import submissions, visit_sweeps
from engagements.models import Submission, WorkOrder, WorkOrderLine
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import RuleBroken
from partnernet.core.localtime import day_in


@transaction.atomic
def approve_work(submission: Submission, *, by: Actor, now: datetime | None = None) -> Invoice:
    """Approve work that was handed in, and draft the invoice equal to it.

    Due = the day the approved work was handed in (in the sub's zone) + the net days that both accepted.
    """
    submission = submissions.approve(submission, by=by, now=now)
    now = now or submission.decided_at or clock.now()
    order = WorkOrder.objects.with_sides().get(pk=submission.work_order_id)
    if order.sub is None:  # a constraint of the database holds it beside every order that was handed in
        raise LookupError("An approved order without a firm.")
    due_on = day_in(submission.submitted_at, order.sub.timezone) + timedelta(days=order.net_days)
    invoice = Invoice(
        sub=order.sub,
        submission=submission,
        currency=submission.currency,
        amount=submission.amount,
        due_on=due_on,
    )
    done = WorkOrderLine.objects.filter(work_order=order).select_related("line__site")
    items = lines.of_work(submission, order, done.order_by("line__position", "pk"))
    return issue(invoice, order, items=items, by=by, now=now)


def approve_silent_work(*, now: datetime) -> int:
    """Approve what silence approves, each in its own transaction; return how many."""
    approved = 0
    for submission in visit_sweeps.silent(now=now):
        try:
            approve_work(submission, by=CLOCK, now=now)
        except RuleBroken:
            # Somebody decided it between the look and the lock, which is what we waited for.
            continue
        approved += 1
    return approved
