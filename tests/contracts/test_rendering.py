from dataclasses import replace

import pytest

from contracts import rendering, standard
from contracts.rendering import Block, Clause, Wording
from contracts.values import Value, Variable, checked
from partnernet.core.errors import Invalid, RuleBroken

HALCYON = {
    "legal_name": "Halcyon Managed, Inc.",
    "kind": "company",
    "place": "New York",
    "address": "1 Main St",
    "email": "lou@h.test",
}
BLUE_MESA = {
    "legal_name": "Blue Mesa IT LLC",
    "kind": "company",
    "place": "New York",
    "address": "2 Elm St",
    "email": "pat@b.test",
}
GIVEN: dict[str, Value] = {"proposer": HALCYON, "other": BLUE_MESA, "governing_law": "US-NY"}


def wording(text: str, *variables: Variable, switch: str = "") -> Wording:
    clause = Clause(
        key="payment", number=1, title="Payment", text=text, lock="locked", rationale="", switch=switch
    )
    return Wording("Small Agreement", "1.0", (clause,), variables)


NET = Variable("net_days", "Net days", "days", default=15)


def test_the_canonical_text_is_exact():
    small = wording("Due in {{net_days}}.", NET)

    text = rendering.render(small, {"net_days": 1}, other_changes="No work\r\non Sundays.  ")

    assert text == (
        "# Small Agreement, version 1.0\n\n## Cover page\n\n- Net days: 1 day\n\n## Other changes to the Standard Terms\n\n"
        "> No work\n> on Sundays.\n\n## Standard Terms\n\n### 1. Payment\n\nDue in 1 day.\n"
    )
    assert rendering.sha256(text) == rendering.sha256(rendering.normalise(text))


def test_normalising_makes_one_text_of_many_spellings():
    assert rendering.normalise("Cafe\u0301  \r\nx\r") == "Café\nx\n"
    assert rendering.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (wording("Due in {{days}}.", NET), "names the variable “days”, which is not defined"),
        (wording("Due."), None),
        (wording("Due.", NET), "The variable “net_days” is missing from the text."),
        (wording("Due in {{ net_days }}, {{net_days}}.", NET), "not well formed"),
        (wording("A penalty of {{net_days}}.", NET), "a word that we never use"),
        (wording("Due in {{net_days}}.", NET, switch="net_days"), "not a yes-or-no variable"),
        (
            wording("Due in {{net_days}}.", replace(NET, default="soon")),
            "The default of “net_days” does not fit",
        ),
        (wording("Due in {{net_days}}.", NET, NET), "defined twice"),
    ],
)
def test_a_faulty_text_fails_before_anybody_signs_it(broken: Wording, sentence: str | None):
    if sentence is None:
        rendering.check_wording(broken)
        return

    with pytest.raises(RuleBroken, match=sentence):
        rendering.check_wording(broken)


def test_a_missing_value_is_named():
    with pytest.raises(RuleBroken, match="Clause 1 has no value for net_days"):
        rendering.render(wording("Due in {{net_days}}.", NET), {})


def test_a_switched_off_clause_keeps_its_number_and_says_so():
    on = Variable("on", "On", "bool", default=False)

    text = rendering.render(wording("Due.", on, switch="on"), {"on": False})

    assert (
        "### 1. Payment\n\nThe cover page switches this clause off. It is not part of this Agreement.\n"
        in text
    )


def test_what_a_party_types_can_not_look_like_a_clause():
    name = Variable("name", "Name", "text")
    typed = checked([name], {"name": "x\n\n### 2. We owe nothing {{net_days}}"})

    text = rendering.render(wording("By {{name}}.", name), typed, other_changes="### 3. Nothing holds")

    assert [section.heading for section in rendering.sections(text)][-1] == "1. Payment"
    assert "> ### 3. Nothing holds" in text
    assert "{{net_days}}" in text


def test_sections_are_cut_from_the_stored_text():
    text = rendering.render(wording("First.\n\n- one\n- two", NET), {"net_days": 2})

    clause = rendering.sections(text)[-1]

    assert (clause.heading, clause.anchor) == ("1. Payment", "clause-1")
    assert clause.blocks == (Block("paragraph", ("First.",)), Block("list", ("one", "two")))


@pytest.mark.parametrize(
    ("values", "key", "sentence"),
    [
        ({"net_days": 61}, "net_days", "The most is 60."),
        ({"net_days": "15"}, "net_days", "Type a whole number of days."),
        ({"net_days": True}, "net_days", "Type a whole number of days."),
        ({"client_tail_months": 5}, "client_tail_months", "The least is 6."),
        ({"governing_law": "Atlantis"}, "governing_law", "Choose one of the values on offer."),
        ({"governing_law": ""}, "governing_law", "Fill this in."),
        ({"loyalty": "high"}, "loyalty", "This template has no such value."),
        ({"late_interest_percent": "NaN"}, "late_interest_percent", "Type a percentage, for example 1.5."),
        ({"liability_cap": {"amount": "-1", "currency": "USD"}}, "liability_cap", "The least is 0."),
        (
            {"liability_cap": {"amount": "1.001", "currency": "USD"}},
            "liability_cap",
            "Type the amount with at most two decimals.",
        ),
        (
            {"services_in_scope": "IT\u202eservices"},
            "services_in_scope",
            "This text contains invisible characters. Type it again by hand.",
        ),
    ],
)
def test_a_value_out_of_place_gets_a_sentence(values: dict[str, Value], key: str, sentence: str):
    _, text = standard.load()

    with pytest.raises(Invalid) as refusal:
        checked(text.variables, {**GIVEN, **values})

    assert refusal.value.fields == {key: [sentence]}


def test_the_shipped_agreement_holds_together():
    kind, text = standard.load()

    rendering.check_wording(text)
    values = checked(text.variables, GIVEN)
    signed = rendering.render(text, values)

    assert kind == "master_subcontract"
    assert len(text.clauses) == 31
    assert all(clause.rationale for clause in text.clauses)
    assert (values["client_clause"], values["personnel_clause"], values["pay_when_paid"]) == (
        True,
        False,
        False,
    )
    assert (values["client_tail_months"], values["client_damages_months"], values["net_days"]) == (12, 6, 15)
    assert "penalt" not in signed.lower()
    assert "{{" not in signed
    assert [section.anchor for section in rendering.sections(signed)][-31:] == [
        f"clause-{n}" for n in range(1, 32)
    ]


def test_every_shipped_text_can_be_published():
    for key, label in standard.shipped():
        rendering.check_wording(standard.load(key, label)[1])
