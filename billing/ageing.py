"""How old open money is, line by line, by the line's due date: current, 1–30, 31–60, 61–90, over 90 days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing import settling

BUCKETS = ("Not due yet", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
LIMITS = (0, 30, 60, 90)


def bucket(due_on: date, today: date) -> int:
    """Return the index of the bucket of an open line; due today is not late."""
    late = (today - due_on).days
    return next((index for index, limit in enumerate(LIMITS) if late <= limit), len(LIMITS))


@dataclass(slots=True)
class Aged:
    """Open amounts of one currency, by bucket, with the next date. What is `held` is talked about, and never late."""

    currency: str
    sums: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * len(BUCKETS))
    held: Decimal = Decimal(0)
    next_due: date | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.sums, self.held)

    @property
    def late(self) -> Decimal:
        return sum(self.sums[1:], Decimal(0))

    def rows(self) -> list[tuple[str, Decimal]]:
        return [*zip(BUCKETS, self.sums, strict=True), ("Not agreed on yet", self.held)]


def aged(invoices: Iterable[Any], today: date) -> list[Aged]:
    """Sum open invoices by currency and age, the largest total first.

    Any: invoices `with_paid()`, which adds `confirmed`, and with their lines fetched.
    """
    found: dict[str, Aged] = {}
    for invoice in invoices:
        row = found.setdefault(invoice.currency, Aged(invoice.currency))
        for line in settling.settle(list(invoice.lines.all()), invoice.confirmed):
            row.sums[bucket(line.due_on, today)] += line.open
            row.held += line.held
            if line.open:
                row.next_due = min(row.next_due or line.due_on, line.due_on)
    return sorted(found.values(), key=lambda row: (-row.total, row.currency))
