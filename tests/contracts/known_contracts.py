"""Contracts that courts, authorities and the trade have seen, as texts of ours would say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from contracts import checker, facts, rules, standard
from contracts.conditions import Known
from contracts.values import Value, checked

TODAY = date(2026, 11, 22)
SAYS = standard.says(standard.MUTUAL_SUBCONTRACT, "1.1")
_, WORDING = standard.load(standard.MUTUAL_SUBCONTRACT, "1.1")
PARTY = {
    "legal_name": "A firm",
    "kind": "company",
    "place": "",
    "address": "1 Main St",
    "email": "a@b.example",
}


def pair(*places: str, **records: Known) -> dict[str, Known]:
    """Two firms at these places, with two years to run."""
    both = frozenset(places)
    return {"places": both, "party_places": both, "ends_on": "2028-11-22", **records}


@dataclass(frozen=True)
class Contract:
    """The shipped agreement with what is different in this one, and the rules that it must meet: no more, no fewer."""

    name: str
    expected: frozenset[str]
    law: str = "US-NY"
    says: Mapping[str, facts.Said] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    added: str = ""
    records: Mapping[str, Known] = field(default_factory=lambda: pair("US-NY"))

    def facts(self) -> Mapping[str, Known]:
        """Read it as production does; a text of its own may have lines that go further than ours."""
        wide = replace(
            WORDING,
            variables=tuple(
                replace(one, minimum=None, maximum=None) if one.key in self.values else one
                for one in WORDING.variables
            ),
        )
        given: dict[str, Value] = {
            "proposer": PARTY,
            "other": PARTY,
            "governing_law": self.law,
            **self.values,
        }
        values = checked(wide.variables, given)
        return facts.of(wide, {**SAYS, **self.says}, values, free_text=self.added, records=self.records)

    def found(self, *, on: date = TODAY) -> tuple[checker.Found, ...]:
        texts = checker.Texts(STANDARD_TEXT, self.added)
        return checker.check(rules.book(), self.facts(), texts, stage=rules.AGREEMENT, on=on)


STANDARD_TEXT = "\n".join(f"{clause.title}\n{clause.text}" for clause in WORDING.clauses)
ON: dict[str, Value] = {"personnel_clause": True}

KNOWN = [
    Contract("the standard agreement of two New York firms", frozenset()),
    Contract(
        "SupportCALL-like: clients for ten years, named by nobody, no way back",
        frozenset({"CL-01", "CL-02 high", "CL-03", "CL-04"}),
        says={"clients_named": False, "release_route": False, "prior_clients_kept": False},
        values={"client_tail_months": 120},
    ),
    Contract(
        "the same ten years, typed as another change",
        frozenset({"CL-02 high"}),
        added="The Performing Firm shall not solicit any Protected Client for a period of ten (10) years after the end.",
    ),
    Contract(
        "Pipeline-like: all of last year's pay, for two years, people directly involved",
        frozenset({"AT-04", "LD-03"}),
        values={**ON, "personnel_tail_months": 24, "personnel_damages_percent": "100"},
    ),
    Contract(
        "the same, with more than all of it",
        frozenset({"AT-04", "LD-03 high"}),
        values={**ON, "personnel_tail_months": 24, "personnel_damages_percent": "100.01"},
    ),
    Contract(
        "BGH-like: mutual, three years, two yearly salaries, every employee, nobody told",
        frozenset({"AT-03", "AT-05", "AT-09", "AT-10", "JX-DE", "JX-EU", "LD-03 high", "LD-06"}),
        law="DE",
        says={
            "personnel_scope": "all",
            "personnel_direction": "mutual",
            "personnel_protects": "both",
            "personnel_area": False,
            "worker_notice": False,
            "estimate_recital": False,
        },
        values={
            **ON,
            "personnel_tail_months": 36,
            "personnel_damages_percent": "200",
            "carve_out_unasked": False,
        },
        records=pair("DE"),
    ),
    Contract(
        "H&M-like: no hire of furnished people for a year, 15,000 for each",
        frozenset({"AT-02", "AT-09", "LD-06"}),
        law="US-IL",
        says={"personnel_kind": "no_hire", "estimate_recital": False},
        values={**ON, "personnel_tail_months": 12, "carve_out_unasked": False},
        added="For each person hired in breach the Firm pays $15,000.",
        records=pair("US-IL"),
    ),
    Contract(
        "a Maine pair with the clause on people",
        frozenset({"JX-ME", "LD-09"}),
        law="US-ME",
        values=ON,
        records=pair("US-ME"),
    ),
    Contract("a Maine pair without it", frozenset(), law="US-ME", records=pair("US-ME")),
    Contract(
        "a Minnesota pair with the clause on people",
        frozenset({"JX-MN", "LD-09"}),
        law="US-MN",
        values=ON,
        records=pair("US-MN"),
    ),
    Contract(
        "a Canadian pair whose clause on people runs both ways",
        frozenset({"JX-CAN"}),
        law="CA-ON",
        says={"personnel_direction": "mutual", "personnel_protects": "both"},
        values=ON,
        records=pair("CA-ON", "CA-QC"),
    ),
    Contract(
        "a Canadian pair, one way in each work order",
        frozenset(),
        law="CA-ON",
        values=ON,
        records=pair("CA-ON"),
    ),
    Contract(
        "a sole proprietor in California",
        frozenset({"GN-07", "JX-CA2"}),
        law="US-CA",
        records=pair("US-CA", "US-NY", individual_party=True, one_person_party=True),
    ),
    Contract(
        "a sole proprietor in California, people protected too",
        frozenset({"GN-07", "JX-CA1", "JX-CA2", "LD-09"}),
        law="US-CA",
        values=ON,
        records=pair("US-CA", individual_party=True, one_person_party=True),
    ),
    Contract(
        "a one-person firm in New York, paid by a written date",
        frozenset({"GN-07"}),
        records=pair("US-NY", one_person_party=True),
    ),
    Contract(
        "a one-person firm in New York, no date written, 45 days",
        frozenset({"GN-07", "JX-NY"}),
        says={"pay_date_written": False},
        values={"net_days": 45},
        records=pair("US-NY", one_person_party=True),
    ),
    Contract(
        "a one-person firm in New York, no date written, 30 days",
        frozenset({"GN-07"}),
        says={"pay_date_written": False},
        values={"net_days": 30},
        records=pair("US-NY", one_person_party=True),
    ),
    Contract(
        "a firm of many in New York, no date written",
        frozenset(),
        says={"pay_date_written": False},
        values={"net_days": 45},
    ),
]
