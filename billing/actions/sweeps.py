"""What is due about money, found by the clock. Running a sweep twice changes nothing."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.actions import news
from billing.models import Invoice
from partnernet.core.localtime import day_in

DUE_SOON = timedelta(days=3)
# Days beyond terms on which both sides hear of it, so that it does not nag.
TOLD_ON = (1, 8, 15, 30, 60, 90)


def tell_overdue(*, now: datetime) -> int:
    """Tell the payer three days before an invoice is due, and both sides at fixed steps after it; return how many people."""
    horizon = now.date() + DUE_SOON + timedelta(days=1)
    due = Invoice.objects.unpaid().filter(due_on__lte=horizon).with_parties().by_due_day()
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
