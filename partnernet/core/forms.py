"""What forms of every app share."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.forms import BoundField

from partnernet.core.localtime import zone_names


class ZoneField(forms.ChoiceField):
    """A time zone, chosen from those we know; `empty` says what happens without one, where one may be left out."""

    default_error_messages = {
        "invalid_choice": "“%(value)s” is not a time zone we know. Try one like America/New_York."
    }

    def __init__(self, *, label: str, empty: str = "") -> None:
        none = [("", empty)] if empty else []
        super().__init__(label=label, choices=lambda: [*none, *_zones()], required=not empty)


def _zones() -> list[tuple[str, str]]:
    """Return every IANA time zone with its name as people read it."""
    return [(name, name.replace("_", " ")) for name in sorted(zone_names())]


class FoldedForm(forms.Form):
    """A form that folds away what few people need: open when something in it is filled in or refused."""

    fold = ""
    folded: Collection[str] = ()

    def shown_fields(self) -> list[BoundField]:
        """Return the fields that stand open."""
        return [field for field in self.visible_fields() if field.name not in self.folded]

    def folded_fields(self) -> list[BoundField]:
        """Return the fields that are folded away."""
        return [field for field in self.visible_fields() if field.name in self.folded]

    def fold_open(self) -> bool:
        """Whether the folded part says something that its reader must see."""
        return any(
            field.errors or field.value() not in (None, "", field.field.initial)
            for field in self.folded_fields()
        )
