"""The rules, without a database."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts import checker, conditions, facts, reading, rules, standard
from contracts.checker import Texts
from contracts.facts import QUESTIONS, UNSAID
from contracts.rules import BLOCK, HIGH, INFO, WARN, RuleFault
from tests.contracts.known_contracts import KNOWN, ON, TODAY, Contract, pair

BOOK = rules.book()
# Every rule of the research, with its severity; a rule of 2.7 that is missing here or there is a fault.
TABLE = {
    "AT-01": BLOCK, "AT-02": HIGH, "AT-03": HIGH, "AT-04": WARN, "AT-05": BLOCK, "AT-06": INFO, "AT-07": BLOCK, "AT-08": HIGH,
    "AT-09": HIGH, "AT-10": WARN, "AT-11": WARN, "JX-ME": BLOCK, "JX-MN": BLOCK, "JX-CA1": HIGH, "JX-CA2": BLOCK, "JX-PA": HIGH,
    "JX-WI": HIGH, "JX-AL": HIGH, "JX-WA": HIGH, "JX-OK": WARN, "JX-ND": WARN, "JX-CAN": BLOCK, "JX-DE": HIGH, "JX-EU": HIGH,
    "JX-UK": HIGH, "JX-FR": HIGH, "JX-AU": WARN, "JX-NY": HIGH, "JX-GAP": WARN, "JX-LAW": WARN, "CL-01": HIGH, "CL-02": WARN,
    "CL-03": HIGH, "CL-04": WARN, "CL-05": WARN, "CL-06": WARN, "CL-07": HIGH, "CL-08": BLOCK, "LD-01": HIGH, "LD-02": HIGH,
    "LD-03": WARN, "LD-04": WARN, "LD-05": HIGH, "LD-06": WARN, "LD-07": WARN, "LD-08": WARN, "LD-09": BLOCK, "PY-01": HIGH,
    "PY-02": WARN, "PY-03": INFO, "GN-01": BLOCK, "GN-02": HIGH, "GN-03": BLOCK, "GN-04": WARN, "GN-05": INFO, "GN-06": BLOCK,
    "GN-07": HIGH, "GN-08": HIGH, "GN-09": WARN,
}  # fmt: skip


def told(found: tuple[checker.Found, ...]) -> frozenset[str]:
    """The rules that found something; with the severity where it is not the rule's usual one."""
    return frozenset(
        one.rule.id if one.severity == one.rule.severity else f"{one.rule.id} {one.severity}" for one in found
    )


def test_every_rule_is_there_with_its_severity():
    assert {rule.id: rule.severity for rule in BOOK.rules} == TABLE


@pytest.mark.parametrize("contract", KNOWN, ids=lambda contract: contract.name)
def test_a_known_contract_meets_exactly_its_rules(contract: Contract):
    assert told(contract.found()) == contract.expected


