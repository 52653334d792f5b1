"""Turn a template and its values into the one text that is signed.

Pure: no database. The canonical text is NFC, LF, no trailing blanks, one final newline; its SHA-256 (over UTF-8) is what a signature
points to. Nothing signed is ever rendered again: pages show `sections(text)`, cut from the stored text itself.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256 as _sha256

from contracts.values import Value, Variable, shown
from partnernet.core.errors import RuleBroken

_NAME = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}")
_FORBIDDEN = re.compile(r"\b(penalt|punish|vendor)", re.IGNORECASE)
LOCKS = ("locked", "choice", "free")


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause; `switch` names the yes-or-no variable that turns it off, or is empty."""

    key: str
    number: int
    title: str
    text: str
    lock: str
    rationale: str
    switch: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The whole text of one template version."""

    title: str
    label: str
    clauses: tuple[Clause, ...]
    variables: tuple[Variable, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, for showing a stored text. `place` is what a comment on it names, like `clause:payment`."""

    level: int
    heading: str
    anchor: str
    blocks: tuple["Block", ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list or a quotation (`kind`), with its lines."""

    kind: str
    lines: tuple[str, ...]


def normalise(text: str) -> str:
    """Return `text` in the form that is hashed."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def sha256(text: str) -> str:
    """Return the SHA-256 of `text` as 64 hexadecimal digits."""
    return _sha256(text.encode()).hexdigest()


def unwrap(text: str) -> str:
    """Join lines that were broken only to fit a page; blank lines and list items stay."""
    paragraphs = []
    for chunk in re.split(r"\n\s*\n", normalise(text).strip()):
        lines: list[str] = []
        for line in chunk.split("\n"):
            if lines and not line.startswith("- "):
                lines[-1] = f"{lines[-1]} {line.strip()}"
            else:
                lines.append(line.strip())
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def names_in(text: str) -> set[str]:
    """Return the variables that `text` names."""
    return set(_NAME.findall(text))


def wording_sha256(wording: Wording) -> str:
    """Return the fingerprint of the standard text itself, before any value is filled in."""
    clauses = (
        f"### {clause.number}. {clause.title} [{clause.key}]\n\n{clause.text}" for clause in wording.clauses
    )
    return sha256(normalise("\n\n".join([f"# {wording.title}, version {wording.label}", *clauses])))


def check_wording(wording: Wording) -> None:
    """Refuse a text that could fail later, when somebody wants to sign it.

    Raises RuleBroken with every fault in one sentence each.
    """
    if faults := faults_of(wording):
        raise RuleBroken(" ".join(faults))


def faults_of(wording: Wording) -> list[str]:
    """Say in sentences what is wrong with a text; an empty list when nothing is."""
    return [*_clause_faults(wording), *_variable_faults(wording)]


def _clause_faults(wording: Wording) -> Iterable[str]:
    known = {variable.key: variable for variable in wording.variables}
    keys = [clause.key for clause in wording.clauses]
    for position, clause in enumerate(wording.clauses, start=1):
        name = f"Clause {clause.number} ({clause.key})"
        if keys.count(clause.key) > 1:
            yield f"{name} has the key of another clause."
        if clause.number != position:
            yield f"{name} stands at place {position}."
        if clause.lock not in LOCKS:
            yield f"{name} has the unknown lock level “{clause.lock}”."
        if clause.switch and (clause.switch not in known or known[clause.switch].kind != "bool"):
            yield f"{name} is switched by “{clause.switch}”, which is not a yes-or-no variable."
        yield from (f"{name} {fault}" for fault in _text_faults(clause, known.keys()))


def _text_faults(clause: Clause, known: Collection[str]) -> Iterable[str]:
    for unknown in sorted(names_in(clause.text) - set(known)):
        yield f"names the variable “{unknown}”, which is not defined."
    rest = _NAME.sub("", clause.text)
    if "{{" in rest or "}}" in rest:
        yield "has a variable that is not well formed."
    if word := _FORBIDDEN.search(clause.text + clause.title):
        yield f"uses a word that we never use: “{word.group()}”."


def _variable_faults(wording: Wording) -> Iterable[str]:
    used = {name for clause in wording.clauses for name in names_in(clause.text)} | {
        clause.switch for clause in wording.clauses
    }
    keys = [variable.key for variable in wording.variables]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"The variable “{key}” is defined twice."
    for variable in wording.variables:
        if variable.key not in used:
            yield f"The variable “{variable.key}” is missing from the text."
        if variable.default is not None:
            for fault in variable.faults(variable.default):
                yield f"The default of “{variable.key}” does not fit: {fault}"


def render(wording: Wording, values: Mapping[str, Value], *, other_changes: str = "") -> str:
    """Return the canonical text for `values`, which `values.checked` has accepted.

    Raises RuleBroken when the text names a variable that has no value.
    """
    filled = {
        variable.key: shown(variable, values[variable.key])
        for variable in wording.variables
        if variable.key in values
    }
    parts = [
        f"# {wording.title}, version {wording.label}",
        "## Cover page",
        "\n".join(
            f"- {variable.label}: {filled[variable.key]}"
            for variable in wording.variables
            if variable.key in filled
        ),
        "## Other changes to the Standard Terms",
        _quoted(other_changes) or "None.",
        "## Standard Terms",
    ]
    for clause in wording.clauses:
        parts.append(f"### {clause.number}. {clause.title}")
        off = clause.switch and not values.get(clause.switch)
        parts.append(
            "The cover page switches this clause off. It is not part of this Agreement."
            if off
            else _fill(clause, filled)
        )
    return normalise("\n\n".join(parts))


def _fill(clause: Clause, filled: Mapping[str, str]) -> str:
    missing = sorted(names_in(clause.text) - filled.keys())
    if missing:
        raise RuleBroken(f"Clause {clause.number} has no value for {', '.join(missing)}.")
    return _NAME.sub(lambda match: filled[match.group(1)], clause.text)


def with_values(wording: Wording, values: Mapping[str, Value]) -> Wording:
    """Return the wording with values in place of their names, for showing; a name without one shows its label."""
    said = {one.key: one.label for one in wording.variables}
    said |= {one.key: shown(one, values[one.key]) for one in wording.variables if one.key in values}
    clauses = (
        replace(clause, text=_NAME.sub(lambda match: said[match.group(1)], clause.text))
        for clause in wording.clauses
    )
    return replace(wording, clauses=tuple(clauses))


def _quoted(text: str) -> str:
    """Set what a party typed apart from our text, so that it can never look like a clause."""
    return (
        "\n".join(f"> {line}".rstrip() for line in normalise(text).strip().split("\n"))
        if text.strip()
        else ""
    )


def sections(text: str) -> tuple[Section, ...]:
    """Cut a stored text at its headings; clause 6 gets the anchor `clause-6`."""
    found: list[tuple[int, str, list[Block]]] = []
    for chunk in text.strip().split("\n\n"):
        if heading := re.fullmatch(r"(#{1,3}) (.+)", chunk):
            found.append((len(heading.group(1)), heading.group(2), []))
        elif found:
            found[-1][2].append(_block(chunk))
    return tuple(
        Section(level, heading, _anchor(level, heading), tuple(blocks)) for level, heading, blocks in found
    )


def to_comment_on(found: Iterable[Section], wording: Wording) -> list[Section]:
    """Name on each section of a clause what a comment on it is about."""
    keys = {f"clause-{clause.number}": f"clause:{clause.key}" for clause in wording.clauses}
    return [replace(section, place=keys.get(section.anchor, "")) for section in found]


def _anchor(level: int, heading: str) -> str:
    number = re.match(r"(\d+)\. ", heading)
    return (
        f"clause-{number.group(1)}"
        if level == 3 and number
        else re.sub(r"[^a-z]+", "-", heading.lower()).strip("-")
    )


def _block(chunk: str) -> Block:
    for mark, kind in (("- ", "list"), (">", "quote")):
        if chunk.startswith(mark):
            return Block(kind, tuple(line.removeprefix(mark).strip() for line in chunk.split("\n")))
    return Block("paragraph", (chunk.replace("\n", " "),))
