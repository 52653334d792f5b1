"""Turn typing about who signs and who approves into values."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from contracts.models import ApprovalDemand
from contracts.workflow import OTHER, PROPOSER
from partners.models import Member


class ColleagueForm(forms.Form):
    """One of our people."""

    member = forms.ChoiceField(
        label="Who?", error_messages={"invalid_choice": "Choose somebody of your firm."}
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, colleagues: Sequence[Member], label: str = "Who?"
    ) -> None:
        super().__init__(data)
        self.colleagues = {str(one.pk): one for one in colleagues}
        field = self.fields["member"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.label = label
        field.choices = [
            ("", "Choose"),
            *(
                (key, f"{one.user.called}, {one.get_role_display().lower()}")
                for key, one in self.colleagues.items()
            ),
        ]

    def chosen(self) -> Member:
        return self.colleagues[self.cleaned_data["member"]]


class PassOnForm(ColleagueForm):
    """Whom the signature is passed on to, and why."""

    reason = forms.CharField(
        label="Why? (if you like)",
        required=False,
        max_length=500,
        help_text="It stands in the history that both firms read.",
    )


class OrderForm(forms.Form):
    """Which firm signs first."""

    first = forms.ChoiceField(label="Who signs first?", required=False, widget=forms.RadioSelect)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, proposer: str, other: str, initial: str = ""
    ) -> None:
        super().__init__(data, initial={"first": initial})
        field = self.fields["first"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", "Whoever is ready"), (PROPOSER, proposer), (OTHER, other)]


class ApprovalForm(forms.Form):
    """Who approves texts for our firm."""

    approver = forms.ChoiceField(
        label="Who approves?", choices=ApprovalDemand.Approver.choices, widget=forms.RadioSelect
    )


class AskApprovalForm(forms.Form):
    """A word to those who approve."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=1000)


class RefusalForm(forms.Form):
    """Why a text is not approved."""

    seen = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why not?",
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Your colleagues read it. The other firm does not.",
    )
