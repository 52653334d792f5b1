"""All that is kept, to show that a refusal changed none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps

OURS = ("core", "partners", "clients", "contracts", "engagements", "billing")
# Signing in stamps the person; the maps of the world are read-only.
LEFT_OUT = {"core.user"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table of ours: states, history, notifications, what is owed."""
    return {
        model._meta.label_lower: list(model._base_manager.order_by("pk").values())
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        if model._meta.label_lower not in LEFT_OUT
    }


@contextmanager
def nothing_moves() -> Iterator[None]:
    """Hold that what is done inside changes no row."""
    before = everything()
    yield
    after = everything()
    assert {name for name in after if after[name] != before[name]} == set()
