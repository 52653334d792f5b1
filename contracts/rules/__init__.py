"""The rules of the checker: data in the files of this folder, read and validated once, when the program starts.

A rule says of which contracts it asks (`applies_to`), where (`place`), what (`when`, a condition on facts, and `finds`, patterns in
texts), how grave it is (`severity`, with `grade` for what is graver or milder), and on what it rests (`source`, with the days from and
until which it holds, and when it was last looked at). A changed rule gets a higher `version`; findings keep the one they were made by.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any  # the shape of a TOML file is checked below

from contracts import conditions
from contracts.conditions import Condition
from contracts.facts import UNSAID
from contracts.places import PLACES

_HERE = Path(__file__).parent
INFO, WARN, HIGH, BLOCK = SEVERITIES = ("info", "warn", "high", "block")
# When a rule is asked: of a text before it is published, of terms before they are sent or signed, of what is in force, of one job.
TEMPLATE, AGREEMENT, IN_FORCE, WORK_ORDER = STAGES = ("template", "agreement", "in_force", "work_order")
LOOKS_IN = ("all", "added")
ADVICE = "This is a software check, not legal advice. Ask a lawyer."


class RuleFault(Exception):
    """A file of rules says something that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for in a text; where its first letters are nowhere, it cannot be, which is quicker to find out."""

    expression: re.Pattern[str]
    begins: str = ""

    def found_in(self, text: str) -> bool:
        """Look through a text in small letters."""
        return self.begins in text and self.expression.search(text) is not None


@dataclass(frozen=True, slots=True)
class Grade:
    """Another severity, where a condition holds."""

    when: Condition
    severity: str
    stages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Without places it holds everywhere; `of_parties` looks at the firms' places alone, not at those of work. With patterns it wants
    its condition and one of them, or `either`.
    """

    id: str
    version: int
    title: str
    severity: str
    message: str
    source: str
    reviewed_on: date
    reviewed_by: str
    stages: frozenset[str]
    when: Condition
    places: frozenset[str] = frozenset()
    every_place: bool = False
    of_parties: bool = False
    finds: tuple[Pattern, ...] = ()
    looks_in: str = "all"
    either: bool = False
    grades: tuple[Grade, ...] = ()
    source_url: str = ""
    effective_from: date = date.min
    effective_to: date = date.max

    def in_effect(self, day: date) -> bool:
        return self.effective_from <= day <= self.effective_to


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is known of a place: when somebody last looked, and at what."""

    place: str
    reviewed_on: date
    note: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules and all reviewed places; `edition` changes whenever one of them does."""

    rules: tuple[Rule, ...]
    places: dict[str, Reviewed] = field(hash=False)
    edition: str = ""

    def named(self, rule_id: str) -> Rule:
        """Return a rule by its id; LookupError when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise LookupError(rule_id)


@cache
def book() -> RuleBook:
    """Return the rules that are shipped. Raises RuleFault when one of them cannot be followed."""
    return load(_HERE)


def load(folder: Path) -> RuleBook:
    """Read every file of rules in a folder."""
    rules: list[Rule] = []
    places: dict[str, Reviewed] = {}
    told = sha256()
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        told.update(text.encode())
        try:
            rows = tomllib.loads(text)
            groups = rows.pop("group", {})
            rules += [_rule(row, groups) for row in rows.pop("rule", [])]
            places |= {code: _reviewed(code, row) for code, row in rows.pop("place", {}).items()}
        except (tomllib.TOMLDecodeError, ValueError, KeyError, TypeError, re.error) as error:
            raise RuleFault(f"{path.name}: {error}") from error
        if rows:
            raise RuleFault(f"{path.name} has unknown parts: {', '.join(sorted(rows))}.")
    ids = [rule.id for rule in rules]
    if twice := sorted({each for each in ids if ids.count(each) > 1}):
        raise RuleFault(f"Two rules have the id {', '.join(twice)}.")
    return RuleBook(tuple(rules), places, told.hexdigest()[:16])


def _rule(row: dict[str, Any], groups: dict[str, list[str]]) -> Rule:
    name = row.pop("id")
    try:
        return _checked(Rule(id=name, **_fields(dict(row), groups)))
    except (ValueError, KeyError, TypeError, re.error) as error:
        raise ValueError(f"rule {name}: {error}") from error


def _fields(row: dict[str, Any], groups: dict[str, list[str]]) -> dict[str, Any]:
    codes = [code for each in row.pop("place", []) for code in groups.get(each, [each])]
    read = {
        "stages": frozenset(row.pop("applies_to")),
        "when": conditions.parse(row.pop("when", "True"), UNSAID),
        "places": frozenset(codes) - {"*"},
        "every_place": "*" in codes,
        "finds": tuple(map(_pattern, row.pop("finds", []))),
        "grades": tuple(_grade(each) for each in row.pop("grade", [])),
    }
    return row | read


def _pattern(text: str) -> Pattern:
    """Compile a pattern for texts in small letters. Raises ValueError for one with a choice outside brackets, or capitals."""
    bare = re.sub(r"\\.", "", text)
    while (inner := re.sub(r"\([^()]*\)|\[[^\]]*\]", "", bare)) != bare:
        bare = inner
    if "|" in bare or re.sub(r"\\.", "", text) != re.sub(r"\\.", "", text).lower():
        raise ValueError(f"“{text}” has a choice outside brackets, or capitals.")
    first = re.match(r"(?:\\b)?([a-z ]+)(.?)", text)
    letters = first[1] if first else ""
    # A sign that repeats or drops its letter leaves only those before it.
    return Pattern(re.compile(text), letters[:-1] if first and first[2] in ("?", "*", "{") else letters)


def _grade(row: dict[str, Any]) -> Grade:
    stages = frozenset(row.get("applies_to", STAGES))
    return Grade(conditions.parse(row.get("when", "True"), UNSAID), row["severity"], stages)


def _checked(rule: Rule) -> Rule:
    known = {
        "severity": {rule.severity, *(grade.severity for grade in rule.grades)} <= set(SEVERITIES),
        "applies_to": bool(rule.stages) and rule.stages <= set(STAGES),
        "looks_in": rule.looks_in in LOOKS_IN,
        "place": rule.places <= PLACES.keys(),
        "version": isinstance(rule.version, int) and rule.version > 0,
        "dates": all(type(day) is date for day in (rule.reviewed_on, rule.effective_from, rule.effective_to)),
        "texts": all((rule.title, rule.message, rule.source, rule.reviewed_by)),
    }
    if wrong := [name for name, right in known.items() if not right]:
        raise ValueError(f"{', '.join(wrong)} cannot be so.")
    return rule


def _reviewed(code: str, row: dict[str, Any]) -> Reviewed:
    if code not in PLACES:
        raise ValueError(f"{code} is no place we know.")
    if type(row["reviewed_on"]) is not date:
        raise ValueError(f"{code} has no day of review.")
    return Reviewed(code, row["reviewed_on"], row["note"])
