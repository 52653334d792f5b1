"""What you agree to, in eight lines: the values of a cover page in plain words, each with the clause it comes from.

Pure: no database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from contracts.rendering import Wording
from contracts.values import Value, Variable, shown


@dataclass(frozen=True, slots=True)
class Line:
    """One line, with the key and number of its clause."""

    topic: str
    sentence: str
    clause: int


def eight_lines(wording: Wording, values: Mapping[str, Value]) -> tuple[Line, ...]:
    """Return clients, months, damages, people, payment, insurance, ending and law, in this order."""
    variables = {variable.key: variable for variable in wording.variables}
    numbers = {clause.key: clause.number for clause in wording.clauses}
    said = {key: shown(variables[key], value) for key, value in values.items() if key in variables}
    return tuple(Line(topic, sentence, numbers[clause]) for topic, sentence, clause in _lines(said, values))


def _lines(said: Mapping[str, str], values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    if values["client_clause"]:
        yield (
            "Clients",
            "Neither of you approaches a client that the other brought into a job. Each such client is named to you first.",
            "client_non_solicit",
        )
        yield (
            "How long",
            f"A client stays protected until {said['client_tail_months']} after your last day of service there.",
            "client_non_solicit",
        )
    else:
        yield (
            "Clients",
            "Clients are not protected: the clause is switched off, so no job can be offered under this agreement.",
            "client_non_solicit",
        )
        yield "How long", "No protection, so no time runs.", "client_non_solicit"
    yield (
        "Damages",
        f"A client lost in breach costs {said['client_damages_months']} of its average monthly fee: an estimate, due once, in place of proof.",
        "liquidated_damages",
    )
    yield "People", _people(said, values), "personnel_non_solicit"
    yield (
        "Payment",
        f"Approved work is paid {said['net_days']} after it was submitted, unless the job agrees on other days.",
        "payment",
    )
    yield (
        "Insurance",
        f"Who does the work keeps {said['insurance_liability']} of liability cover and {said['insurance_technology']} for technology and cyber risks.",
        "insurance",
    )
    yield (
        "Ending",
        f"It runs for {said['term_months']}; either of you may end it with notice of {said['notice_days']}. Running work is finished.",
        "term",
    )
    yield "Law", f"The law of {said['governing_law']}.", "governing_law"


def _people(said: Mapping[str, str], values: Mapping[str, Value]) -> str:
    if values["personnel_clause"]:
        return f"People met through a job are not approached for {said['personnel_tail_months']}; whoever applies unasked may be hired."
    return "Nothing about each other's people: the clause is switched off."


def changed(wording: Wording, values: Mapping[str, Value]) -> tuple[Variable, ...]:
    """Return the variables whose value is not the standard one; those without a standard value do not count."""
    return tuple(
        v
        for v in wording.variables
        if v.default is not None and v.key in values and values[v.key] != v.default
    )
