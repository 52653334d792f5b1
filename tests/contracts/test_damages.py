"""The formula step by step, and the seal on what enters it."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from contracts import damages
from contracts.damages import Worth
from partnernet.core.errors import Invalid

CLIENT = "0199"


def amounts(*sums: str) -> list[Decimal]:
    return [Decimal(each) for each in sums]


@pytest.mark.parametrize(
    ("worth", "billed", "months", "total"),
    [
        (Worth("USD"), amounts("2400", "2400", "2400", "2400"), 6, "14400.00"),
        (Worth("USD"), amounts("100", "100", "101"), 6, "602.00"),  # 301 ÷ 3 × 6, rounded once
        (Worth("USD"), amounts("1000", "1000.01", "1000"), 1, "1000.00"),
        (
            Worth("USD", Decimal(3000)),
            amounts("2400", "1200"),
            6,
            "18000.00",
        ),  # at least the fee under contract
        (Worth("USD", Decimal(1000)), amounts("2400", "1200"), 6, "10800.00"),
        (Worth("USD", Decimal(3000)), [], 6, "18000.00"),
        (Worth("USD", None, Decimal(4400)), [], 6, "2200.00"),  # one twelfth of a single project, six times
        (Worth("USD", Decimal(0)), [], 6, "0.00"),
    ],
)
def test_a_client(worth, billed, months, total):
    done = damages.for_client(worth, billed, months=months)

    assert done.amount == Decimal(total)
    assert done.steps[-1].amount == done.amount


def test_the_way_is_told_step_by_step():
    done = damages.for_client(Worth("USD", Decimal(2000)), amounts("2400", "2400", "1500"), months=6)

    assert [tuple(line.values()) for line in done.plain()] == [
        ("Billed in 3 months before the breach", "$2,400 + $2,400 + $1,500", "$6,300"),
        ("Average of a month", "$6,300 ÷ 3", "$2,100"),
        ("At least the monthly fee under contract", "the higher of $2,100 and $2,000", "$2,100"),
        ("6 times the average monthly fee", "6 × $2,100", "$12,600"),
    ]


def test_nothing_is_made_up():
    with pytest.raises(Invalid, match="one month a line"):
        damages.for_client(Worth("USD"), [], months=6)
    with pytest.raises(Invalid, match="last 12 months"):
        damages.for_client(Worth("USD"), amounts(*["1"] * 13), months=6)


def test_a_person():
    done = damages.for_person(Decimal("61234.55"), percent=Decimal(30), currency="USD")

    assert done.amount == Decimal("18370.37")  # 18,370.365, half up
    with pytest.raises(Invalid):
        damages.for_person(Decimal(0), percent=Decimal(30), currency="USD")


@pytest.mark.parametrize("changed", ["text", "key", "seal"])
def test_a_seal_opens_only_as_it_was_closed(changed):
    text, key = Worth("USD", Decimal(2400), Decimal("4400.5")).text(CLIENT), "k" * 64
    kept = {"text": text, "key": key, "seal": damages.sealed(text, key)}

    assert damages.opens(**kept)
    assert not damages.opens(**{**kept, changed: kept[changed].replace(kept[changed][-2], "x")})


def test_what_was_sealed_is_read_back():
    worth = Worth("USD", Decimal("2400.00"), None)

    assert damages.read_worth(json.loads(worth.text(CLIENT))) == worth
