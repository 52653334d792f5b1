"""What the gate of every offer learns of a firm's insurance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.actions.coverage import judge_now
from contracts.coverage import Need
from tests.factories import contracts as sign
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
NOW = datetime(2007, 2, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL_MARCH_3 = {"effective_on": date(2006, 3, 3), "expires_on": date(2007, 3, 3)}


@pytest.fixture
def need(prime: People, sub: People) -> Need:
    """Work from 14 to 20 February that needs a million of general liability; the agreement is in force."""
    sign.signed(prime.owner, sub.owner)
    return Need(
        prime.firm.pk, sub.firm.pk, NOW + 2 * DAY, NOW + 8 * DAY,
        insurance=("general_liability",), insurance_limit=Decimal(1_000_000), currency="USD",
    )  # fmt: skip


def reasons(need: Need) -> list[str]:
    return list(judge_now(need, now=NOW).reasons)


def test_an_insured_firm_passes(need, sub):
    make.DocumentFactory(firm=sub.firm, **UNTIL_MARCH_3)

    assert judge_now(need, now=NOW).status == "covered"


def test_nobody_else_s_paper_counts(need, sub, prime):
    make.DocumentFactory(firm=prime.firm)
    make.DocumentFactory(firm=sub.firm, policy="cyber_liability")

    assert reasons(need) == ["Blue Mesa IT has not shown its general liability insurance."]


def test_cover_that_ends_before_the_work_does_is_said_with_its_day(need, sub):
    make.DocumentFactory(firm=sub.firm, **UNTIL_MARCH_3)
    last_of_it = datetime(2007, 3, 3, 5, tzinfo=UTC)  # midnight in New York

    assert reasons(replace(need, ends_at=last_of_it)) == [
        "Blue Mesa IT's general liability cover ends on 3 March 2007, before the work does."
    ]
    assert judge_now(replace(need, ends_at=last_of_it - DAY), now=NOW).status == "covered"


def test_a_newer_policy_carries_on(need, sub):
    make.DocumentFactory(firm=sub.firm, **UNTIL_MARCH_3)
    make.DocumentFactory(
        firm=sub.firm, sent_at=NOW, effective_on=date(2007, 3, 3), expires_on=date(2008, 3, 3)
    )

    assert judge_now(replace(need, ends_at=NOW + 60 * DAY), now=NOW).status == "covered"


def test_what_ran_out_before_the_work_begins_is_said_so(need, sub):
    make.DocumentFactory(firm=sub.firm, effective_on=date(2006, 1, 1), expires_on=date(2007, 1, 1))

    assert reasons(need) == ["Blue Mesa IT's general liability cover ended on 1 January 2007."]


@pytest.mark.parametrize(
    ("limit", "currency", "covered"),
    [(1_000_000, "USD", True), (999_999, "USD", False), (5_000_000, "EUR", False)],
)
def test_the_limit_must_reach_what_is_demanded(need, sub, limit, currency, covered):
    make.DocumentFactory(firm=sub.firm, limit_each=Decimal(limit), currency=currency)

    assert judge_now(need, now=NOW).opens_offers == covered


def test_a_paper_that_is_being_checked_does_not_count_yet(need, sub):
    make.DocumentFactory(firm=sub.firm, status="pending", decided_at=None, decided_by=None)

    assert reasons(need) == [
        "Blue Mesa IT has handed in its general liability certificate; the network's operator is checking it."
    ]
