"""What is typed about call-offs and time: at the desk of the one firm, and with a thumb at the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from clients.models import Client, Site
from engagements.actions.call_offs import Call
from engagements.actions.timekeeping import Worked
from engagements.forms.layout import MemberField
from engagements.forms.terms import WallTimeField
from engagements.forms.work import SiteField
from partners.models import Member


class CallOffForm(forms.Form):
    """A ticket for the firm that stands by."""

    client = forms.ModelChoiceField(
        label="For which client", queryset=Client.objects.none(), empty_label="Choose a client"
    )
    site = SiteField(
        label="Where",
        queryset=Site.objects.none(),
        required=False,
        empty_label="From afar, nobody drives there",
    )
    ticket = forms.CharField(label="Ticket number", max_length=60)
    what = forms.CharField(
        label="What is to be done", max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text="They read this before they answer, and the client's name only then. Do not name the client.",
    )  # fmt: skip
    cap_hours = forms.DecimalField(
        label="At most so many hours", min_value=0, max_digits=6, decimal_places=2, initial=2
    )

    def __init__(self, *args: Any, firm: UUID, **options: Any) -> None:
        super().__init__(*args, **options)
        client, site = self.fields["client"], self.fields["site"]
        assert isinstance(client, forms.ModelChoiceField)  # noqa: S101 - narrows for mypy
        assert isinstance(site, SiteField)  # noqa: S101 - the same
        client.queryset = Client.objects.visible_to(firm).order_by("name", "pk")
        site.of(firm)

    def call(self) -> Call:
        typed = self.cleaned_data
        site = typed["site"]
        return Call(
            typed["client"].pk, typed["ticket"], typed["what"], typed["cap_hours"], site.pk if site else None
        )


class TimeForm(forms.Form):
    """Minutes of a day; or from when until when. A button says the usual ones."""

    usual = forms.IntegerField(min_value=1, max_value=1440, required=False, widget=forms.HiddenInput)
    minutes = forms.IntegerField(label="Minutes", min_value=1, max_value=1440, required=False)
    on = forms.DateField(
        label="On which day, if not today", required=False, widget=forms.DateInput({"type": "date"})
    )
    starts = WallTimeField(label="or from", required=False)
    ends = WallTimeField(label="until", required=False)
    person = MemberField(
        label="Who worked", queryset=Member.objects.none(), required=False, empty_label="I did"
    )
    note = forms.CharField(label="Note", max_length=300, required=False)

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        if member.role == Member.Role.TECHNICIAN:
            del self.fields["person"]
            return
        person = self.fields["person"]
        assert isinstance(person, MemberField)  # noqa: S101 - narrows for mypy
        staff = Member.objects.active().of(member.firm_id).exclude(pk=member.pk)
        person.queryset = staff.select_related("user").order_by("user__name", "pk")

    def worked(self, call_off: UUID | None = None) -> Worked:
        typed = self.cleaned_data
        person = typed.get("person")
        own = {name: typed[name] for name in ("on", "starts", "ends", "note")}
        minutes = typed["usual"] or typed["minutes"]
        return Worked(minutes, **own, call_off=call_off, person=person.pk if person else None)


class AnswerCallForm(forms.Form):
    """An answer to a call-off: who goes, if a lead says so."""

    technician = forms.UUIDField(required=False)


class CapForm(forms.Form):
    cap_hours = forms.DecimalField(label="At most so many hours", min_value=0, max_digits=6, decimal_places=2)


class CallBackForm(forms.Form):
    reason = forms.CharField(label="Why?", max_length=500)
