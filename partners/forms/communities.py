"""What people type about communities."""

from __future__ import annotations

from typing import Any

from django import forms

from partners.actions.communities import Known
from partners.models import Community, CommunityQuerySet


class BelongForm(forms.Form):
    """A community that our firm belongs to. Any: what a form takes besides its communities is Django's."""

    community = forms.ModelChoiceField(Community.objects.none(), label="Community", empty_label="Choose")
    proof = forms.CharField(
        label="What shows it",
        max_length=200,
        required=False,
        help_text="Your member number, or since when. Whoever confirms reads it, nobody else.",
    )

    def __init__(self, *args: Any, others: CommunityQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["community"].queryset = others  # type: ignore[attr-defined] # a field of models has one


class CommunityForm(forms.Form):
    """A community for the list of the network."""

    name = forms.CharField(label="Name", max_length=120)
    website = forms.CharField(label="Web domain", max_length=253, required=False)
    admin = forms.EmailField(
        label="Who confirms its members",
        required=False,
        help_text="The address they sign in with. Empty: you confirm them.",
    )

    def known(self) -> Known:
        """Return what was typed as a value."""
        return Known(**self.cleaned_data)
