"""All that is kept, to show that a refusal changed none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

OURS = ("core", "partners", "clients", "contracts", "engagements", "billing")
# Signing in stamps the person; the maps of the world are read-only.
LEFT_OUT = {"core.user"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table of ours: states, history, notifications, what is owed."""
    return {model._meta.label_lower: list(model._base_manager.order_by("pk").values()) for model in _models()}


def _models() -> Iterator[Any]:
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if model._meta.label_lower not in LEFT_OUT:
                yield model


def digests() -> dict[str, str]:
    """Return a hash of every table of ours, made by the database: what `everything` says, at a fraction of its price."""
    found = {}
    with connection.cursor() as cursor:
        for model in _models():
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f'SELECT md5(string_agg(row::text, chr(10) ORDER BY "{key}")) FROM "{table}" row')  # noqa: S608 - names of ours
            (found[model._meta.label_lower],) = cursor.fetchone()
    return found


def moved(before: dict[str, str]) -> set[str]:
    """Return the tables that are not as they were."""
    return {name for name, digest in digests().items() if digest != before[name]}


@contextmanager
def nothing_moves() -> Iterator[None]:
    """Hold that what is done inside changes no row."""
    before = digests()
    yield
    assert moved(before) == set()
