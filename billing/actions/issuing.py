"""An invoice leaves the sub: numbered, dated, told, and counted in the record of who pays."""

from datetime import datetime

from billing.actions import news
from billing.actions.history import record
from billing.models import Invoice
from engagements.actions.shared import next_number
from engagements.models import WorkOrder
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.localtime import day_in
from partners.actions import scores


def issue(invoice: Invoice, order: WorkOrder, *, by: Actor, now: datetime) -> Invoice:
    """Store an invoice of the order's prime to the sub that it names; its due day is no earlier than the day of issue."""
    invoice.prime, invoice.work_order = order.prime, order
    invoice.number = next_number(invoice.sub_id, "next_invoice_number")
    invoice.issued_on = day_in(now, invoice.sub.timezone)
    invoice.due_on = max(invoice.due_on, invoice.issued_on)
    if not invoice.amount:
        invoice.status, invoice.paid_on = Invoice.Status.PAID, invoice.issued_on
    invoice.save(force_insert=True)
    record(invoice, "drafted", by=by, now=now, side="system" if by is CLOCK else "prime", to=invoice.status)
    if not invoice.amount:  # nothing is owed, so there is nothing to pay, to remind of or to learn from
        return invoice
    scores.experienced(
        order.prime,
        payee=invoice.sub,
        amount=invoice.amount,
        currency=invoice.currency,
        due_on=invoice.due_on,
        paid_on=None,
        invoice_id=invoice.pk,
        issued_on=invoice.issued_on,
    )
    news.invoice_issued(invoice, now=now)
    return invoice
