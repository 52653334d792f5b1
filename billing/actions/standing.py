"""What every step on an invoice shares: lock it, keep what is owed within it, and let it stand where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from billing import settling
from billing.models import Invoice, InvoiceLine, Objection, Payment, PaymentAllocation
from engagements.models import RecordedAnswer
from partnernet.core import money
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import day_in
from partners.actions import scores

NOTHING = Decimal(0)


@dataclass(slots=True)
class Account:
    """A locked invoice with its lines and what was paid on it. Payments that were denied do not count."""

    invoice: Invoice
    lines: list[InvoiceLine]
    announced: Decimal
    confirmed: Decimal

    @property
    def credited(self) -> Decimal:
        return sum((line.credited for line in self.lines), NOTHING)

    @property
    def held(self) -> Decimal:
        return sum((line.held for line in self.lines), NOTHING)

    @property
    def asked(self) -> Decimal:
        return sum((line.amount for line in self.lines), NOTHING)

    @property
    def open(self) -> Decimal:
        """Neither credited nor announced as paid."""
        return self.asked - self.credited - self.announced

    @property
    def payable(self) -> Decimal:
        return self.open - self.held

    def show(self, amount: Decimal) -> str:
        return money.show(amount, self.invoice.currency)


def lock(invoice: Invoice) -> Account:
    """Lock an invoice and read it again, with its lines: they are written under this lock only."""
    return read(Invoice.objects.locked().select_related("prime", "sub", "work_order").get(pk=invoice.pk))


def read(invoice: Invoice) -> Account:
    """Read the lines and payments of an invoice that is locked already."""
    lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("position"))
    paid = invoice.allocations.standing()
    confirmed = paid.filter(payment__confirmed_at__isnull=False)
    return Account(invoice, lines, _sum(paid), _sum(confirmed))


def _sum(rows: QuerySet[PaymentAllocation]) -> Decimal:
    return rows.aggregate(sum=Sum("amount"))["sum"] or NOTHING


def typed_by_line(account: Account, typed: Mapping[UUID, Decimal]) -> list[tuple[InvoiceLine, Decimal]]:
    """Return the lines that amounts were typed for, in their order. Raises Invalid for a line that is not of this invoice."""
    if set(typed) - {line.pk for line in account.lines}:
        raise Invalid({"lines": ["One of these lines is not of this invoice. Load the page again."]})
    return [(line, money.cents(typed[line.pk])) for line in account.lines if line.pk in typed]


def require_within(account: Account, *, most: Decimal) -> None:
    """Raise RuleBroken when more would be credited, held and paid than the invoice asks for; `most` was open before."""
    if account.payable < 0:
        raise RuleBroken(
            f"Only {account.show(most)} of this invoice is open: the rest is credited, or was announced as paid."
        )


def settle(account: Account, *, now: datetime) -> str:
    """Write the lines and the day of an invoice as they stand now; return the status that follows, empty for the same.

    Fully confirmed or credited, it is paid. The record of the payer follows: held amounts are not late while they are held.
    """
    invoice, lines = account.invoice, account.lines
    InvoiceLine.objects.bulk_update(
        lines, ["amount", "credited", "held", "submitted_on", "contest_by", "due_on"]
    )
    standing = settling.settle(lines, account.confirmed)
    invoice.amount = account.asked
    invoice.due_on = settling.next_due(standing) or max(line.due_on for line in lines)
    done = account.confirmed + account.credited == account.asked
    if done and invoice.status in {"approved", "disputed"}:
        last = Payment.objects.confirmed().filter(allocations__invoice=invoice).aggregate(on=Max("paid_on"))
        invoice.paid_on = last["on"] or day_in(now, invoice.sub.timezone)
    invoice.save(update_fields=["amount", "due_on", "issued_on"])
    _remember(account, standing)
    return Invoice.Status.PAID if invoice.paid_on else ""


def _remember(account: Account, standing: Sequence[settling.Standing]) -> None:
    """Keep in the payer's record what both agree on. Nothing agreed on and unpaid means nothing that could be late."""
    invoice = account.invoice
    agreed = account.asked - account.credited - account.held
    waits = any(each.open for each in standing)
    paid = bool(invoice.paid_on)
    if RecordedAnswer.objects.of_work(invoice.work_order_id).exists():
        return  # the payer wrote down itself what it owes
    if invoice.status in {"draft", "void"} or agreed <= 0 or not (waits or paid):
        scores.never_due(invoice.pk)
        return
    scores.experienced(
        invoice.prime,
        payee=invoice.sub,
        amount=agreed,
        currency=invoice.currency,
        due_on=max(line.due_on for line in account.lines) if paid else invoice.due_on,
        paid_on=invoice.paid_on,
        invoice_id=invoice.pk,
        issued_on=invoice.issued_on,
    )


def end_objection(invoice: Invoice, outcome: str, *, now: datetime) -> Objection | None:
    """End what stands against an invoice, if anything does."""
    objection = Objection.objects.standing().filter(invoice=invoice).first()
    if objection:
        objection.outcome, objection.ended_at = outcome, now
        objection.save(update_fields=["outcome", "ended_at"])
    return objection
