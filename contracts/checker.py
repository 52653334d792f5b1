"""Ask every rule of one contract. Pure: no database, no clock.

`check` takes the facts and the texts, and returns what the rules found, the gravest first. It advises; what follows from a finding is
decided in `actions.checks`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from contracts.conditions import Facts, Known
from contracts.places import PLACES
from contracts.rules import SEVERITIES, Pattern, Rule, RuleBook

STALE_AFTER_DAYS = 180


@dataclass(frozen=True, slots=True)
class Texts:
    """What patterns look at: the standard text, and what the two firms added in words."""

    standard: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one rule found; `place` is a code, or empty when the rule holds everywhere."""

    rule: Rule
    severity: str
    place: str
    message: str


def check(book: RuleBook, facts: Facts, texts: Texts, *, stage: str, on: date) -> tuple[Found, ...]:
    """Return what the rules in effect `on` that day find at this stage, the gravest first, then by id and place."""
    found = [
        Found(rule, _severity(rule, known, stage), place, _message(rule, place, book))
        for rule in book.rules
        if stage in rule.stages and rule.in_effect(on)
        for place, known in _where(rule, facts, book, on)
        if _finds(rule, known, texts)
    ]
    return tuple(sorted(found, key=lambda one: (-SEVERITIES.index(one.severity), one.rule.id, one.place)))


def _where(rule: Rule, facts: Facts, book: RuleBook, on: date) -> Iterator[tuple[str, Facts]]:
    """Yield each place at which the rule is to be asked, with the facts there."""
    if not rule.places and not rule.every_place:
        yield "", facts
        return
    looked_at = facts["party_places" if rule.of_parties else "places"]
    assert isinstance(looked_at, frozenset)  # noqa: S101 - narrows the type
    for place in sorted(looked_at if rule.every_place else looked_at & rule.places):
        yield place, {**facts, **_known_of(place, book, on)}


def _known_of(place: str, book: RuleBook, on: date) -> Mapping[str, Known]:
    reviewed = reviewed_on(place, book)
    age = (on - reviewed).days if reviewed else 0
    return {"place": place, "place_known": reviewed is not None, "place_age": age}


def reviewed_on(place: str, book: RuleBook) -> date | None:
    """Return when somebody last looked at a place and at every rule for it: the oldest of these days."""
    row = book.places.get(place)
    if row is None:
        return None
    return min([row.reviewed_on, *(rule.reviewed_on for rule in book.rules if place in rule.places)])


def _severity(rule: Rule, facts: Facts, stage: str) -> str:
    severity = rule.severity
    for grade in rule.grades:
        if stage in grade.stages and grade.when.holds(facts):
            severity = grade.severity
    return severity


def _message(rule: Rule, place: str, book: RuleBook) -> str:
    if "{" not in rule.message:
        return rule.message
    day = reviewed_on(place, book)
    words = f"was last reviewed on {day.day} {day:%B %Y}" if day else "was never reviewed"
    return rule.message.format(place=PLACES.get(place, place), reviewed=words)


def _finds(rule: Rule, facts: Facts, texts: Texts) -> bool:
    holds = rule.when.holds(facts)
    if not rule.finds or holds == rule.either:
        return holds
    return _reads(rule, texts)


def _reads(rule: Rule, texts: Texts) -> bool:
    added = texts.added.lower()
    if any(pattern.found_in(added) for pattern in rule.finds):
        return True
    return rule.looks_in == "all" and _in_standard(rule.finds, texts.standard)


@lru_cache(maxsize=4096)
def _in_standard(patterns: tuple[Pattern, ...], text: str) -> bool:
    """Look through a standard text once for each rule: thousands of agreements share it."""
    small = text.lower()
    return any(pattern.found_in(small) for pattern in patterns)
