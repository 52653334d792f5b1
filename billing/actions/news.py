"""What is told to whom about money."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from billing.models import Invoice, Payment
from partnernet.core import money
from partnernet.core.notify import owe
from partners.models import Firm, Member

DESK = ("owner", "finance")


def _facts(invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice": invoice.reference,
        "order": invoice.work_order.reference,
        "title": invoice.work_order.title,
        "amount": money.show(invoice.amount, invoice.currency),
        "due": _day(invoice.due_on),
        "prime": invoice.prime.name,
        "sub": invoice.sub.name,
    }


def _day(value: date) -> str:
    return f"{value:%a} {value.day} {value:%B}"


def _tell(kind: str, firm: Firm, invoice: Invoice, *, now: datetime, once: str = "", **more: Any) -> int:
    path = reverse("invoice", args=[firm.pk, invoice.pk])
    to = Member.objects.active().addressees(firm.pk, *DESK)
    facts = _facts(invoice) | more
    return len(owe(kind, to=to, now=now, path=path, context=facts, subject_id=invoice.pk, once=once))


def invoice_issued(invoice: Invoice, *, now: datetime) -> None:
    _tell("invoice_issued", invoice.prime, invoice, now=now)
    _tell("invoice_drafted", invoice.sub, invoice, now=now)


def payment_announced(invoice: Invoice, payment: Payment, *, now: datetime) -> None:
    more = {"paid": money.show(payment.amount, payment.currency), "paid_on": _day(payment.paid_on)}
    _tell("payment_announced", invoice.sub, invoice, now=now, reference=payment.reference, **more)


def payment_confirmed(invoice: Invoice, payment: Payment, *, now: datetime) -> None:
    paid = money.show(payment.amount, payment.currency)
    _tell("payment_confirmed", invoice.prime, invoice, now=now, paid=paid, by_silence=payment.by_silence)


def invoice_voided(invoice: Invoice, reason: str, *, now: datetime) -> None:
    _tell("invoice_voided", invoice.prime, invoice, now=now, reason=reason)


def invoice_due_soon(invoice: Invoice, *, now: datetime) -> int:
    return _tell("invoice_due_soon", invoice.prime, invoice, now=now, once=str(invoice.pk))


def invoice_overdue(invoice: Invoice, days: int, *, now: datetime, once: str) -> int:
    told = _tell("invoice_overdue", invoice.prime, invoice, now=now, days=days, once=once)
    return told + _tell("invoice_overdue_to_us", invoice.sub, invoice, now=now, days=days, once=once)
