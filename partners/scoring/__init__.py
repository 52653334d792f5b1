"""Scores: a pure function of the evidence, the published snapshot and a date.

`docs/scoring.md` says the same in words and formulas; a test computes both and compares. Nothing here touches the
database. Values and shares are 0..1, scores 0..100, ages whole days. All sums are `math.fsum`, so the order of events
cannot matter.
"""

from partners.scoring.credit import (
    PAYMENT_MONTHS,
    DaysToPay,
    PaidAfter,
    Payment,
    days_to_pay,
    explain_credit,
    months_before,
    paydex,
    weigh_days,
)
from partners.scoring.kinds import (
    AS_PRIME,
    AS_SUB,
    CREDIT,
    DIMENSIONS,
    EVENT_KINDS,
    KINDS,
    TRUST,
    Kind,
    tenure,
)
from partners.scoring.makeup import Part, make_up
from partners.scoring.network import take_snapshot
from partners.scoring.score import Baseline, Evidence, Line, Score, Snapshot, explain, interval, shown, thin

__all__ = [
    "AS_PRIME",
    "AS_SUB",
    "CREDIT",
    "DIMENSIONS",
    "EVENT_KINDS",
    "KINDS",
    "PAYMENT_MONTHS",
    "TRUST",
    "Baseline",
    "DaysToPay",
    "Evidence",
    "Kind",
    "Line",
    "PaidAfter",
    "Part",
    "Payment",
    "Score",
    "Snapshot",
    "days_to_pay",
    "explain",
    "explain_credit",
    "interval",
    "make_up",
    "months_before",
    "paydex",
    "shown",
    "take_snapshot",
    "tenure",
    "thin",
    "weigh_days",
]
