"""What somebody types to ask, to answer and to write to the other firm."""

from django import forms


class QuestionForm(forms.Form):
    text = forms.CharField(
        max_length=500,
        label="What would you like to know?",
        widget=forms.Textarea({"rows": 3}),
        help_text="Every firm that was asked reads it with the answer, without your name.",
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        max_length=1000,
        label="Your answer",
        widget=forms.Textarea({"rows": 4}),
        help_text="It goes to every firm that you asked. Nobody learns who wanted to know.",
    )


class MessageForm(forms.Form):
    text = forms.CharField(max_length=2000, widget=forms.Textarea({"rows": 2}))
    audience = forms.CharField(required=False)
