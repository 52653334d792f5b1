"""How a firm pays: the credit score and the days to pay."""

from calendar import monthrange
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from partners.scoring.kinds import CREDIT, MIN_COUNTERPARTIES, MIN_EVENTS
from partners.scoring.score import Evidence, Score, Snapshot, Weighed, weighed_score

PAYMENT = "payment"
PAYMENT_HALF_LIFE = 365
PAYMENT_MONTHS = 24
PAYMENT_WEIGHT_CAP = 10.0

PAYDEX: tuple[tuple[int, float], ...] = (
    (-30, 100),
    (-20, 90),
    (-10, 85),
    (0, 80),
    (15, 70),
    (22, 60),
    (30, 50),
    (45, 45),
    (60, 40),
    (90, 30),
    (120, 20),
    (180, 0),
)
"""Days beyond terms and the points they earn; linear between, clamped outside."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One invoice as its payer treated it; `paid_on` None while it is open."""

    amount: Decimal
    currency: str
    due_on: date
    paid_on: date | None
    counterparty: Hashable | None = None
    issued_on: date | None = None
    excluded: str = ""
    ref: Hashable | None = None


def explain_credit(payments: Iterable[Payment], *, snapshot: Snapshot, on: date) -> Score:
    """Score a payer: days beyond terms on the PAYDEX curve, weighed by money, 24 months back."""
    return weighed_score(
        CREDIT, [_weigh_payment(item, snapshot, on) for item in payments if in_window(item, on)], snapshot, on
    )


def paydex(days_beyond_terms: int) -> float:
    """Return the points (0..100) for paying so many days after the due date; early is negative."""
    if days_beyond_terms <= PAYDEX[0][0]:
        return PAYDEX[0][1]
    for (x0, y0), (x1, y1) in pairwise(PAYDEX):
        if days_beyond_terms <= x1:
            return y0 + (y1 - y0) * (days_beyond_terms - x0) / (x1 - x0)
    return PAYDEX[-1][1]


@dataclass(frozen=True, slots=True)
class PaidAfter:
    """Money that came so many days after its invoices, to one firm; it counts as a firm of its own when it is named."""

    days: int
    amount: Decimal
    invoices: int
    counterparty: Hashable | None


@dataclass(frozen=True, slots=True)
class DaysToPay:
    """How long a payer takes from the invoice to the money, weighed by the money."""

    median: int
    ninetieth: int
    invoices: int


def days_to_pay(payments: Iterable[Payment], *, currency: str, on: date) -> DaysToPay | None:
    """Weigh days from issue to payment by amount, in one currency; None below 3 invoices of 2 subs.

    Percentile p is the smallest number of days by which at least p of the money had come.
    """
    return weigh_days(
        PaidAfter((payment.paid_on - payment.issued_on).days, payment.amount, 1, payment.counterparty)
        for payment in payments
        if payment.currency == currency
        and payment.issued_on
        and payment.paid_on
        and payment.paid_on <= on
        and in_window(payment, on)
        and not payment.excluded
    )


def weigh_days(paid: Iterable[PaidAfter]) -> DaysToPay | None:
    """Sum up what counts of how a payer paid in one currency; None below 3 invoices of 2 subs."""
    rows = sorted(paid, key=lambda one: one.days)
    invoices = sum(one.invoices for one in rows)
    subs = {one.counterparty for one in rows if one.counterparty is not None}
    if invoices < MIN_EVENTS or len(subs) < MIN_COUNTERPARTIES:
        return None
    weighed = [(one.days, one.amount) for one in rows]
    median, ninetieth = (_weighted_percentile(weighed, Decimal(p)) for p in ("0.5", "0.9"))
    return DaysToPay(median, ninetieth, invoices)


def in_window(payment: Payment, on: date) -> bool:
    """Paid in the last 24 months, or open and overdue."""
    if payment.paid_on is None or payment.paid_on > on:
        return payment.due_on < on
    return payment.paid_on >= months_before(on, PAYMENT_MONTHS)


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last day of that month when it is shorter."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def _weigh_payment(payment: Payment, snapshot: Snapshot, on: date) -> Weighed:
    paid_on = payment.paid_on if payment.paid_on and payment.paid_on <= on else on
    beyond = (paid_on - payment.due_on).days
    item = Evidence(
        PAYMENT,
        paydex(beyond) / 100,
        paid_on,
        payment.counterparty,
        excluded=payment.excluded,
        ref=payment.ref,
    )
    median = snapshot.medians.get(payment.currency, payment.amount)
    weight = min(PAYMENT_WEIGHT_CAP, float(payment.amount / median))
    age = (on - paid_on).days
    return Weighed(item, _paid_words(beyond), age, weight, 0.5 ** (age / PAYMENT_HALF_LIFE))


def _paid_words(beyond: int) -> str:
    if beyond == 0:
        return "Paid on the due date"
    days = "1 day" if abs(beyond) == 1 else f"{abs(beyond)} days"
    return f"Paid {days} late" if beyond > 0 else f"Paid {days} early"


def _weighted_percentile(weighed: Sequence[tuple[int, Decimal]], p: Decimal) -> int:
    """Return the smallest value by which at least share `p` of the weight is reached; `weighed` is sorted."""
    needed = p * sum((weight for _, weight in weighed), Decimal(0))
    reached = Decimal(0)
    for value, weight in weighed:
        reached += weight
        if reached >= needed:
            return value
    raise ValueError("Nothing to take a percentile of.")
