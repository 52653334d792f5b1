"""What a dispatcher types around a running order."""

from uuid import UUID

from django import forms

from engagements.models import AccessGrant, Task
from partners.models import Member


class TaskForm(forms.Form):
    text = forms.CharField(max_length=200, label="Another line to tick")
    required = forms.BooleanField(required=False, initial=True, label="Must be ticked")
    proof = forms.ChoiceField(choices=Task.Proof.choices, required=False, label="What ticks it")


class AccessForm(forms.Form):
    kind = forms.ChoiceField(choices=AccessGrant.Kind.choices, label="What kind of access")
    what = forms.CharField(
        max_length=200, label="Which one", help_text="Like Key 14, or the account of the server."
    )
    details = forms.CharField(
        required=False,
        label="How to use it",
        widget=forms.Textarea({"rows": 2}),
        help_text="Opens after the briefing.",
    )


class SendBackForm(forms.Form):
    reason = forms.CharField(
        max_length=2000, label="What has to be put right?", widget=forms.Textarea({"rows": 3})
    )


class HoldForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why does it stop?", widget=forms.Textarea({"rows": 2}))


class ResolveForm(forms.Form):
    resolution = forms.CharField(max_length=500, label="What was done about it?")


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg] # Django cannot subscript it at run time
    """Somebody of one's own firm."""

    def label_from_instance(self, obj: Member) -> str:
        return obj.user.called


class BackupForm(forms.Form):
    technician = MemberField(
        queryset=Member.objects.none(), label="Backup", required=False, empty_label="Nobody"
    )

    def of(self, firm: UUID) -> "BackupForm":
        """Offer the people of a firm."""
        field = self.fields["technician"]
        assert isinstance(field, MemberField)  # noqa: S101 - declared above
        field.queryset = Member.objects.active().of(firm).select_related("user").order_by("user__name", "pk")
        return self


class TechnicianForm(forms.Form):
    technician = MemberField(queryset=Member.objects.none(), label="Who goes")

    def of(self, firm: UUID) -> "TechnicianForm":
        """Offer the people of a firm."""
        field = self.fields["technician"]
        assert isinstance(field, MemberField)  # noqa: S101 - declared above
        field.queryset = Member.objects.active().of(firm).select_related("user").order_by("user__name", "pk")
        return self
