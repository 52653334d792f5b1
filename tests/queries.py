"""Count what a page asks of an app's own tables: exact, whatever middleware asks besides."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def asked(act: Callable[[], object], *prefixes: str) -> int:
    """Return how many statements `act` sent that touch tables of these apps."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return sum(any(f'"{prefix}_' in query["sql"] for prefix in prefixes) for query in sent)
