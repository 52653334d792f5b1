"""What a technician types: as little as can be."""

from django import forms

from engagements.models import Problem

YES_NO = ((True, "Yes"), (False, "No"))


class PositionForm(forms.Form):
    """Where the phone is; both empty when it would not say."""

    latitude = forms.FloatField(required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180)


class CountForm(forms.Form):
    units = forms.IntegerField(min_value=1, max_value=100_000)
    minutes = forms.IntegerField(min_value=1, max_value=100_000, required=False)


class TickForm(forms.Form):
    done = forms.BooleanField(required=False)


class PhotoForm(forms.Form):
    """A photo; whether it is one is for `uploads.picture` to say."""

    file = forms.FileField(label="Photo", required=False)
    task = forms.UUIDField(required=False)


class SignForm(forms.Form):
    signer = forms.CharField(
        max_length=120, label="Who signs", widget=forms.TextInput({"autocomplete": "off"})
    )
    drawn = forms.CharField(widget=forms.HiddenInput(), required=False)


class AskedForm(forms.Form):
    what = forms.CharField(max_length=500, label="What did they ask for?", widget=forms.Textarea({"rows": 3}))
    who = forms.CharField(max_length=120, required=False, label="Who asked")
    urgent = forms.BooleanField(required=False, label="It is urgent")
    asked_on = forms.DateField(
        required=False,
        label="On which day, if not today?",
        widget=forms.DateInput({"type": "date"}),
        help_text="Passed on within 2 business days, nobody can say that you solicited.",
    )
    quoted = forms.BooleanField(required=False, label="I named a price")


class ProblemForm(forms.Form):
    kind = forms.ChoiceField(choices=Problem.Kind.choices, label="What is wrong?")
    text = forms.CharField(max_length=500, label="What happened?", widget=forms.Textarea({"rows": 3}))


class SubmitForm(forms.Form):
    client_asked_for_more = forms.TypedChoiceField(
        choices=YES_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        label="Did the client ask for anything else?",
    )
    note = forms.CharField(required=False, max_length=2000, label="Note", widget=forms.Textarea({"rows": 3}))


class TechnicianForm(forms.Form):
    technician = forms.UUIDField()


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=2000, label="What has to be put right?", widget=forms.Textarea({"rows": 3})
    )
