"""Read times, sums and restraints out of what somebody typed beside a standard text. Pure: no database.

It finds what people usually write, not everything that can be written: what it finds is shown to both firms, and decides nothing alone.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from contracts.conditions import Known

_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "a": 1, "an": 1, "eighteen": 18, "twenty": 20, "twenty-four": 24, "thirty": 30, "thirty-six": 36,
}  # fmt: skip
_NUMBER = r"(?P<number>\d+|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")(?: ?\(\d+\))?"
_TIME = re.compile(rf"\b{_NUMBER}[ -](?P<unit>month|year)s?\b", re.IGNORECASE)
_SHARE = re.compile(
    r"(?P<percent>\d+(?:\.\d+)?) ?(?:%|percent|per cent) of [^.;]*?\b(?:salary|pay|compensation|remuneration|wages?)\b",
    re.IGNORECASE,
)
_SALARIES = re.compile(
    rf"\b{_NUMBER} (?:gross )?(?:annual|yearly) (?:gross )?salar(?:y|ies)\b", re.IGNORECASE
)
_FEES = re.compile(
    rf"\b{_NUMBER}[ -](?P<unit>month|year)s?(?:'|’)? (?:of )?(?:\w+ )?(?:fees|billings|revenue)\b",
    re.IGNORECASE,
)
_CLIENTS = re.compile(r"\b(?:client|customer)s?\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:employee|staff|personnel|technician|engineer|worker|colleague|people|workforce)s?\b", re.IGNORECASE
)
_RESTRAINT = re.compile(
    r"\b(?:not|never|neither|no)\b[^.;]*\b(?:solicit|approach|contact|poach|hire|employ|engage|recruit|deal|serve|accept)",
    re.IGNORECASE,
)
_NO_HIRE = re.compile(
    r"\b(?:not|never|neither|no)\b[^.;]*\b(?:hir(?:e|es|ing)|(?:employ|engage|recruit)s?)\b", re.IGNORECASE
)
_EVERYBODY = re.compile(
    r"\b(?:any|all|every) (?:\w+ )?(?:employee|staff|personnel|technician|engineer|worker)", re.IGNORECASE
)
_MUTUAL = re.compile(
    r"\b(?:each other|neither (?:firm|party)|both (?:firms|parties)|mutual|reciprocal)", re.IGNORECASE
)
_TIED = re.compile(
    r"\b(?:work orders?|project|assignment|introduced|furnished|met through|joint)\b", re.IGNORECASE
)
_ASIDE = re.compile(
    r"\b(?:does not apply|do not apply|is (?:deleted|removed|void|replaced|struck)|shall not apply|without effect|notwithstanding"
    r"|instead of|in place of|contrary to|is waived|has no effect)\b",
    re.IGNORECASE,
)


def read(text: str) -> dict[str, Known]:
    """Return the facts that a free text states, by name; nothing for what it leaves alone."""
    found: dict[str, Known] = {}
    for sentence in _sentences(text):
        for name, value in _stated(sentence):
            before = found.get(name)
            keep = isinstance(before, int | Decimal) and isinstance(value, int | Decimal) and before > value
            found[name] = before if keep and before is not None else value
    return found


def setting_aside(text: str) -> list[str]:
    """Return the sentences that put something out of effect."""
    return [sentence for sentence in _sentences(text) if _ASIDE.search(sentence)]


def names_clause(sentence: str, number: int, title: str) -> bool:
    """Say whether a sentence names a clause, by its number or its title."""
    named = re.search(rf"\b(?:clause|section|paragraph) {number}\b", sentence, re.IGNORECASE)
    return bool(named) or title.casefold() in sentence.casefold()


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.;\n](?:\s|$)", text) if part.strip()]


def _stated(sentence: str) -> Iterator[tuple[str, Known]]:
    restrains, of_people = bool(_RESTRAINT.search(sentence)), bool(_PEOPLE.search(sentence))
    if restrains and _CLIENTS.search(sentence):
        yield "client_clause", True
        yield from (("client_tail_months", months) for months in _months(sentence))
    if restrains and of_people:
        yield from _of_people(sentence)
    for share in _SHARE.finditer(sentence):
        yield "personnel_damages_percent", Decimal(share["percent"])
    for salaries in _SALARIES.finditer(sentence):
        yield "personnel_damages_percent", Decimal(100 * _number(salaries["number"]))
    for fees in _FEES.finditer(sentence):
        yield "client_damages_months", _number(fees["number"]) * (12 if fees["unit"].lower() == "year" else 1)


def _of_people(sentence: str) -> Iterator[tuple[str, Known]]:
    yield "personnel_clause", True
    yield from (("personnel_tail_months", months) for months in _months(sentence))
    if not _TIED.search(sentence):
        yield "personnel_tied", False
    if _NO_HIRE.search(sentence):
        yield "personnel_kind", "no_hire"
    if _EVERYBODY.search(sentence):
        yield "personnel_scope", "all"
    if _MUTUAL.search(sentence):
        yield "personnel_direction", "mutual"


def _months(sentence: str) -> Iterator[int]:
    for time in _TIME.finditer(sentence):
        yield _number(time["number"]) * (12 if time["unit"].lower() == "year" else 1)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _WORDS[word.lower()]
