"""What a contract says, as the checker reads it. Pure: no database.

Facts come from four sources, each prevailing over the one before: what holds where nothing is said; what the author of a template
declared of its text; the values of the cover page; what stands in words beside it. What only the records know comes from the caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.conditions import Facts, Known
from contracts.reading import names_clause, read, setting_aside
from contracts.rendering import Wording
from contracts.values import Value

Said = bool | str


@dataclass(frozen=True, slots=True)
class Question:
    """What the author of a template is asked, because no program can read it from the text."""

    text: str
    unsaid: Said
    choices: tuple[tuple[str, str], ...] = ()


# What holds where an author said nothing is the answer that harms nobody: silence is itself a fault at publishing.
QUESTIONS: dict[str, Question] = {
    "clients_named": Question("Is each protected client named, one by one?", unsaid=True),
    "bans_accepting": Question(
        "May a client's own, unprompted request not be accepted?",
        unsaid=False,
    ),
    "release_route": Question("Is there a way to refer such a request back, or to be released?", unsaid=True),
    "prior_clients_kept": Question(
        "May a firm keep clients that it had before, within a time to declare them?", unsaid=True
    ),
    "personnel_tied": Question(
        "Does the clause on people hold only for people met through a work order?", unsaid=True
    ),
    "personnel_kind": Question(
        "What does the clause on people forbid?",
        unsaid="non_solicit",
        choices=(("non_solicit", "approaching them"), ("no_hire", "hiring them, even if they apply")),
    ),
    "personnel_scope": Question(
        "Whom does the clause on people protect?",
        unsaid="introduced",
        choices=(
            ("introduced", "people who were introduced by a work order"),
            ("all", "the whole workforce"),
        ),
    ),
    "personnel_direction": Question(
        "Which way does the clause on people run?",
        unsaid="one_way",
        choices=(("one_way", "one way in each work order"), ("mutual", "both ways at once")),
    ),
    "personnel_protects": Question(
        "Whose people does it protect?",
        unsaid="hiring",
        choices=(
            ("performing", "those of the firm that does the work"),
            ("hiring", "those of the firm that hires"),
            ("both", "those of both"),
        ),
    ),
    "personnel_area": Question("Is the clause on people limited to a place or area?", unsaid=True),
    "personnel_main_purpose": Question(
        "Is the clause on people the main purpose of the contract?", unsaid=False
    ),
    "personnel_essential": Question("Is it limited to positions marked as uniquely essential?", unsaid=False),
    "carve_out_advertising": Question("Is advertising to the public always allowed?", unsaid=True),
    "carve_out_unasked": Question("May somebody who applies unasked always be hired?", unsaid=True),
    "consent_before_hiring": Question("Must the other firm be asked before somebody is hired?", unsaid=False),
    "worker_notice": Question("Are the people concerned told of the clause?", unsaid=True),
    "damages_flat": Question("Is the sum of damages the same for every kind of breach?", unsaid=False),
    "damages_besides_loss": Question(
        "Can damages be had beside proven loss, or instead of it by choice?", unsaid=False
    ),
    "damages_for_attempt": Question("Are damages due for a mere attempt or a late report?", unsaid=False),
    "estimate_recital": Question(
        "Does it say that the damages are a reasonable estimate, and on what basis?", unsaid=True
    ),
    "cap_names_damages": Question(
        "Does it say whether damages stand inside or outside the limit of liability?", unsaid=True
    ),
    "pay_date_written": Question("Does it say by when work is paid, to a one-person firm too?", unsaid=True),
    "pay_if_paid": Question("Is payment lost if the client never pays?", unsaid=False),
    "severability": Question("Does the rest stand if a part is not valid?", unsaid=True),
    "survival": Question("Does it say what lasts after the end?", unsaid=True),
    "bars_reporting": Question(
        "Could it keep somebody from reporting to an authority or talking about their pay?", unsaid=False
    ),
    "auto_renews": Question("Does it renew itself?", unsaid=False),
    "renewal_reminded": Question(
        "Is a reminder promised 30 days before the last day for saying no to a renewal?", unsaid=True
    ),
}

# Values of the cover page that rules ask about, by the key of their variable; what holds without such a line.
_VALUES: dict[str, Known] = {
    "client_clause": False,
    "client_tail_months": 0,
    "client_damages_months": 0,
    "referral_back": True,
    "personnel_clause": False,
    "personnel_tail_months": 0,
    "personnel_damages_percent": Decimal(0),
    "pay_when_paid": False,
    "pay_when_paid_days": 0,
    "net_days": 0,
    "governing_law": "",
    "term_months": 0,
    "insurance_liability": Decimal(0),
    "insurance_technology": Decimal(0),
}

# What only the records know; a caller that has not looked leaves what harms nobody.
RECORDS: dict[str, Known] = {
    "kind": "master_subcontract",
    "version_status": "published",
    "newer_version": False,
    "places": frozenset(),
    "party_places": frozenset(),
    "individual_party": False,
    "one_person_party": False,
    "notice_addresses": True,
    "ends_on": "",
    "signers_authorised": True,
    "contradicted_clauses": 0,
    "late_notices": 0,
    "protected_clients": 0,
    "clients_of_both": 0,
    "people_clauses_in_region": 0,
    "insurance_shown": True,
}

# What the checker adds for each place that it looks at.
_OF_A_PLACE: dict[str, Known] = {"place": "", "place_known": True, "place_age": 0}

UNSAID: dict[str, Known] = {
    **{name: question.unsaid for name, question in QUESTIONS.items()},
    **_VALUES,
    **RECORDS,
    **_OF_A_PLACE,
}


def faults_in(says: Mapping[str, object]) -> list[str]:
    """Say what is wrong with an author's answers: a question without an answer, or an answer to none."""
    found = [f"“{name}” is no question of the checker." for name in sorted(says.keys() - QUESTIONS.keys())]
    for name, question in QUESTIONS.items():
        allowed: tuple[object, ...] = (
            tuple(key for key, _ in question.choices) if question.choices else (True, False)
        )
        if name not in says:
            found.append(f"For the checker, answer: {question.text}")
        elif says[name] not in allowed:
            found.append(f"The answer to “{question.text}” is none of those on offer.")
    return found


