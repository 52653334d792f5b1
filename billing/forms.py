"""What people type about money."""

from django import forms


class PaidForm(forms.Form):
    amount = forms.DecimalField(
        max_digits=12, decimal_places=2, required=False, label="Amount", help_text="Empty: all that is open."
    )
    on = forms.DateField(label="Sent on", widget=forms.DateInput({"type": "date"}))
    reference = forms.CharField(
        max_length=100, required=False, label="Reference", help_text="As it stands on the transfer."
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1000, label="Why?", widget=forms.Textarea({"rows": 2}))
