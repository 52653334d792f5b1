"""Turn what a firm says of a paper into values. Nothing is saved or decided here."""

from django import forms

DAY = {"type": "date"}


class PaperForm(forms.Form):
    """What the paper is, from when to when it holds, whether it protects clients, and the signed original itself."""

    title = forms.CharField(label="What the paper is called", max_length=200, initial="Subcontract agreement")
    signed_on = forms.DateField(label="Signed by both on", widget=forms.DateInput(DAY))
    ends_on = forms.DateField(
        label="Ends on",
        widget=forms.DateInput(DAY),
        help_text="Without an end, choose a day some years from now. We ask every year whether it still holds.",
    )
    protects_clients = forms.BooleanField(
        label="It protects the clients of the firm that hires",
        required=False,
        initial=True,
        help_text="Without this no work can be offered under it.",
    )
    tail_months = forms.IntegerField(
        label="For how many months after the last service",
        min_value=1,
        max_value=120,
        initial=12,
        required=False,
    )
    file = forms.FileField(
        label="The signed original",
        help_text="A scan as PDF, or a photo, at most 15 MB. Both firms can read it.",
        widget=forms.FileInput({"accept": "application/pdf,image/*"}),
    )
    holds_original = forms.BooleanField(label="I hold the signed original", required=False)

    def months(self) -> int:
        """Return for how long clients are protected; 0 when they are not. Empty months are the usual twelve."""
        typed = self.cleaned_data
        return (typed["tail_months"] or 12) if typed["protects_clients"] else 0
