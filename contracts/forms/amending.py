"""Turn what somebody wants to change of a signed agreement into values. Nothing is saved or decided here."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms

from contracts.effective import amendable
from contracts.forms import FIRST, CoverPageForm
from contracts.rendering import Wording
from contracts.values import Value

OWN = ("topic", "starts_after_days", "running_work")
"""The lines of an amendment's own cover page that people fill in; the rest says which agreement it changes."""


class AmendmentForm(CoverPageForm):
    """The cover page as it holds now, to be changed, below what the amendment is about and when it begins."""

    on_top = FIRST | set(OWN)

    def __init__(  # noqa: PLR0913 - two cover pages, and what stands on each
        self,
        wording: Wording,
        data: Mapping[str, Any] | None = None,
        *,
        of: Wording,
        holds: Mapping[str, Value],
        values: Mapping[str, Value],
        currency: str = "USD",
    ) -> None:
        own = tuple(one for one in wording.variables if one.key in OWN)
        both = replace(wording, variables=(*own, *amendable(of)))
        super().__init__(both, data, values={**holds, **values}, currency=currency)
        self.holds = holds
        self.fields["other_changes"].label = "What else changes, in words"
        self.fields["other_changes"].help_text = "Leave empty when the values above say it all."

    def values(self) -> dict[str, Value]:
        """Return what was typed; an amount stays in the currency in which it was agreed."""
        return {key: self._in_its_currency(key, value) for key, value in super().values().items()}

    def _in_its_currency(self, key: str, value: Value) -> Value:
        before = self.holds.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping) and "currency" in before:
            return {**value, "currency": before["currency"]}
        return value


class AmendmentRevisionForm(AmendmentForm):
    """Another wish for an amendment under way, with a word to the other firm."""

    seen = forms.CharField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="A word to the other firm", required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