def of(
    wording: Wording,
    says: Mapping[str, Said],
    values: Mapping[str, Value],
    *,
    free_text: str = "",
    records: Mapping[str, Known] | None = None,
) -> Facts:
    """Return everything that rules may ask of one contract."""
    facts: dict[str, Known] = {**UNSAID, **says}
    for variable in wording.variables:
        if variable.key in UNSAID and variable.key in values:
            facts[variable.key] = _plain(variable.kind, values[variable.key])
    for name, found in read(free_text).items():
        facts[name] = _stricter(facts[name], found)
    facts |= records or {}
    if not facts["personnel_clause"]:
        facts["personnel_tail_months"], facts["personnel_damages_percent"] = 0, Decimal(0)
    if free_text.strip():
        facts["contradicted_clauses"] = _contradicted(wording, free_text)
    return facts


def _plain(kind: str, value: Value) -> Known:
    if kind == "money" and isinstance(value, Mapping):
        return Decimal(value["amount"])
    if kind == "percent":
        return Decimal(str(value))
    return value if isinstance(value, bool | int | str) else str(value)


def _stricter(before: Known, found: Known) -> Known:
    """Keep the longer time and the larger sum of two; of anything else, what stands in words prevails."""
    numbers = isinstance(before, int | Decimal) and isinstance(found, int | Decimal)
    if numbers and not isinstance(before, bool) and not isinstance(found, bool):
        return max(before, found)
    return found


def _contradicted(wording: Wording, free_text: str) -> int:
    """Return how many locked clauses are set aside by what was added in words."""
    sentences = setting_aside(free_text)
    return sum(
        clause.lock == "locked"
        and any(names_clause(sentence, clause.number, clause.title) for sentence in sentences)
        for clause in wording.clauses
    )
