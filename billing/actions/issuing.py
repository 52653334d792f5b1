"""An invoice leaves the sub: numbered, dated, told, and counted in the record of who pays."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from billing.actions import news
from billing.actions.history import record
from billing.actions.standing import read, settle
from billing.lines import Item
from billing.models import Invoice, InvoiceLine
from engagements.actions.shared import next_number
from engagements.models import WorkOrder
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.localtime import day_in

CONTEST_DAYS = 10
# Work that silence approved was never looked at: faults can be raised for longer.
CONTEST_DAYS_AFTER_SILENCE = 30


def issue(invoice: Invoice, order: WorkOrder, *, items: Iterable[Item], by: Actor, now: datetime) -> Invoice:
    """Store an invoice of the order's prime to the sub that it names; its due day is no earlier than the day of issue.

    It equals what was approved, so it is approved by itself. Nothing owed is paid at once: there is nothing to pay,
    to remind of or to learn from.
    """
    invoice.prime, invoice.work_order = order.prime, order
    invoice.number = next_number(invoice.sub_id, "next_invoice_number")
    invoice.issued_on = day_in(now, invoice.sub.timezone)
    invoice.due_on = max(invoice.due_on, invoice.issued_on)
    invoice.save(force_insert=True)
    days = CONTEST_DAYS_AFTER_SILENCE if by is CLOCK else CONTEST_DAYS
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice, position=position, what=item.what, amount=item.amount, approved=item.amount,
            submitted_on=invoice.issued_on, contest_by=invoice.issued_on + timedelta(days=days), due_on=invoice.due_on,
        )
        for position, item in enumerate(items, 1)
    )  # fmt: skip
    to = settle(read(invoice), now=now) or invoice.status
    record(invoice, "drafted", by=by, now=now, side="system" if by is CLOCK else "prime", to=to)
    if invoice.amount:
        news.invoice_issued(invoice, now=now)
    return invoice
