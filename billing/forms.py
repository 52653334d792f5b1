"""What people type about money."""

from django import forms

from billing.actions.payments import Paid


class PaidForm(forms.Form):
    amount = forms.DecimalField(
        max_digits=12, decimal_places=2, required=False, label="Amount", help_text="Empty: all that is open."
    )
    paid_on = forms.DateField(label="Sent on", widget=forms.DateInput({"type": "date"}))
    reference = forms.CharField(
        max_length=100, required=False, label="Reference", help_text="As it stands on the transfer."
    )

    def paid(self) -> Paid:
        typed = self.cleaned_data
        return Paid(on=typed["paid_on"], amount=typed["amount"], reference=typed["reference"])


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=1000, label="Why?", widget=forms.Textarea({"rows": 2}))
