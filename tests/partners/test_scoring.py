"""The worked examples of the scoring rules, and what must hold for all evidence."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from partners import scoring
from partners.scoring import Baseline, Evidence, Payment, Snapshot

TODAY = date(2007, 2, 12)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def three_firms() -> list[Evidence]:
    """A: three of weight 2 at 0.9; B: one of weight 2 at 0.5; C: one of weight 1 at 1.0."""
    return [
        *(Evidence("deadline_met", 0.9, TODAY, "A", ref=n) for n in range(3)),
        Evidence("deadline_met", 0.5, TODAY, "B"),
        Evidence("on_time_start", 1.0, TODAY, "C"),
    ]


def snapshot(mean: float, quartile: float = 50.0) -> Snapshot:
    return Snapshot(
        TODAY, {d: Baseline(mean, quartile, 20) for d in scoring.DIMENSIONS}, {"USD": Decimal(1000)}
    )


def test_worked_example() -> None:
    score = scoring.explain("as_sub", three_firms(), snapshot=snapshot(0.75), on=TODAY)

    assert score.share == pytest.approx(10.25 / 13, abs=1e-15)
    assert scoring.shown(score.points) == Decimal("78.8")
    assert score.evidence == pytest.approx(8)
    assert [line.cap for line in score.lines] == pytest.approx([5 / 6, 5 / 6, 5 / 6, 1, 1])
    assert (score.events, score.counterparties, score.is_new) == (5, 3, False)


def test_interval_of_the_worked_example() -> None:
    score = scoring.explain("as_sub", three_firms(), snapshot=snapshot(0.75), on=TODAY)

    share = 10.25 / 13
    half = 1.2816 * (share * (1 - share) / 14) ** 0.5
    assert (score.low, score.high) == pytest.approx((100 * (share - half), 100 * (share + half)))
    assert score.rank == score.low


def test_interval_is_cut_at_the_ends() -> None:
    assert scoring.interval(0.999, 0)[1] == 100
    assert scoring.interval(0.001, 0)[0] == 0


def test_effects_add_up_to_the_distance_from_the_mean() -> None:
    score = scoring.explain("as_sub", three_firms(), snapshot=snapshot(0.75), on=TODAY)

    assert sum(line.effect for line in score.lines) == pytest.approx(score.points - 75)


@pytest.mark.parametrize(
    ("kind", "age", "left"),
    [("deadline_met", 180, 0.5), ("deadline_met", 360, 0.25), ("rating", 365, 0.5), ("claim", 730, 0.5)],
)
def test_evidence_fades_by_its_half_life(kind: str, age: int, left: float) -> None:
    dimension = scoring.KINDS[kind].dimension

    score = scoring.explain(
        dimension, [Evidence(kind, 1, days_ago(age), "A")], snapshot=snapshot(0.7), on=TODAY
    )

    assert score.lines[0].decay == left
    assert score.lines[0].counted == scoring.KINDS[kind].weight * left


def test_what_has_not_happened_yet_does_not_count() -> None:
    tomorrow = Evidence("no_show", 0.0, TODAY + timedelta(days=1), "A")

    assert scoring.explain("as_sub", [tomorrow], snapshot=snapshot(0.7), on=TODAY).lines == ()


@pytest.mark.parametrize(
    ("evidence", "is_new"),
    [
        ([], True),
        ([("A", 2), ("B", 0)], True),
        ([("A", 3)], True),
        ([("A", 2), (None, 1)], True),
        ([("A", 2), ("B", 1)], False),
    ],
)
def test_thin_evidence_is_new(evidence: list[tuple[str | None, int]], is_new: bool) -> None:
    items = [Evidence("on_time_start", 1.0, TODAY, firm) for firm, count in evidence for _ in range(count)]

    score = scoring.explain("as_sub", items, snapshot=snapshot(0.75, quartile=61.5), on=TODAY)

    assert score.is_new is is_new
    assert score.rank == (61.5 if is_new else score.low)


def test_events_without_a_named_firm_share_one_cap() -> None:
    items = [Evidence("on_time_start", 1.0, TODAY, None) for _ in range(10)]

    score = scoring.explain("as_sub", items, snapshot=snapshot(0.7), on=TODAY)

    assert score.evidence == pytest.approx(5)


def test_excluded_events_are_shown_and_weigh_nothing() -> None:
    plain = scoring.explain("as_sub", three_firms(), snapshot=snapshot(0.75), on=TODAY)
    storm = Evidence("deadline_met", 0.0, TODAY, "A", excluded="Cause: the client")

    score = scoring.explain("as_sub", [*three_firms(), storm], snapshot=snapshot(0.75), on=TODAY)

    assert score.share == plain.share
    assert (score.lines[-1].excluded, score.lines[-1].effect) == ("Cause: the client", 0)


def test_standing_facts_move_the_score_but_are_not_events() -> None:
    score = scoring.explain("trust", [Evidence("tenure", 1.0, None)] * 3, snapshot=snapshot(0.5), on=TODAY)

    assert (score.events, score.is_new) == (0, True)
    assert score.share == pytest.approx((2.5 + 3) / 8)


def test_tenure_grows_for_five_years() -> None:
    assert scoring.tenure(date(2005, 2, 11), TODAY) == pytest.approx(731 / 365.25 / 5)
    assert scoring.tenure(date(1999, 1, 1), TODAY) == 1
    assert scoring.tenure(TODAY + timedelta(days=3), TODAY) == 0


def test_order_cannot_matter() -> None:
    rng = random.Random(2007)
    items = [
        Evidence("rating", rng.random(), days_ago(rng.randrange(900)), rng.choice("ABCDE") if n % 7 else None)
        for n in range(200)
    ]
    first = scoring.explain("trust", items, snapshot=snapshot(0.71), on=TODAY)

    for _ in range(20):
        rng.shuffle(items)
        again = scoring.explain("trust", items, snapshot=snapshot(0.71), on=TODAY)
        assert (again.share, again.low, again.high, again.evidence) == (
            first.share,
            first.low,
            first.high,
            first.evidence,
        )


def test_shown_rounds_half_up() -> None:
    assert scoring.shown(78.25) == Decimal("78.3")
    assert scoring.shown(78.75) == Decimal("78.8")


@pytest.mark.parametrize(
    ("days", "points"),
    [
        (-31, 100),
        (-30, 100),
        (-20, 90),
        (-10, 85),
        (-7, 83.5),
        (0, 80),
        (15, 70),
        (18, 65.7142857),
        (22, 60),
        (30, 50),
        (45, 45),
        (60, 40),
        (90, 30),
        (120, 20),
        (150, 10),
        (180, 0),
        (400, 0),
    ],
)
def test_paydex_curve(days: int, points: float) -> None:
    assert scoring.paydex(days) == pytest.approx(points)


def paid(amount: int, *, late: int, ago: int = 0, sub: str = "A", currency: str = "USD") -> Payment:
    return Payment(
        Decimal(amount),
        currency,
        days_ago(ago + late),
        days_ago(ago),
        sub,
        issued_on=days_ago(ago + late + 15),
    )


def test_credit_weighs_by_money_and_age() -> None:
    payments = [paid(1000, late=0), paid(500, late=18, ago=365, sub="B"), paid(90000, late=60, sub="C")]

    score = scoring.explain_credit(payments, snapshot=snapshot(0.7), on=TODAY)

    assert [line.weight for line in score.lines] == [1, 0.5, 10]
    assert [line.counted for line in score.lines] == pytest.approx([1, 0.25, 5])
    curve = 1 * 0.8 + 0.25 * (70 - 10 * 3 / 7) / 100 + 5 * 0.4
    assert score.share == pytest.approx((3.5 + curve) / 11.25)


def test_open_overdue_counts_as_paid_today_and_open_in_time_does_not() -> None:
    overdue = Payment(Decimal(1000), "USD", days_ago(30), None, "A")
    in_time = Payment(Decimal(1000), "USD", TODAY, None, "A")

    score = scoring.explain_credit([overdue, in_time], snapshot=snapshot(0.7), on=TODAY)

    assert [(line.value, line.age, line.words) for line in score.lines] == [(0.5, 0, "Paid 30 days late")]


def test_payments_older_than_24_months_are_gone() -> None:
    payments = [
        Payment(Decimal(1000), "USD", date(2005, 2, 12), date(2005, 2, 11), "A"),
        Payment(Decimal(1000), "USD", date(2005, 2, 12), date(2005, 2, 12), "A"),
    ]

    assert len(scoring.explain_credit(payments, snapshot=snapshot(0.7), on=TODAY).lines) == 1


def test_months_before_a_day_that_month_lacks() -> None:
    assert scoring.months_before(date(2008, 2, 29), 24) == date(2006, 2, 28)
    assert scoring.months_before(date(2007, 1, 31), 2) == date(2006, 11, 30)


def test_days_to_pay_are_weighed_by_money() -> None:
    payments = [paid(100, late=0), paid(800, late=4), paid(100, late=45, sub="B")]

    known = scoring.days_to_pay(payments, currency="USD", on=TODAY)

    assert known is not None
    assert (known.median, known.ninetieth, known.invoices) == (19, 19, 3)


def test_days_to_pay_need_three_invoices_of_two_subs_in_that_currency() -> None:
    one_sub = [paid(100, late=0)] * 3
    two_invoices = [paid(100, late=0), paid(100, late=0, sub="B")]
    other_money = [*two_invoices, paid(100, late=0, currency="CAD")]

    for payments in (one_sub, two_invoices, other_money):
        assert scoring.days_to_pay(payments, currency="USD", on=TODAY) is None


def good_record(firm: int, value: float = 1.0) -> list[Evidence]:
    return [Evidence("on_time_start", value, TODAY, f"{firm}-{n % 2}") for n in range(3)]


def test_small_network_leans_on_the_default() -> None:
    found = scoring.take_snapshot(TODAY, evidence=[good_record(n) for n in range(19)], payments=[])

    baseline = found.baseline("as_sub")
    assert (baseline.mean, baseline.firms) == (0.7, 19)
    assert baseline.quartile == pytest.approx(100 * (0.7 - 1.2816 * (0.21 / 6) ** 0.5))


def test_network_mean_and_quartile() -> None:
    values = [0.5] * 10 + [1.0] * 10
    found = scoring.take_snapshot(
        TODAY, evidence=[*(good_record(n, v) for n, v in enumerate(values)), good_record(99)[:2]], payments=[]
    )

    baseline = found.baseline("as_sub")
    lower = scoring.interval((5 * 0.75 + 1.5) / 8, 3)[0]
    assert (baseline.mean, baseline.firms) == (0.75, 20)
    assert baseline.quartile == pytest.approx(lower)


def test_snapshot_takes_the_median_of_each_currency() -> None:
    payments = [[paid(100, late=0), paid(300, late=0)], [paid(500, late=0), paid(50, late=0, currency="CAD")]]

    found = scoring.take_snapshot(TODAY, evidence=[], payments=payments)

    assert found.medians == {"USD": Decimal(300), "CAD": Decimal(50)}
