"""What changed from one wording to another. Pure: no database.

Clauses and lines of the cover page are followed by their keys, so that a moved clause is not taken for a new one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

from contracts.facts import QUESTIONS, Said
from contracts.rendering import Clause, Wording
from contracts.values import Variable, shown

SAME, TAKEN, PUT = "same", "taken", "put"
_LOCKS = {"locked": "locked", "choice": "a choice of values", "free": "free"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: the same in both, taken out, or put in."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """One clause that is not as it was. `how` is new, gone, moved or changed."""

    key: str
    heading: str
    how: str
    notes: tuple[str, ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of the cover page, or one answer to the checker, that is not as it was."""

    label: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two wordings."""

    clauses: tuple[ClauseChange, ...]
    lines: tuple[LineChange, ...]
    answers: tuple[LineChange, ...]

    @property
    def same(self) -> bool:
        return not (self.clauses or self.lines or self.answers)


def compare(
    before: Wording, after: Wording, *, said: Mapping[str, Said], says: Mapping[str, Said]
) -> Comparison:
    """Return what differs, in the order of the newer text, with what is gone at the end."""
    return Comparison(
        tuple(_clauses(before, after)), tuple(_lines(before, after)), tuple(_answers(said, says))
    )


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Return the words of two texts, each once, marked as the same, taken or put."""
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, "".join(old[i1:i2])))
            continue
        if i1 < i2:
            found.append(Piece(TAKEN, "".join(old[i1:i2])))
        if j1 < j2:
            found.append(Piece(PUT, "".join(new[j1:j2])))
    return tuple(found)


def _clauses(before: Wording, after: Wording) -> Iterator[ClauseChange]:
    old = {clause.key: clause for clause in before.clauses}
    order = [clause.key for clause in before.clauses if clause.key in {each.key for each in after.clauses}]
    kept = [clause.key for clause in after.clauses if clause.key in old]
    for clause in after.clauses:
        heading = f"{clause.number}. {clause.title}"
        if clause.key not in old:
            yield ClauseChange(clause.key, heading, "new", (), (Piece(PUT, clause.text),))
            continue
        was = old[clause.key]
        notes = tuple(_notes_of(was, clause))
        moved = order.index(clause.key) != kept.index(clause.key)
        if was.text != clause.text or notes:
            yield ClauseChange(clause.key, heading, "changed", notes, words(was.text, clause.text))
        elif moved:
            yield ClauseChange(clause.key, heading, "moved", (f"It was clause {was.number}.",), ())
    new = {clause.key for clause in after.clauses}
    for clause in before.clauses:
        if clause.key not in new:
            heading = f"{clause.number}. {clause.title}"
            yield ClauseChange(clause.key, heading, "gone", (), (Piece(TAKEN, clause.text),))


def _notes_of(was: Clause, now: Clause) -> Iterator[str]:
    if was.title != now.title:
        yield f"The title was “{was.title}”."
    if was.lock != now.lock:
        yield f"It was {_LOCKS[was.lock]}, and is {_LOCKS[now.lock]}."
    if was.switch != now.switch:
        yield f"It was switched by {was.switch or 'nothing'}, and is by {now.switch or 'nothing'}."
    if was.rationale != now.rationale:
        yield f"The reason was: {was.rationale or 'none'}"


def _lines(before: Wording, after: Wording) -> Iterator[LineChange]:
    old = {variable.key: variable for variable in before.variables}
    for variable in after.variables:
        was = old.pop(variable.key, None)
        if was is None:
            yield LineChange(variable.label, (f"New; the standard value is {_value(variable)}.",))
        elif notes := tuple(_differences(was, variable)):
            yield LineChange(variable.label, notes)
    for variable in old.values():
        yield LineChange(variable.label, ("Gone.",))


def _differences(was: Variable, now: Variable) -> Iterator[str]:
    for each in fields(Variable):
        if each.name == "default":
            if was.default != now.default:
                yield f"The standard value was {_value(was)}, and is {_value(now)}."
        elif getattr(was, each.name) != getattr(now, each.name):
            yield f"{each.name.capitalize()}: was {_plain(getattr(was, each.name))}, is {_plain(getattr(now, each.name))}."


def _value(variable: Variable) -> str:
    return "none" if variable.default is None else shown(variable, variable.default)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(label for _, label in value) or "none"
    return f"“{value}”" if value not in (None, "") else "none"


def _answers(said: Mapping[str, Said], says: Mapping[str, Said]) -> Iterator[LineChange]:
    for key, question in QUESTIONS.items():
        if said.get(key) != says.get(key):
            before, after = answer(key, said.get(key)), answer(key, says.get(key))
            yield LineChange(question.text, (f"Was {before}, is {after}.",))


def answer(key: str, value: Said | None) -> str:
    """Return an answer to one of the checker's questions in words."""
    if value is None:
        return "not answered"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return dict(QUESTIONS[key].choices).get(value, value)
