"""Announcing and confirming payments."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from billing.actions import news
from billing.actions.history import record
from billing.models import Invoice, Payment, PaymentAllocation
from billing.workflow import INVOICE
from partnernet.core import clock, money
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import business_deadline, day_in
from partners.actions import scores
from partners.models import Member

SILENCE_DAYS = 5
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Paid:
    """What the payer says it sent for one invoice. No amount means all that is open."""

    on: date
    amount: Decimal | None = None
    reference: str = ""


@transaction.atomic
def announce_payment(invoice: Invoice, *, by: Member, paid: Paid, now: datetime | None = None) -> Payment:
    """Say that an invoice was paid, in full or in part. Raises Invalid for more than is open, or a day to come."""
    invoice = _lock(invoice)
    now = now or clock.now()
    step = INVOICE.check(
        "announce_payment", status=invoice.status, side=invoice.side_of(by.firm_id), role=by.role
    )
    rest = invoice.amount - (invoice.allocations.aggregate(sum=Sum("amount"))["sum"] or NOTHING)
    amount = rest if paid.amount is None else money.cents(paid.amount)
    _require_payable(invoice, amount, rest=rest, on=paid.on, today=day_in(now, invoice.prime.timezone))

    payment = Payment.objects.create(
        payer=invoice.prime,
        payee=invoice.sub,
        currency=invoice.currency,
        amount=amount,
        paid_on=paid.on,
        reference=paid.reference.strip()[:100],
        announced_by=by,
        announced_at=now,
        silence_at=business_deadline(
            now, SILENCE_DAYS, invoice.sub.timezone, frozenset(invoice.sub.holidays)
        ),
    )
    PaymentAllocation.objects.create(payment=payment, invoice=invoice, amount=amount)
    changes = {"amount": str(amount), "paid_on": paid.on.isoformat()}
    record(invoice, step.name, by=by, now=now, side="prime", changes=changes)
    news.payment_announced(invoice, payment, now=now)
    return payment


def _require_payable(invoice: Invoice, amount: Decimal, *, rest: Decimal, on: date, today: date) -> None:
    if rest <= 0:
        raise RuleBroken("All of this invoice has been announced as paid. It waits to be confirmed.")
    if amount <= 0:
        raise Invalid({"amount": ["Say how much was paid."]})
    if amount > rest:
        raise Invalid({"amount": [f"Only {money.show(rest, invoice.currency)} is open."]})
    if on > today:
        raise Invalid({"paid_on": ["This day has not come yet."]})


@transaction.atomic
def confirm_payment(payment: Payment, *, by: Actor, now: datetime | None = None) -> Payment:
    """Say that the money came; by the clock after 5 business days of silence. A fully confirmed invoice is paid."""
    keys = payment.allocations.values("invoice")
    invoices = list(Invoice.objects.locked().filter(pk__in=keys).select_related("prime", "sub"))
    payment = Payment.objects.locked().get(pk=payment.pk)
    now = now or clock.now()
    silence = by is CLOCK
    for invoice in invoices:
        side = "system" if silence else invoice.side_of(by.firm_id)
        INVOICE.check("confirm_payment", status=invoice.status, side=side, role=by.role)
    if payment.confirmed_at:
        raise RuleBroken("This payment was confirmed already.")
    if silence and payment.silence_at > now:
        raise RuleBroken("The time to confirm has not run out yet.")

    payment.confirmed_at, payment.by_silence = now, silence
    payment.confirmed_by = by if isinstance(by, Member) else None
    payment.save(update_fields=["confirmed_at", "confirmed_by", "by_silence"])
    for invoice in invoices:
        _settle(invoice, payment, by=by, now=now)
    return payment


def _settle(invoice: Invoice, payment: Payment, *, by: Actor, now: datetime) -> None:
    """Mark an invoice as paid when all of it is confirmed; then it says how its payer pays."""
    confirmed = (
        invoice.allocations.filter(payment__confirmed_at__isnull=False).aggregate(sum=Sum("amount"))["sum"]
        or NOTHING
    )
    paid = confirmed >= invoice.amount
    side = "system" if by is CLOCK else "sub"
    if paid:
        invoice.paid_on = payment.paid_on
    to = Invoice.Status.PAID if paid else ""
    record(
        invoice, "confirm_payment", by=by, now=now, side=side, to=to, changes={"amount": str(payment.amount)}
    )
    if paid:
        scores.experienced(
            invoice.prime,
            payee=invoice.sub,
            amount=invoice.amount,
            currency=invoice.currency,
            due_on=invoice.due_on,
            paid_on=payment.paid_on,
            invoice_id=invoice.pk,
            issued_on=invoice.issued_on,
        )
    news.payment_confirmed(invoice, payment, now=now)


def confirm_silent_payments(*, now: datetime) -> int:
    """Confirm what nobody contradicted for 5 business days, each in its own transaction."""
    confirmed = 0
    for payment in Payment.objects.unconfirmed().filter(silence_at__lte=now).order_by("silence_at", "pk"):
        try:
            confirm_payment(payment, by=CLOCK, now=now)
        except RuleBroken:
            # The payee answered between the look and the lock.
            continue
        confirmed += 1
    return confirmed


@transaction.atomic
def void(invoice: Invoice, *, by: Member, reason: str, now: datetime | None = None) -> Invoice:
    """Give an invoice up. Not once a payment was announced."""
    invoice = _lock(invoice)
    now = now or clock.now()
    side = invoice.side_of(by.firm_id)
    step = INVOICE.check("void", status=invoice.status, side=side, role=by.role, reason=reason)
    if invoice.allocations.exists():
        raise RuleBroken("A payment was announced for this invoice, so it cannot be voided.")

    record(invoice, step.name, by=by, now=now, side=side, to=step.target, reason=reason.strip())
    scores.never_due(invoice.pk)
    news.invoice_voided(invoice, reason.strip(), now=now)
    return invoice


def _lock(invoice: Invoice) -> Invoice:
    return Invoice.objects.locked().select_related("prime", "sub").get(pk=invoice.pk)
