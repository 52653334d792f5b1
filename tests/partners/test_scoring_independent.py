"""The numbers of `docs/scoring.md`, computed a second time from that page alone, with exact fractions where they exist.

Only the entry points and value types of `partners.scoring` are used, as the thing under test.
"""

import statistics
from bisect import bisect_left
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners import scoring

TABLE = """
on_time_start as_sub 1 180 | deadline_met as_sub 2 180 | approved_first_time as_sub 1 180
backed_out_early as_sub 0.5 180 | backed_out_late as_sub 1 180 | no_show as_sub 3 180
approved_promptly as_prime 1 180 | cancelled_late as_prime 1 180 | approved_by_silence as_prime 1 180
rating trust 1 365 | approach_reported trust 1 365 | release_honoured trust 1 365 | claim trust 5 730
claim_partly trust 2.5 730
papers_valid trust 0.5 1 | community_confirmed trust 0.5 1 | tenure trust 1 1
"""
DOCUMENTED = {
    row[0]: (row[1], float(row[2]), int(row[3]))
    for row in (r.split() for r in TABLE.replace("\n", "|").split("|"))
    if row
}
STANDING = {"papers_valid", "community_confirmed", "tenure"}
DAY = date(2008, 2, 29)


class Row(NamedTuple):
    """An event as the page describes it: who, how heavy after age, how good, and whether it is an event at all."""

    who: str
    w: Fraction
    value: Fraction
    is_event: bool


class Result(NamedTuple):
    """What the page says a reader should find."""

    score: float
    low: float
    high: float
    evidence: float
    is_new: bool
    own: float


def by_the_page(rows: list[Row], mean: float) -> Result:
    """Follow the section *One score*, grouped by counterparty instead of summed by event."""
    weight = good = Fraction(0)
    for _, group in groupby(sorted(rows), key=lambda row: row.who):
        mine = list(group)
        total = sum((row.w for row in mine), Fraction(0))
        cap = min(Fraction(1), 5 / total) if total else Fraction(1)
        weight += cap * total
        good += cap * sum((row.w * row.value for row in mine), Fraction(0))
    share = float((5 * Fraction(mean) + good) / (5 + weight))
    spread = 1.2816 * max(0.0, share - share * share) ** 0.5 / float(6 + weight) ** 0.5
    named = {row.who for row in rows if row.who}
    events = [row for row in rows if row.is_event]
    return Result(
        100 * share,
        min(max(100 * (share - spread), 0), 100),
        min(max(100 * (share + spread), 0), 100),
        float(weight),
        len(events) < 3 or len(named) < 2,
        float(good / weight) if weight else 0.0,
    )


def row_of(item: scoring.Evidence) -> Row:
    _, weight, half_life = DOCUMENTED[item.kind]
    age = 0 if item.occurred_on is None else (DAY - item.occurred_on).days
    return Row(
        str(item.counterparty or ""),
        Fraction(weight * 2 ** (-age / half_life)),
        Fraction(item.value),
        item.kind not in STANDING,
    )


def rows_of(items: list[scoring.Evidence], dimension: str) -> list[Row]:
    return [
        row_of(item)
        for item in items
        if DOCUMENTED[item.kind][0] == dimension
        and not item.excluded
        and (item.occurred_on is None or item.occurred_on <= DAY)
    ]


CURVE = {-30: 100, -20: 90, -10: 85, 0: 80, 15: 70, 22: 60, 30: 50, 45: 45, 60: 40, 90: 30, 120: 20, 180: 0}


def curve(days: int) -> Fraction:
    """Follow the table of the section *Credit*."""
    known = sorted(CURVE)
    days = max(known[0], min(days, known[-1]))
    if days in CURVE:
        return Fraction(CURVE[days])
    right = known[bisect_left(known, days)]
    left = known[bisect_left(known, days) - 1]
    return CURVE[left] + Fraction(days - left, right - left) * (CURVE[right] - CURVE[left])


def credit_rows(payments: list[scoring.Payment], medians: dict[str, Decimal]) -> list[Row]:
    rows = []
    for item in counted_payments(payments):
        paid_on = min(item.paid_on or DAY, DAY)
        weight = min(10.0, float(item.amount / medians.get(item.currency, item.amount)))
        rows.append(
            Row(
                str(item.counterparty or ""),
                Fraction(weight * 2 ** (-(DAY - paid_on).days / 365)),
                curve((paid_on - item.due_on).days) / 100,
                is_event=True,
            )
        )
    return rows


def counted_payments(payments: list[scoring.Payment]) -> list[scoring.Payment]:
    """Keep what was paid within 24 months of 29 February 2008, or stands open after its due date."""
    kept = []
    for item in payments:
        is_paid = item.paid_on is not None and item.paid_on <= DAY
        in_time = item.paid_on >= date(2006, 2, 28) if is_paid and item.paid_on else item.due_on < DAY
        if in_time and not item.excluded:
            kept.append(item)
    return kept


firms = st.sampled_from(["A", "B", "C", "D", None])
days = st.integers(-3, 1500).map(lambda n: DAY - timedelta(days=n))
values = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1, allow_subnormal=False))
reasons = st.sampled_from(["", "", "", "", "Cause: the client"])


@st.composite
def evidence(draw: st.DrawFn) -> scoring.Evidence:
    kind = draw(st.sampled_from(sorted(DOCUMENTED)))
    if kind in STANDING:
        return scoring.Evidence(kind, draw(values), None)
    return scoring.Evidence(kind, draw(values), draw(days), draw(firms), draw(reasons))