# What sets off each rule that no known contract does: facts, what the firms typed, and at which stage.
SETS_OFF = {
    "AT-01": ({"personnel_clause": True, "personnel_tied": False}, "", "template"),
    "AT-06": ({"personnel_clause": True, "people_clauses_in_region": 10}, "", "agreement"),
    "AT-07": ({}, "No technician gets a wage above 40 dollars.", "agreement"),
    "AT-08": ({}, "Neither hires without the prior written consent of the other Firm.", "agreement"),
    "AT-11": ({}, "Our gentlemen's agreement stands besides.", "agreement"),
    "JX-PA": ({"personnel_clause": True, "personnel_kind": "no_hire", "places": frozenset({"US-PA"})}, "", "agreement"),
    "JX-WI": ({"personnel_clause": True, "personnel_kind": "no_hire", "places": frozenset({"US-WI"})}, "", "agreement"),
    "JX-AL": ({"personnel_clause": True, "places": frozenset({"US-AL"})}, "", "agreement"),
    "JX-WA": ({"individual_party": True, "bans_accepting": True, "ends_on": "2027-07-01", "places": frozenset({"US-WA"})}, "", "in_force"),
    "JX-OK": ({"client_clause": True, "places": frozenset({"US-OK"})}, "No prospective clients either.", "agreement"),
    "JX-ND": ({"client_clause": True, "places": frozenset({"US-ND"})}, "", "agreement"),
    "JX-FR": ({"personnel_clause": True, "personnel_area": False, "party_places": frozenset({"FR"})}, "", "agreement"),
    "JX-UK": ({"personnel_clause": True, "personnel_area": False, "party_places": frozenset({"GB"})}, "", "agreement"),
    "JX-AU": ({"ends_on": "2027-01-01", "party_places": frozenset({"AU"})}, "", "in_force"),
    "JX-GAP": ({"places": frozenset({"US-TX"})}, "", "agreement"),
    "JX-LAW": ({"governing_law": "US-FL", "places": frozenset({"US-NY"})}, "", "agreement"),
    "CL-05": ({"late_notices": 1}, "", "in_force"),
    "CL-06": ({"protected_clients": 501}, "", "in_force"),
    "CL-07": ({"clients_of_both": 1}, "", "in_force"),
    "CL-08": ({}, "You take the north, and we take the south.", "agreement"),
    "LD-01": ({}, "A penalty of $5,000 is due.", "agreement"),
    "LD-02": ({"damages_flat": True}, "", "template"),
    "LD-04": ({"client_clause": True, "client_damages_months": 13}, "", "agreement"),
    "LD-05": ({"damages_besides_loss": True}, "", "template"),
    "LD-07": ({"damages_for_attempt": True}, "", "template"),
    "LD-08": ({"client_damages_months": 6, "cap_names_damages": False}, "", "template"),
    "PY-01": ({}, "The Performing Firm is paid only if the client has paid.", "agreement"),
    "PY-02": ({"pay_when_paid": True, "pay_when_paid_days": 61}, "", "agreement"),
    "PY-03": ({"net_days": 46}, "", "agreement"),
    "GN-01": ({"governing_law": ""}, "", "agreement"),
    "GN-02": ({"signers_authorised": False}, "", "in_force"),
    "GN-03": ({"contradicted_clauses": 1}, "", "agreement"),
    "GN-04": ({"survival": False}, "", "template"),
    "GN-05": ({"newer_version": True}, "", "in_force"),
    "GN-06": ({"insurance_liability": 1, "insurance_shown": False}, "", "work_order"),
    "GN-08": ({"bars_reporting": True}, "", "template"),
    "GN-09": ({"auto_renews": True, "renewal_reminded": False}, "", "template"),
}  # fmt: skip
QUIET = {**UNSAID, "governing_law": "US-NY", "places": frozenset({"US-NY"}), "term_months": 24}


@pytest.mark.parametrize("rule", SETS_OFF)
def test_a_rule_finds_what_it_is_for_and_nothing_else_does(rule: str):
    said, typed, stage = SETS_OFF[rule]

    found = checker.check(BOOK, {**QUIET, **said}, Texts("", typed), stage=stage, on=TODAY)
    quiet = checker.check(BOOK, QUIET, Texts(), stage=stage, on=TODAY)

    assert rule in {one.rule.id for one in found}
    assert quiet == ()


def test_every_rule_was_set_off_by_something():
    by_contracts = {name.split()[0] for contract in KNOWN for name in contract.expected}

    assert by_contracts | SETS_OFF.keys() == TABLE.keys()


@pytest.mark.parametrize(("months", "severity"), [(18, None), (19, WARN), (24, WARN), (25, HIGH)])
def test_a_longer_protection_is_graver(months: int, severity: str | None):
    found = Contract("", frozenset(), values={"client_tail_months": months}).found()

    assert [one.severity for one in found] == ([severity] if severity else [])


