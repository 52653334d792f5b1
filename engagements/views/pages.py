"""Lists paged by position: no counting, no OFFSET."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.http import HttpRequest

Row = TypeVar("Row", bound=models.Model)
SIZE = 25


@dataclass(frozen=True)
class Page:
    """One page of rows, newest first, and where the next one begins."""

    rows: Sequence[Any]
    after: str


def page_of(rows: "models.QuerySet[Row]", request: HttpRequest) -> Page:
    """Return the page that `?after=` asks for; keys are UUIDv7, so the newest have the highest."""
    try:
        after = UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: SIZE + 1])
    return Page(found[:SIZE], str(found[SIZE - 1].pk) if len(found) > SIZE else "")
