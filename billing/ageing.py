"""How old open invoices are, by due date: current, 1–30, 31–60, 61–90, over 90 days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.models import Invoice

BUCKETS = ("Not due yet", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
LIMITS = (0, 30, 60, 90)


def bucket(due_on: date, today: date) -> int:
    """Return the index of the bucket of an open invoice; due today is not late."""
    late = (today - due_on).days
    return next((index for index, limit in enumerate(LIMITS) if late <= limit), len(LIMITS))


@dataclass(slots=True)
class Aged:
    """Open amounts of one currency, by bucket, with the next date."""

    currency: str
    sums: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * len(BUCKETS))
    next_due: date | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.sums, Decimal(0))

    @property
    def late(self) -> Decimal:
        return sum(self.sums[1:], Decimal(0))

    def rows(self) -> list[tuple[str, Decimal]]:
        return list(zip(BUCKETS, self.sums, strict=True))


def aged(invoices: Iterable[Invoice], today: date) -> list[Aged]:
    """Sum open invoices (with `open_amount`) by currency and age, the largest total first."""
    found: dict[str, Aged] = {}
    for invoice in invoices:
        row = found.setdefault(invoice.currency, Aged(invoice.currency))
        row.sums[bucket(invoice.due_on, today)] += invoice.open_amount  # type: ignore[attr-defined] # with_paid()
        row.next_due = min(row.next_due or invoice.due_on, invoice.due_on)
    return sorted(found.values(), key=lambda row: (-row.total, row.currency))
