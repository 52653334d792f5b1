"""What forms of every app share."""

from __future__ import annotations

from collections.abc import Collection

from django import forms
from django.forms import BoundField


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
