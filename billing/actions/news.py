"""What is told to whom about money."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from billing.models import CreditNote, Invoice, Objection, Payment
from partnernet.core import money
from partnernet.core.notify import owe
from partners.models import Firm, Member

DESK = ("owner", "finance")
OWNER = ("owner",)


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


def _tell(kind: str, firm: Firm, invoice: Invoice, /, *, now: datetime, once: str = "", **more: Any) -> int:
    return _tell_those(kind, firm, DESK, invoice, now=now, once=once, **more)


def _tell_those(  # noqa: PLR0913 - one message's facts
    kind: str,
    firm: Firm,
    roles: Sequence[str],
    invoice: Invoice,
    /,
    *,
    now: datetime,
    once: str = "",
    **more: Any,
) -> int:
    path = reverse("invoice", args=[firm.pk, invoice.pk])
    to = Member.objects.active().addressees(firm.pk, *roles)
    facts = _facts(invoice) | more
    return len(owe(kind, to=to, now=now, path=path, context=facts, subject_id=invoice.pk, once=once))


def invoice_issued(invoice: Invoice, *, now: datetime) -> None:
    _tell("invoice_issued", invoice.prime, invoice, now=now)
    _tell("invoice_drafted", invoice.sub, invoice, now=now)


def invoice_submitted(invoice: Invoice, note: str, *, now: datetime) -> None:
    waits = invoice.status == Invoice.Status.SUBMITTED
    _tell("invoice_submitted", invoice.prime, invoice, now=now, note=note, waits=waits)


def invoice_approved(invoice: Invoice, *, now: datetime) -> None:
    _tell("invoice_approved", invoice.sub, invoice, now=now)


def objected(objection: Objection, amount: Decimal, reason: str, *, now: datetime) -> None:
    """Tell the sub what is wrong; of a dispute, the owners of both firms hear by when to talk."""
    invoice = objection.invoice
    wrong = money.show(amount, invoice.currency)
    if objection.talk_by is None:
        _tell("revision_asked", invoice.sub, invoice, now=now, wrong=wrong, reason=reason)
        return
    _tell("invoice_disputed", invoice.sub, invoice, now=now, wrong=wrong, reason=reason)


def dispute_talk(objection: Objection, *, now: datetime) -> int:
    return _tell_both("dispute_talk", objection, now=now)


def dispute_unresolved(objection: Objection, *, now: datetime) -> int:
    return _tell_both("dispute_unresolved", objection, now=now)


def _tell_both(kind: str, objection: Objection, *, now: datetime) -> int:
    """Tell the owners of both firms, once; each reads whom to call."""
    invoice, once = objection.invoice, str(objection.pk)
    return sum(
        _tell_those(kind, firm, OWNER, invoice, now=now, once=once, other=other.name, phone=other.phone)
        for firm, other in ((invoice.prime, invoice.sub), (invoice.sub, invoice.prime))
    )


def mediator(step: str, objection: Objection, *, by: Member, now: datetime) -> None:
    """Tell the other firm's owners whom we named, or that we agree."""
    invoice = objection.invoice
    kind = "mediator_named" if step == "name_mediator" else "mediator_agreed"
    ours = invoice.prime if by.firm_id == invoice.prime_id else invoice.sub
    theirs = invoice.sub if ours == invoice.prime else invoice.prime
    _tell_those(kind, theirs, OWNER, invoice, now=now, other=ours.name, mediator=objection.mediator)


def credit_issued(note: CreditNote, *, now: datetime) -> None:
    credited = money.show(note.amount, note.invoice.currency)
    more = {"credited": credited, "note": note.reference, "reason": note.reason}
    _tell("credit_issued", note.invoice.prime, note.invoice, now=now, **more)


def payment_announced(invoices: Sequence[Invoice], payment: Payment, *, now: datetime) -> None:
    more = _of_payment(invoices, payment) | {"paid_on": _day(payment.paid_on)}
    _tell("payment_announced", invoices[0].sub, invoices[0], now=now, reference=payment.reference, **more)


def payment_confirmed(invoices: Sequence[Invoice], payment: Payment, *, now: datetime) -> None:
    more = _of_payment(invoices, payment) | {"by_silence": payment.by_silence}
    _tell("payment_confirmed", invoices[0].prime, invoices[0], now=now, **more)


def payment_denied(invoices: Sequence[Invoice], payment: Payment, *, now: datetime) -> None:
    more = _of_payment(invoices, payment) | {"paid_on": _day(payment.paid_on)}
    _tell("payment_denied", invoices[0].prime, invoices[0], now=now, **more)


def _of_payment(invoices: Sequence[Invoice], payment: Payment) -> dict[str, Any]:
    """A payment for several invoices names them all."""
    named = ", ".join(invoice.reference for invoice in invoices)
    return {"paid": money.show(payment.amount, payment.currency), "invoice": named}


def invoice_voided(invoice: Invoice, reason: str, *, now: datetime) -> None:
    _tell("invoice_voided", invoice.prime, invoice, now=now, reason=reason)


def invoice_due_soon(invoice: Invoice, *, now: datetime) -> int:
    return _tell("invoice_due_soon", invoice.prime, invoice, now=now, once=str(invoice.pk))


def invoice_overdue(invoice: Invoice, days: int, *, now: datetime, once: str) -> int:
    told = _tell("invoice_overdue", invoice.prime, invoice, now=now, days=days, once=once)
    return told + _tell("invoice_overdue_to_us", invoice.sub, invoice, now=now, days=days, once=once)
