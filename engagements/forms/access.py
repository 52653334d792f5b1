"""What is typed about access that goes back."""

from django import forms


class BackForm(forms.Form):
    how = forms.CharField(max_length=200, required=False, label="How it went back")


class DenyForm(forms.Form):
    reason = forms.CharField(max_length=200, label="What is missing?")
