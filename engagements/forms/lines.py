"""What of a line is typed in its row."""

from django import forms

from engagements.forms.terms import money
from engagements.models import EngagementLine
from engagements.values import LineFacts


class LineChangeForm(forms.Form):
    """What of a line can be changed in its row."""

    units = forms.IntegerField(label="How many", min_value=1)
    estimated_minutes = forms.IntegerField(label="Minutes each", min_value=1)
    unit_price = money("Price each", required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def facts(self, line: EngagementLine) -> LineFacts:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return LineFacts(site=line.site_id, what=line.what, **typed)
