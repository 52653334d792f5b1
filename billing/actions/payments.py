"""Announcing, confirming and denying payments. One payment may cover several invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing.actions import news
from billing.actions.history import record
from billing.actions.standing import NOTHING, Account, read, settle
from billing.models import Invoice, Payment, PaymentAllocation
from billing.workflow import INVOICE
from partnernet.core import clock, money
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import business_deadline, day_in
from partners.models import Member

SILENCE_DAYS = 5


@dataclass(frozen=True, slots=True)
class Paid:
    """What the payer says it sent for one invoice. No amount means all that is open and agreed on."""

    on: date
    amount: Decimal | None = None
    reference: str = ""


def announce_payment(invoice: Invoice, *, by: Member, paid: Paid, now: datetime | None = None) -> Payment:
    """Say that an invoice was paid, in full or in part. Raises Invalid for more than is open, or a day to come."""
    return announce_payments({invoice.pk: paid.amount}, by=by, paid=paid, now=now)


@transaction.atomic
def announce_payments(
    parts: Mapping[UUID, Decimal | None], *, by: Member, paid: Paid, now: datetime | None = None
) -> Payment:
    """Say that one payment was sent for several invoices of one firm; no amount means all that is open of that invoice."""
    found = Invoice.objects.locked().visible_to(by.firm_id).filter(pk__in=parts)
    accounts = [read(invoice) for invoice in found.select_related("prime", "sub", "work_order")]
    _require_one_debt(accounts, parts)
    now = now or clock.now()
    for each in accounts:
        side = each.invoice.side_of(by.firm_id)
        INVOICE.check("announce_payment", status=each.invoice.status, side=side, role=by.role)
    first = accounts[0].invoice
    amounts = [_amount(each, parts[each.invoice.pk], alone=len(accounts) == 1) for each in accounts]
    if paid.on > day_in(now, first.prime.timezone):
        raise Invalid({"paid_on": ["This day has not come yet."]})

    payment = Payment.objects.create(
        payer=first.prime,
        payee=first.sub,
        currency=first.currency,
        amount=sum(amounts, NOTHING),
        paid_on=paid.on,
        reference=paid.reference.strip()[:100],
        announced_by=by,
        announced_at=now,
        silence_at=business_deadline(now, SILENCE_DAYS, first.sub.timezone, frozenset(first.sub.holidays)),
    )
    for each, amount in zip(accounts, amounts, strict=True):
        PaymentAllocation.objects.create(payment=payment, invoice=each.invoice, amount=amount)
        changes = {"amount": str(amount), "paid_on": paid.on.isoformat()}
        record(each.invoice, "announce_payment", by=by, now=now, side="prime", changes=changes)
    news.payment_announced([each.invoice for each in accounts], payment, now=now)
    return payment


def _require_one_debt(accounts: Sequence[Account], parts: Mapping[UUID, Decimal | None]) -> None:
    if not accounts or len(accounts) != len(parts):
        raise Invalid({"invoices": ["Choose invoices that your firm received."]})
    invoices = [each.invoice for each in accounts]
    if len({(invoice.prime_id, invoice.sub_id, invoice.currency) for invoice in invoices}) > 1:
        raise Invalid({"invoices": ["One payment goes to one firm, in one currency."]})


def _amount(account: Account, typed: Decimal | None, *, alone: bool) -> Decimal:
    """Return what is paid of one invoice. An over-payment is refused, and so is money that is still talked about."""
    most = account.payable
    which = "" if alone else f" of {account.invoice.reference}"
    if most <= 0:
        held = f"{account.show(account.held)} is not agreed on yet, and the rest" if account.held else "All"
        raise RuleBroken(f"{held}{which or ' of this invoice'} has been announced as paid or credited.")
    amount = most if typed is None else money.cents(typed)
    if amount <= 0:
        raise Invalid({"amount": ["Say how much was paid."]})
    if amount > most:
        besides = f" {account.show(account.held)} is not agreed on yet." if account.held else ""
        raise Invalid({"amount": [f"Only {account.show(most)}{which} is open.{besides}"]})
    return amount


@transaction.atomic
def confirm_payment(payment: Payment, *, by: Actor, now: datetime | None = None) -> Payment:
    """Say that the money came; by the clock after 5 business days of silence. A fully confirmed invoice is paid."""
    invoices, payment = _lock(payment)
    now = now or clock.now()
    silence = by is CLOCK
    _require_answerable(invoices, payment, "confirm_payment", by=by)
    if silence and payment.silence_at > now:
        raise RuleBroken("The time to confirm has not run out yet.")

    payment.confirmed_at, payment.by_silence = now, silence
    payment.confirmed_by = by if isinstance(by, Member) else None
    payment.save(update_fields=["confirmed_at", "confirmed_by", "by_silence"])
    side = "system" if silence else "sub"
    shares = dict(payment.allocations.values_list("invoice", "amount"))
    for invoice in invoices:
        to = settle(read(invoice), now=now)
        changes = {"amount": str(shares[invoice.pk])}
        record(invoice, "confirm_payment", by=by, now=now, side=side, to=to, changes=changes)
    news.payment_confirmed(invoices, payment, now=now)
    return payment


@transaction.atomic
def deny_payment(payment: Payment, *, by: Member, now: datetime | None = None) -> Payment:
    """Say that the money did not come. It is open again, on its day; a payment that is confirmed stays so."""
    invoices, payment = _lock(payment)
    now = now or clock.now()
    _require_answerable(invoices, payment, "deny_payment", by=by)

    payment.denied_at, payment.denied_by = now, by
    payment.save(update_fields=["denied_at", "denied_by"])
    shares = dict(payment.allocations.values_list("invoice", "amount"))
    for invoice in invoices:
        changes = {"amount": str(shares[invoice.pk])}
        record(invoice, "deny_payment", by=by, now=now, side="sub", changes=changes)
    news.payment_denied(invoices, payment, now=now)
    return payment


def _lock(payment: Payment) -> tuple[list[Invoice], Payment]:
    """Lock the invoices of a payment, then the payment, and read both again."""
    keys = payment.allocations.values("invoice")
    found = Invoice.objects.locked().filter(pk__in=keys).select_related("prime", "sub", "work_order")
    return list(found), Payment.objects.locked().get(pk=payment.pk)


def _require_answerable(invoices: Sequence[Invoice], payment: Payment, step: str, *, by: Actor) -> None:
    if payment.confirmed_at:
        raise RuleBroken("This payment was confirmed already.")
    if payment.denied_at:
        raise RuleBroken("You have said that this payment did not come.")
    for invoice in invoices:
        side = "system" if by is CLOCK else invoice.side_of(by.firm_id)
        INVOICE.check(step, status=invoice.status, side=side, role=by.role)


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
