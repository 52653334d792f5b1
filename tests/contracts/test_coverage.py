from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from contracts.coverage import Known, KnownAgreement, KnownInsurance, Need, judge

PRIME, SUB, DENTIST = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2007, 2, 12, 15, 0, tzinfo=UTC)
DAY, MS = timedelta(days=1), timedelta(milliseconds=1)

NEED = Need(
    PRIME, SUB, starts_at=NOW + 3 * DAY, ends_at=NOW + 10 * DAY, client_ids=(DENTIST,), places=("US-NY",)
)
SIGNED = KnownAgreement(UUID(int=9), effective_at=NOW - DAY, ends_at=NOW + 100 * DAY, protects_clients=True)


def known(*agreements: KnownAgreement, **more: object) -> Known:
    return replace(Known(at=NOW, sub_name="Blue Mesa", agreements=agreements), **more)


def test_an_agreement_in_force_now_and_at_the_end_covers():
    verdict = judge(NEED, known(SIGNED))

    assert (verdict.status, verdict.agreement_id, verdict.opens_offers) == ("covered", SIGNED.id, True)


@pytest.mark.parametrize(
    ("agreement", "status", "reason"),
    [
        (None, "not_covered", "The two firms have no agreement in force."),
        (
            replace(SIGNED, effective_at=NOW + MS),
            "not_covered",
            "The agreement takes effect only on 12 February 2007.",
        ),
        (replace(SIGNED, effective_at=NOW), "covered", "An agreement that protects clients is in force."),
        (
            replace(SIGNED, ends_at=NOW),
            "not_covered",
            "The agreement of the two firms ended on 12 February 2007.",
        ),
        (
            replace(SIGNED, ends_at=NOW + MS),
            "not_covered",
            "The agreement ends on 12 February 2007, before the work starts.",
        ),
        (
            replace(SIGNED, ends_at=NEED.ends_at),
            "covered_expiring",
            "The agreement ends on 22 February 2007, before the work is done.",
        ),
        (
            replace(SIGNED, ends_at=NEED.ends_at + MS),
            "covered",
            "An agreement that protects clients is in force.",
        ),
        (
            replace(SIGNED, protects_clients=False),
            "not_covered",
            "The agreement in force does not protect clients.",
        ),
        (
            replace(SIGNED, on_paper=True),
            "covered_on_paper",
            "An agreement on paper is in force, as stated by one firm.",
        ),
        (replace(SIGNED, withdrawn=True), "blocked", "The text of this agreement was withdrawn."),
        (
            replace(SIGNED, open_findings=("The tail is long.",)),
            "blocked",
            "Both firms must acknowledge this first: The tail is long.",
        ),
    ],
)
def test_verdict(agreement: KnownAgreement | None, status: str, reason: str):
    verdict = judge(NEED, known(*([agreement] if agreement else [])))

    assert verdict.status == status
    assert verdict.reasons[0].startswith(reason)
    assert verdict.opens_offers == status.startswith("covered")


def test_maine_blocks_an_agreement_with_a_clause_on_people():
    """26 M.R.S. § 599-B holds from 18 September 2019 on."""
    in_maine = replace(NEED, places=("US-NY", "US-ME", "US-ME"))
    at = datetime(2019, 9, 18, tzinfo=UTC)
    people = replace(SIGNED, protects_people=True, effective_at=at - DAY, ends_at=at + 100 * DAY)
    here = replace(in_maine, starts_at=at, ends_at=at + DAY)

    verdict = judge(here, replace(known(people), at=at))

    assert verdict.status == "blocked"
    assert verdict.reasons == (
        "Maine forbids firms to agree not to solicit or hire each other's people, also in subcontracts (26 M.R.S. § 599-B). Switch the clause on people off.",
    )
    assert judge(here, replace(known(replace(people, protects_people=False)), at=at)).status == "covered"
    before = replace(people, effective_at=at - 2 * DAY)
    assert judge(here, replace(known(before), at=at - MS)).status == "covered"


def test_a_client_that_is_the_subs_own_blocks():
    verdict = judge(NEED, known(SIGNED, own_clients={DENTIST: "Garden City Dental"}))

    assert verdict.status == "blocked"
    assert verdict.reasons == (
        "Blue Mesa has declared Garden City Dental as a client of its own. Settle that first.",
    )


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({}, "Blue Mesa has not shown its cyber liability insurance."),
        ({"until": NOW}, "Blue Mesa's cyber liability cover ended on 12 February 2007."),
        (
            {"until": NEED.ends_at},
            "Blue Mesa's cyber liability cover ends on 22 February 2007, before the work does.",
        ),
        ({"until": NEED.ends_at + MS}, "An agreement that protects clients is in force."),
        (
            {"too_low": "$500,000"},
            "Blue Mesa's cyber liability cover is $500,000 for each claim; this work needs $1,000,000.",
        ),
        (
            {"being_checked": True},
            "Blue Mesa has handed in its cyber liability certificate; the network's operator is checking it.",
        ),
    ],
)
def test_demanded_insurance_must_last_through_the_end(shown: dict[str, Any], reason: str):
    need = replace(NEED, insurance=("cyber_liability",), insurance_limit=Decimal(1_000_000), currency="USD")
    insured = {"cyber_liability": KnownInsurance("cyber liability", **shown)}

    verdict = judge(need, known(SIGNED, insurance=insured))

    assert verdict.reasons == (reason,)
    assert verdict.opens_offers == reason.startswith("An agreement")


def test_an_override_lifts_a_missing_agreement_until_it_ends():
    allowed = known(override_until=NOW + MS, override_reason="Storm damage.")

    verdict = judge(NEED, allowed)

    assert (verdict.status, verdict.opens_offers) == ("overridden", True)
    assert verdict.reasons == (
        "An owner allowed it without an agreement until 12 February 2007: Storm damage.",
    )
    assert judge(NEED, replace(allowed, override_until=NOW)).status == "not_covered"


def test_an_override_does_not_lift_demanded_insurance():
    verdict = judge(
        replace(NEED, insurance=("cyber_liability",)),
        known(override_until=NOW + DAY, override_reason="Storm."),
    )

    assert verdict.status == "blocked"


def test_an_override_does_not_lift_what_is_blocked():
    verdict = judge(
        NEED, known(SIGNED, own_clients={DENTIST: "Garden City Dental"}, override_until=NOW + DAY)
    )

    assert verdict.status == "blocked"


def test_the_agreement_that_was_signed_here_and_lasts_longest_is_the_one():
    paper = replace(SIGNED, id=UUID(int=7), on_paper=True, ends_at=NOW + 400 * DAY)
    older = replace(SIGNED, id=UUID(int=8), ends_at=NOW + 20 * DAY)

    assert judge(NEED, known(paper, older, SIGNED)).agreement_id == SIGNED.id
