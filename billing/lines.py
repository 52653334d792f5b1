"""What an invoice of approved work says line by line. The sum is the approved sum, to the cent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from engagements import pay
from engagements.models import Submission, WorkOrder, WorkOrderLine
from engagements.shortfall import plural
from partnernet.core import money

FEE = "Fee that both agreed on for an end less than 24 hours before the start"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is billed."""

    what: str
    amount: Decimal


def of_work(submission: Submission, order: WorkOrder, done: Iterable[WorkOrderLine]) -> list[Item]:
    """Return the lines of what was handed in; `done` are the order's lines with their place (`line__site`).

    What both agreed on top is a line of its own; what the not-to-exceed took off is missing from the last ones.
    """
    wanted = [*_work(submission, order, list(done))]
    if order.trip_charge:
        wanted.append(Item("Trip charge", order.trip_charge))
    missing = submission.base - sum((item.amount for item in wanted), Decimal(0))
    if missing > 0:
        what = (
            "Minimum hours, and what both agreed on top" if order.minimum_hours else "What both agreed on top"
        )
        wanted.append(Item(what, missing))
    if submission.expenses:
        wanted.append(Item("Approved expenses", submission.expenses))
    return _within(wanted, submission.amount)


def _work(submission: Submission, order: WorkOrder, done: list[WorkOrderLine]) -> Iterator[Item]:
    noun = order.engagement.unit_noun
    if order.pay_kind == pay.PER_UNIT:
        each = f"at {money.show(order.amount, order.currency)}"
        if sum(line.done for line in done) != submission.units:
            yield Item(
                f"{submission.units} {plural(noun, submission.units)} {each}", _price(order, submission.units)
            )
            return
        for line in done:
            if line.done:
                what = f"{line.done} {plural(noun, line.done)} {each}, {line.line.site.name}"
                yield Item(what[:200], _price(order, line.done))
    else:
        hours = f", {submission.hours.normalize():f} hours on site" if submission.hours else ""
        rest = max(Decimal(0), submission.base - order.trip_charge)
        yield Item(f"{order.title}{hours}"[:200], rest)


def _price(order: WorkOrder, units: int) -> Decimal:
    return money.cents(order.amount * units)


def _within(wanted: list[Item], total: Decimal) -> list[Item]:
    """Cut the last lines until the sum is the total; an invoice of nothing has one line of nothing."""
    kept = []
    for item in wanted:
        amount = min(item.amount, total)
        total -= amount
        if amount:
            kept.append(Item(item.what, amount))
    if total:
        kept.append(Item("What both agreed on top", total))
    return kept or [Item(wanted[0].what if wanted else "Work", Decimal(0))]
