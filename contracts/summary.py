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
    """Return clients, months, damages, people, payment, insurance, ending and law, in this order; of other texts what they are about."""
    variables = {variable.key: variable for variable in wording.variables}
    numbers = {clause.key: clause.number for clause in wording.clauses}
    said = {key: shown(variables[key], value) for key, value in values.items() if key in variables}
    lines = _lines if "client_clause" in values else _of_amendment if "amended_code" in values else _of_nda
    return tuple(
        Line(topic, sentence, numbers[clause])
        for topic, sentence, clause in lines(said, values)
        if clause in numbers
    )


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


def _of_nda(said: Mapping[str, str], values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    get = {"purpose": "", "term_months": "", "confidentiality_months": "", "return_days": "", **said}
    yield "Purpose", f"What you learn is used for this alone: {get['purpose']}.", "purpose"
    yield (
        "Confidential",
        "What one of you shows the other: clients, access, prices and plans above all.",
        "confidential_information",
    )
    yield (
        "How long",
        f"Things are shared for {get['term_months']}, and stay confidential for {get['confidentiality_months']} after that.",
        "term",
    )
    yield (
        "Giving back",
        f"What was handed over is given back or destroyed within {get['return_days']}.",
        "return",
    )
    yield (
        "Not in it",
        "No work and no protection of clients: that takes a subcontract agreement.",
        "no_licence",
    )
    if "notice_days" in said:
        yield "Ending", f"Either of you may end it with notice of {said['notice_days']}.", "term"
    if "governing_law" in said:
        yield "Law", f"The law of {said['governing_law']}.", "governing_law"


def _of_amendment(said: Mapping[str, str], values: Mapping[str, Value]) -> Iterator[tuple[str, str, str]]:
    get = {"amended_title": "", "amended_on": "", "topic": "", "running_work": "", **said}
    yield (
        "Changes",
        f"The {get['amended_title']} in force since {get['amended_on']}, on {get['topic']}.",
        "parties",
    )
    days = values.get("starts_after_days")
    begin = (
        f"{said['starts_after_days']} after the last of the two signatures"
        if days
        else "with the last of the two signatures"
    )
    yield "Begins", f"It takes effect {begin}.", "effect"
    yield "Work under way", f"Work that is under way {get['running_work']}.", "effect"
    yield "Clients", "Whoever is protected already stays so for at least the time agreed then.", "effect"
    yield "The rest", "Everything that is not named here stays as it is.", "rest"
    if "governing_law" in said:
        yield "Law", f"The law of {said['governing_law']}, as for the agreement itself.", "governing_law"


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