@pytest.mark.parametrize(("place", "severity"), [("US-NY", WARN), ("US-WI", HIGH), ("US-PA", HIGH)])
def test_untold_workers_are_graver_in_wisconsin_and_pennsylvania(place: str, severity: str):
    contract = Contract(
        "", frozenset(), law=place, says={"worker_notice": False}, values=ON, records=pair(place)
    )

    assert [one.severity for one in contract.found() if one.rule.id == "AT-10"] == [severity]


@pytest.mark.parametrize(
    ("rule", "first_day"),
    [("JX-ME", date(2019, 9, 18)), ("JX-MN", date(2024, 7, 1)), ("JX-CAN", date(2023, 6, 23))],
)
def test_a_law_holds_from_its_first_day_on(rule: str, first_day: date):
    (contract,) = [one for one in KNOWN if rule in one.expected]

    assert rule in {one.rule.id for one in contract.found(on=first_day)}
    assert rule not in {one.rule.id for one in contract.found(on=first_day - timedelta(days=1))}


def test_a_place_says_when_it_was_not_looked_at_for_180_days():
    contract = KNOWN[0]
    reviewed = BOOK.places["US-NY"].reviewed_on

    assert contract.found(on=reviewed + timedelta(days=180)) == ()
    (stale,) = contract.found(on=reviewed + timedelta(days=181))
    assert (stale.rule.id, stale.place) == ("JX-GAP", "US-NY")
    assert stale.message.startswith(
        f"We have no current rules for New York: it was last reviewed on {reviewed.day} "
    )


def test_a_place_that_nobody_looked_at_says_so():
    (gap,) = Contract("", frozenset(), law="US-TX", records=pair("US-TX", "US-NY")).found()

    assert gap.message.startswith("We have no current rules for Texas: it was never reviewed.")


def test_a_job_in_maine_is_looked_at_with_the_place_of_the_work():
    contract = Contract(
        "", frozenset(), values=ON, records={**pair("US-NY"), "places": frozenset({"US-NY", "US-ME"})}
    )

    assert {(one.rule.id, one.place) for one in contract.found()} == {("JX-ME", "US-ME"), ("LD-09", "US-ME")}


def test_the_gravest_comes_first():
    (contract,) = [one for one in KNOWN if one.name.startswith("BGH")]

    assert [one.severity for one in contract.found()] == ["block", *["high"] * 5, *["warn"] * 2]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Neither Firm hires any employee of the other for three years.", {"personnel_clause": True, "personnel_tail_months": 36, "personnel_tied": False, "personnel_kind": "no_hire", "personnel_scope": "all", "personnel_direction": "mutual"}),
        ("The sum is 100 % of the last year's compensation.", {"personnel_damages_percent": 100}),
        ("The sum is two gross annual salaries.", {"personnel_damages_percent": 200}),
        ("The Firm shall not solicit clients for 18 months.", {"client_clause": True, "client_tail_months": 18}),
        ("Damages are 24 months of fees.", {"client_damages_months": 24}),
        ("Visits begin at nine. Staff bring their own tools for two months.", {}),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(typed: str, expected: dict[str, object]):
    assert reading.read(typed) == expected


@pytest.mark.parametrize(
    ("typed", "aside"),
    [
        ("Clause 28 does not apply.", True),
        ("“Which text prevails” is replaced by the following.", True),
        ("Clause 28 stays as it is.", False),
        ("Clause 2 does not apply.", False),
    ],
)
def test_a_clause_is_set_aside_by_its_number_or_its_title(typed: str, *, aside: bool):
    sentences = reading.setting_aside(typed)

    assert any(reading.names_clause(one, 28, "Which text prevails") for one in sentences) is aside


def test_words_against_a_locked_clause_block_and_against_a_choice_do_not():
    locked = Contract("", frozenset(), added="Clause 28 does not apply.").found()
    choice = Contract("", frozenset(), added="Clause 16 does not apply.").found()

    assert told(locked) == {"GN-03"}
    assert told(choice) == set()


@pytest.mark.parametrize("typed", ["We determine the fine points later.", "That is fine.", "Pay is on time."])
def test_harmless_words_set_nothing_off(typed: str):
    assert Contract("", frozenset(), added=typed).found() == ()


