"""What holds between two firms at a moment: the cover page that they signed, and every amendment since. Pure: no database.

Nothing signed is edited. Of several amendments in effect the one that was signed last prevails, for the values that it names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # values of a cover page are JSON

from contracts.rendering import Wording
from contracts.values import Value, Variable, shown

AMENDED = "amended"
"""Where an amendment keeps the values that it changes, beside those of its own cover page."""
# The text of the Amendment lets the time and the law of the agreement stand; another time is another agreement.
FIXED = frozenset({"term_months", "governing_law"})
NEW_TERMS = "new"


@dataclass(frozen=True, slots=True)
class Change:
    """What one signed amendment changes from a moment on; `for_running` says that work under way goes on under it."""

    effective_at: datetime
    changed: Mapping[str, Value]
    for_running: bool = False


def changes_in(rows: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Return amendments in the order in which they were signed, from what a query has read of them."""
    return tuple(
        Change(
            datetime.fromisoformat(str(row["effective_at"])),
            row["values"].get(AMENDED, {}),
            row["values"].get("running_work") == NEW_TERMS,
        )
        for row in rows
    )


def values_at(
    base: Mapping[str, Any], changes: Iterable[Change], at: datetime | None, *, for_running: bool = False
) -> dict[str, Any]:
    """Return the values that hold at a moment, or with all that is signed when `at` is None.

    `for_running` keeps to those under which work under way goes on.
    """
    values = {key: value for key, value in base.items() if key != AMENDED}
    for change in changes:
        begun = at is None or change.effective_at <= at
        if begun and (change.for_running or not for_running):
            values |= change.changed
    return values


def amendable(wording: Wording) -> tuple[Variable, ...]:
    """Return the lines of a cover page that an amendment may change."""
    return tuple(one for one in wording.variables if one.kind != "party" and one.key not in FIXED)


def differing(
    variables: Sequence[Variable], before: Mapping[str, Value], wanted: Mapping[str, Value]
) -> dict[str, Value]:
    """Return what would read differently from before."""
    return {
        one.key: wanted[one.key]
        for one in variables
        if one.key in wanted
        and (one.key not in before or not _reads_same(one, before[one.key], wanted[one.key]))
    }


def _reads_same(variable: Variable, one: Value, other: Value) -> bool:
    return not variable.faults(other) and shown(variable, one) == shown(variable, other)


def in_words(variables: Sequence[Variable], changed: Mapping[str, Value], free_text: str) -> str:
    """Return what stands in the text of an amendment: each changed value by its name, then what was added in words."""
    said = "\n".join(_lines(variables, changed))
    return "\n\n".join(part for part in (said, free_text.strip()) if part)


def _lines(variables: Sequence[Variable], changed: Mapping[str, Value]) -> Iterator[str]:
    for one in variables:
        if one.key in changed:
            yield f"“{one.label}” becomes: {shown(one, changed[one.key])}."
