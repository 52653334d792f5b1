"""What is due about money, found by the clock. Running a sweep twice changes nothing."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.actions import news
from billing.actions.objections import approve
from billing.models import Invoice, Objection
from partnernet.core.actors import CLOCK
from partnernet.core.errors import RuleBroken
from partnernet.core.localtime import day_in

DUE_SOON = timedelta(days=3)
# Days beyond terms on which both sides hear of it, so that it does not nag.
TOLD_ON = (1, 8, 15, 30, 60, 90)
# How long before the end of their time the owners are reminded to talk.
TALK_SOON = timedelta(days=1)


def tell_overdue(*, now: datetime) -> int:
    """Tell the payer three days before an invoice is due, and both sides at fixed steps after it; return how many people.

    What is still talked about is not late.
    """
    horizon = now.date() + DUE_SOON + timedelta(days=1)
    due = (
        Invoice.objects.unpaid().filter(due_on__lte=horizon).with_parties().with_something_due().by_due_day()
    )
    told = 0
    for invoice in due:
        today = day_in(now, invoice.prime.timezone)
        late = (today - invoice.due_on).days
        steps = [days for days in TOLD_ON if days <= late]
        with transaction.atomic():
            if steps:
                told += news.invoice_overdue(invoice, late, now=now, once=f"{invoice.pk}:{steps[-1]}")
            elif late >= -DUE_SOON.days and late <= 0:
                told += news.invoice_due_soon(invoice, now=now)
    return told


def remind_talks(*, now: datetime) -> int:
    """Remind both owners of a dispute on its last day, and say when the time to talk has run out; return how many people."""
    standing = Objection.objects.standing().disputes().filter(talk_by__lte=now + TALK_SOON)
    told = 0
    for objection in standing.select_related(
        "invoice__prime", "invoice__sub", "invoice__work_order"
    ).order_by("talk_by", "pk"):
        with transaction.atomic():
            if objection.unresolved(now):
                told += news.dispute_unresolved(objection, now=now)
            elif objection.mediator_agreed_at is None:
                told += news.dispute_talk(objection, now=now)
    return told


def approve_uncontested(*, now: datetime) -> int:
    """Approve what was sent again and can no longer be contested, each in its own transaction; return how many."""
    approved = 0
    sent = Invoice.objects.filter(status=Invoice.Status.SUBMITTED)
    for invoice in sent.exclude(lines__contest_by__gt=now.date()).order_by("pk"):
        try:
            approve(invoice, by=CLOCK, now=now)
        except RuleBroken:
            # It can be contested until its day ends where the payer is, or somebody decided meanwhile.
            continue
        approved += 1
    return approved
