"""What we know of a firm that is not on the network."""

from __future__ import annotations

from django import forms

from partners.actions.off_network import Known


class OffNetworkForm(forms.Form):
    name = forms.CharField(label="Firm", max_length=200)
    contact_name = forms.CharField(label="Whom you call", max_length=200)
    phone = forms.CharField(max_length=40, required=False)
    contact_email = forms.EmailField(
        label="Email", help_text="They get a copy of every answer that you write down, and may object to it."
    )
    postcode = forms.CharField(label="ZIP", max_length=12, required=False)

    def known(self) -> Known:
        return Known(**self.cleaned_data)


class AskToJoinForm(forms.Form):
    """Where the invitation goes, and a line from us."""

    email = forms.EmailField(label="Its owner's email")
    message = forms.CharField(
        label="A line from you", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
