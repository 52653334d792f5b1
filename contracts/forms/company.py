"""Turn typing about affiliates and notices of a firm into values."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from contracts.models import PartyNotice
from partners.models import Firm


class AffiliateForm(forms.Form):
    """Which firm belongs to ours, and since when."""

    affiliate = forms.ChoiceField(label="Which firm?")
    since = forms.DateField(label="Since", widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, firms: Iterable[Firm]) -> None:
        super().__init__(data)
        self.firms = {str(one.pk): one for one in firms}
        field = self.fields["affiliate"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", "Choose"), *((key, one.name) for key, one in self.firms.items())]

    def chosen(self) -> Firm:
        return self.firms[self.cleaned_data["affiliate"]]


class PartyNoticeForm(forms.Form):
    """What has changed about our firm itself, and from when."""

    kind = forms.ChoiceField(
        label="What has changed?", choices=PartyNotice.Kind.choices, widget=forms.RadioSelect
    )
    what = forms.CharField(
        label="In words",
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text="Every firm that you have an agreement in force with reads it.",
    )
    effective_on = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