@st.composite
def payment(draw: st.DrawFn) -> scoring.Payment:
    due_on = draw(days)
    late = draw(st.one_of(st.none(), st.integers(-40, 200)))
    return scoring.Payment(
        amount=draw(st.decimals("0.01", "99999.99", places=2)),
        currency=draw(st.sampled_from(["USD", "CAD", "EUR"])),
        due_on=due_on,
        paid_on=None if late is None else due_on + timedelta(days=late),
        counterparty=draw(firms),
        issued_on=due_on - timedelta(days=draw(st.integers(0, 45))),
        excluded=draw(reasons),
    )


def assert_same(found: scoring.Score, expected: Result, quartile: float) -> None:
    assert found.points == pytest.approx(expected.score, abs=1e-9)
    assert found.low == pytest.approx(expected.low, abs=1e-6)
    assert found.high == pytest.approx(expected.high, abs=1e-6)
    assert found.evidence == pytest.approx(expected.evidence, abs=1e-9)
    assert found.is_new is expected.is_new
    assert found.rank == pytest.approx(quartile if expected.is_new else expected.low, abs=1e-6)
    assert sum(line.effect for line in found.lines) == pytest.approx(
        expected.score - 100 * found.mean, abs=1e-6
    )


@given(
    st.lists(evidence(), max_size=40), st.floats(0.01, 0.99), st.sampled_from(["trust", "as_sub", "as_prime"])
)
def test_scores_follow_the_page(items: list[scoring.Evidence], mean: float, dimension: str) -> None:
    snapshot = scoring.Snapshot(DAY, {dimension: scoring.Baseline(mean, 51.5)})

    found = scoring.explain(dimension, items, snapshot=snapshot, on=DAY)

    assert_same(found, by_the_page(rows_of(items, dimension), mean), 51.5)


@given(st.lists(payment(), max_size=30), st.floats(0.01, 0.99))
def test_credit_follows_the_page(payments: list[scoring.Payment], mean: float) -> None:
    medians = {"USD": Decimal(1000), "CAD": Decimal("0.07")}
    snapshot = scoring.Snapshot(DAY, {"credit": scoring.Baseline(mean, 40.0)}, medians)

    found = scoring.explain_credit(payments, snapshot=snapshot, on=DAY)

    assert_same(found, by_the_page(credit_rows(payments, medians), mean), 40.0)


@given(st.lists(payment(), max_size=30))
def test_days_to_pay_follow_the_page(payments: list[scoring.Payment]) -> None:
    found = scoring.days_to_pay(payments, currency="USD", on=DAY)

    paid = [p for p in counted_payments(payments) if p.currency == "USD" and p.paid_on and p.paid_on <= DAY]
    if len(paid) < 3 or len({p.counterparty for p in paid} - {None}) < 2:
        assert found is None
        return
    assert found is not None
    assert (found.median, found.ninetieth) == (
        money_by(paid, Fraction(1, 2)),
        money_by(paid, Fraction(9, 10)),
    )
    assert found.invoices == len(paid)


def money_by(paid: list[scoring.Payment], part: Fraction) -> int:
    """Try every number of days until enough of the money had come."""
    taken = [((p.paid_on - p.issued_on).days, Fraction(p.amount)) for p in paid if p.paid_on and p.issued_on]
    whole = sum(amount for _, amount in taken)
    return next(
        n
        for n in range(-1000, 1000)
        if sum(amount for days_taken, amount in taken if days_taken <= n) >= part * whole
    )


@given(
    st.lists(st.lists(evidence(), max_size=12), max_size=40),
    st.lists(st.lists(payment(), max_size=5), max_size=6),
)
def test_snapshot_follows_the_page(
    records: list[list[scoring.Evidence]], paid: list[list[scoring.Payment]]
) -> None:
    found = scoring.take_snapshot(DAY, evidence=records, payments=paid)

    for dimension in ("trust", "as_sub", "as_prime"):
        scored = [r for items in records if not by_the_page(r := rows_of(items, dimension), 0.5).is_new]
        assert_baseline(found.baseline(dimension), scored)
    amounts: dict[str, list[Decimal]] = {}
    for item in counted_payments([p for of_one in paid for p in of_one]):
        amounts.setdefault(item.currency, []).append(item.amount)
    assert found.medians == {currency: statistics.median(of_one) for currency, of_one in amounts.items()}


def test_snapshot_of_a_large_network_follows_the_page() -> None:
    records = [
        [
            scoring.Evidence("rating", (n * 7 % 11 + e) / 14, DAY - timedelta(days=n * e), f"{n}-{e % 3}")
            for e in range(5)
        ]
        for n in range(33)
    ]

    found = scoring.take_snapshot(DAY, evidence=records, payments=[])

    assert found.baseline("trust").firms == 33
    assert_baseline(found.baseline("trust"), [rows_of(items, "trust") for items in records])


def assert_baseline(found: scoring.Baseline, scored: list[list[Row]]) -> None:
    assert found.firms == len(scored)
    if len(scored) < 20:
        assert (found.mean, round(found.quartile, 2)) == (0.7, 46.02)
        return
    mean = statistics.fmean(by_the_page(rows, 0.5).own for rows in scored)
    assert found.mean == pytest.approx(mean)
    lows = [by_the_page(rows, mean).low for rows in scored]
    assert found.quartile == pytest.approx(statistics.quantiles(lows, n=4, method="inclusive")[0], abs=1e-6)
