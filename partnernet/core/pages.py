"""Lists paged by position, forward and back: no counting of the table, no OFFSET."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest

Row = TypeVar("Row", bound=Model)
SIZE = 25
NEWEST_FIRST = ("-pk",)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the positions at which the pages before and after begin; empty at the ends."""

    rows: list[Row]
    before: str = ""
    after: str = ""


def page_of(
    rows: QuerySet[Row],
    request: HttpRequest,
    *,
    by: Sequence[str] = NEWEST_FIRST,
    sides: Sequence[Q] = (),
    size: int = SIZE,
) -> Page[Row]:
    """Return the page that `?after=` or `?before=` asks for; a position that cannot be read is the beginning.

    `by` names columns or annotations that are never null, all up or all down, which together no two
    rows share; keys are UUIDv7, so the newest have the highest. `sides` are conditions of which each row meets one and each has an index: the page is
    then found from the first rows of every side, where one `OR` would sort all that a firm can see.
    """
    after, before = (_position(rows, by, request.GET.get(name, "")) for name in ("after", "before"))
    back = after is None and before is not None
    order = [_turned(name) if back else name for name in by]
    if position := before if back else after:
        rows = rows.filter(_beyond(order, position))
    rows = first_of_each(rows, sides, order, size + 1)
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    return Page(
        found,
        before=_token(found[0], by) if found and (more if back else after) else "",
        after=_token(found[-1], by) if found and (back or more) else "",
    )


def first_of_each(rows: QuerySet[Row], sides: Sequence[Q], order: Sequence[str], count: int) -> QuerySet[Row]:
    """Keep the first `count` rows of every side; all rows where no sides are named, or one that an index serves as it is."""
    if len(sides) < 2:
        return rows.filter(*sides)
    first, *others = (rows.filter(side).order_by(*order).values("pk")[:count] for side in sides)
    # As a list: inside one statement the planner may walk the whole table for the rows that are not the keys'.
    keys = [row["pk"] for row in first.union(*others)]
    return rows.filter(pk__in=keys)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], position: Sequence[Any]) -> Q:
    """Return what holds for the rows behind a position, so that an index on the first column finds them."""
    name, value = order[0].lstrip("-"), position[0]
    way = "lt" if order[0].startswith("-") else "gt"
    beyond = Q(**{f"{name}__{way}": value})
    if len(order) == 1:
        return beyond
    return Q(**{f"{name}__{way}e": value}) & (beyond | Q(**{name: value}) & _beyond(order[1:], position[1:]))


def _token(row: Row, by: Sequence[str]) -> str:
    return json.dumps([str(getattr(row, name.lstrip("-"))) for name in by], separators=(",", ":"))


def _position(rows: QuerySet[Row], by: Sequence[str], token: str) -> list[Any] | None:
    """Read a position: one value for each name of `by`."""
    try:
        values = json.loads(token.replace("\0", "") or "null")
        if not isinstance(values, list) or len(values) != len(by):
            return None
        return [
            _column(rows, name.lstrip("-")).to_python(str(value).replace("\0", ""))
            for name, value in zip(by, values, strict=True)
        ]
    except (ValueError, ValidationError, RecursionError):
        return None


def _column(rows: QuerySet[Row], name: str) -> Field[Any, Any]:
    try:
        meta = rows.model._meta  # noqa: SLF001 - documented, though it begins with an underscore
        field: Any = meta.pk if name == "pk" else meta.get_field(name)
    except FieldDoesNotExist:
        field = rows.query.annotations[name].output_field
    column: Field[Any, Any] = field
    return column