@pytest.mark.parametrize(("key", "label"), standard.shipped())
def test_a_shipped_text_answers_every_question_and_meets_no_rule(key: str, label: str):
    kind, wording = standard.load(key, label)
    says = standard.says(key, label)
    values = {one.key: one.default for one in wording.variables if one.default is not None}
    text = "\n".join(f"{clause.title}\n{clause.text}" for clause in wording.clauses)

    known = facts.of(wording, says, values, records={"kind": kind})

    assert facts.faults_in(says) == []
    assert checker.check(BOOK, known, Texts(text), stage=rules.TEMPLATE, on=TODAY) == ()


def test_an_author_is_asked_what_is_left_open():
    says = standard.says(standard.MUTUAL_NDA, "1.0")
    del says["survival"]

    assert facts.faults_in({**says, "loyal": True, "personnel_kind": "maybe"}) == [
        "“loyal” is no question of the checker.",
        f"The answer to “{QUESTIONS['personnel_kind'].text}” is none of those on offer.",
        f"For the checker, answer: {QUESTIONS['survival'].text}",
    ]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("loyalty > 3", "names loyalty, which is no fact"),
        ("client_tail_months > '3'", "compares what cannot be compared"),
        ("__import__('os')", "names __import__"),
        ("client_tail_months + 1", "BinOp has no place"),
        ("client_tail_months >", "cannot be read"),
        ("client_clause is True", "not one of ours"),
        ("[place for place in places]", "names place|ListComp"),
    ],
)
def test_a_condition_can_only_compare_facts(condition: str, sentence: str):
    with pytest.raises(ValueError, match=sentence):
        conditions.parse(condition, UNSAID)


RULE = """
[[rule]]
id = "X-1"
version = 1
title = "T"
severity = "warn"
applies_to = ["agreement"]
when = "client_clause"
message = "M."
source = "S"
reviewed_on = 2026-11-22
reviewed_by = "R"
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('severity = "warn"', 'severity = "dire"'),
        ('["agreement"]', '["whenever"]'),
        ("version = 1", "version = 0"),
        ('source = "S"', 'source = ""'),
        ('when = "client_clause"', 'when = "loyalty"'),
        ("reviewed_on = 2026-11-22", 'reviewed_on = "today"'),
        ('message = "M."', 'message = "M."\nplace = ["US-XX"]'),
        ('message = "M."', 'message = "M."\nfinds = ["("]'),
        ('message = "M."', 'message = "M."\nloud = true'),
        ("[[rule]]", "[extra]\na = 1\n[[rule]]"),
    ],
)
def test_a_rule_that_cannot_be_followed_keeps_the_program_from_starting(
    tmp_path: Path, before: str, after: str
):
    (tmp_path / "good.toml").write_text(RULE)
    assert [rule.id for rule in rules.load(tmp_path).rules] == ["X-1"]

    (tmp_path / "good.toml").write_text(RULE.replace(before, after, 1))

    with pytest.raises(RuleFault, match=r"good\.toml"):
        rules.load(tmp_path)


def test_two_rules_never_share_an_id(tmp_path: Path):
    (tmp_path / "a.toml").write_text(RULE)
    (tmp_path / "b.toml").write_text(RULE)

    with pytest.raises(RuleFault, match="X-1"):
        rules.load(tmp_path)


def test_another_edition_has_another_name(tmp_path: Path):
    (tmp_path / "a.toml").write_text(RULE)
    before = rules.load(tmp_path).edition
    (tmp_path / "a.toml").write_text(RULE.replace("M.", "N."))

    assert rules.load(tmp_path).edition != before


def test_all_rules_on_one_agreement_take_less_than_20_milliseconds():
    contract = replace(KNOWN[5], added="No work on Sundays. " * 200)
    seconds = []
    for _ in range(15):
        began = time.process_time()
        contract.found()
        seconds.append(time.process_time() - began)

    assert statistics.median(seconds) < 0.020
