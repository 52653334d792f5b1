"""Turn typing about comments and disputed signatures into values."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms


class CommentForm(forms.Form):
    """What somebody says to the terms, about which part, for whom."""

    place = forms.ChoiceField(label="About")
    text = forms.CharField(label="Comment", max_length=2000, widget=forms.Textarea({"rows": 3}))
    internal = forms.BooleanField(label="Only for our firm", required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        places: Iterable[tuple[str, str]],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = list(places)


class DisputeForm(forms.Form):
    """Why a signature is not ours."""

    reason = forms.CharField(
        label="What happened?",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="The other firm reads it.",
    )


class OutcomeForm(forms.Form):
    """How a dispute ended."""

    reason = forms.CharField(
        label="How was it settled?",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="The other firm reads it. Not needed if you take the dispute back.",
    )
