"""Why work ends before it is done."""

from __future__ import annotations

from typing import Any

from django import forms

from engagements.actions.endings import Ending
from engagements.endings import CAUSES, OWN_CLIENT

YES_OR_NO = (("yes", "Yes"), ("no", "No"))


class EndForm(forms.Form):
    """The cause of an end, and words of one's own. With `asks`, also whether the client asked for anything else."""

    cause = forms.ChoiceField(label="Why?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="In your own words",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The other firm reads it.",
    )
    asked_for_more = forms.TypedChoiceField(
        label="Did the client ask for anything else?",
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        coerce=lambda typed: typed == "yes",
        empty_value=None,
    )

    def __init__(
        self, *args: Any, step: str, asks: bool = False, over_client: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        cause = self.fields["cause"]
        assert isinstance(cause, forms.ChoiceField)  # noqa: S101 - narrows for mypy
        known = [each for each in CAUSES[step] if over_client or each.code != OWN_CLIENT]
        cause.choices = [(each.code, each.label) for each in known]
        if not asks:
            del self.fields["asked_for_more"]

    def ending(self) -> Ending:
        typed = self.cleaned_data
        return Ending(typed["cause"], typed["reason"], typed.get("asked_for_more"))
