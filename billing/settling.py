"""Which line of an invoice is still open, and since when: payments settle the oldest line first, and what is held last.

Pure. Amounts are `Decimal` in cents of one currency, so nothing is rounded and nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

NOTHING = Decimal(0)


class Billed(Protocol):
    """A line: what it asks for, what of it was credited, what of it is held, and when it is due."""

    amount: Decimal
    credited: Decimal
    held: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands: `open` is agreed on and unpaid, `held` is talked about. Never negative."""

    open: Decimal
    held: Decimal
    due_on: date


def settle(lines: Sequence[Billed], paid: Decimal) -> list[Standing]:
    """Return how each line stands after `paid`, in the order given.

    paid + Σ credited + Σ (open + held) = Σ amount, whenever `paid` is no more than Σ (amount − credited).
    """
    agreed = [line.amount - line.credited - line.held for line in lines]
    held = [line.held for line in lines]
    order = sorted(range(len(lines)), key=lambda index: (lines[index].due_on, index))
    for sums in (agreed, held):
        for index in order:
            taken = min(sums[index], paid)
            sums[index] -= taken
            paid -= taken
    return [Standing(agreed[index], held[index], line.due_on) for index, line in enumerate(lines)]


def next_due(standing: Sequence[Standing]) -> date | None:
    """Return the day on which the next money that both agree on is due; None when there is none."""
    return min((each.due_on for each in standing if each.open), default=None)
