"""What somebody types to ask for a change."""

from __future__ import annotations

from typing import Any

from django import forms

from engagements import deadlines
from engagements.actions.changes import Wanted
from engagements.forms.layout import MemberField, TechnicianForm
from engagements.forms.terms import WallTimeField, money
from engagements.models import ChangeRequest, WorkOrder
from engagements.models.changes import MONEY
from engagements.values import Schedule
from partners.models import Member

WHAT_FOR = {
    "budget": "What makes it more?",
    "expense": "What is it spent on?",
    "bonus": "What is it for?",
    "schedule": "Why at another time?",
    "scope": "What is to be done beside, or instead?",
    "swap": "Why somebody else?",
}


class ChangeForm(forms.Form):
    """One kind of change: an amount, a time of the kind that was agreed, or words alone."""

    amount = money("How much", required=True)
    starts = WallTimeField(label="From")
    ends = WallTimeField(label="Until")
    technician = MemberField(queryset=Member.objects.none(), label="Who goes instead")
    text = forms.CharField(
        max_length=500, widget=forms.Textarea({"rows": 3}), help_text="The other firm reads it."
    )

    def __init__(self, *args: Any, kind: str, order: WorkOrder, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind, self.order = kind, order
        self.fields["amount"].label = f"How much ({order.currency})"
        self.fields["text"].label = WHAT_FOR[kind]
        timed = kind == ChangeRequest.Kind.SCHEDULE
        shown = {
            "amount": kind in MONEY,
            "technician": kind == ChangeRequest.Kind.SWAP,
            "starts": timed and order.schedule_kind != deadlines.COMPLETE_BY,
            "ends": timed and order.schedule_kind != deadlines.HARD_START,
        }
        if shown["technician"] and order.sub_id:
            self.fields["technician"] = TechnicianForm().of(order.sub_id).fields["technician"]
            self.fields["technician"].label = "Who goes instead"
        for name in [name for name, is_shown in shown.items() if not is_shown]:
            del self.fields[name]
        if timed:
            self.initial = {"starts": order.starts_local, "ends": order.ends_local}

    def wanted(self) -> Wanted:
        typed, schedule = self.cleaned_data, None
        if self.kind == ChangeRequest.Kind.SCHEDULE:
            order = self.order
            schedule = Schedule(order.schedule_kind, order.timezone, typed.get("starts"), typed.get("ends"))
        person = typed.get("technician")
        return Wanted(self.kind, typed["text"], typed.get("amount"), schedule, person.pk if person else None)


class ResumeForm(forms.Form):
    """The date on which work that is on hold goes on; empty for what was agreed."""

    starts = WallTimeField(label="From", required=False)
    ends = WallTimeField(label="Until", required=False)

    def __init__(self, *args: Any, order: WorkOrder, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order = order
        if order.schedule_kind == deadlines.COMPLETE_BY:
            del self.fields["starts"]
        if order.schedule_kind == deadlines.HARD_START:
            del self.fields["ends"]

    def schedule(self) -> Schedule | None:
        """Return the date that was typed, if any."""
        typed = self.cleaned_data
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts is None and ends is None:
            return None
        return Schedule(self.order.schedule_kind, self.order.timezone, starts, ends)


class RefuseForm(forms.Form):
    """Words that go with a no, if any; of a date after a hold, whether the client asked for more."""

    asked_for_more = forms.NullBooleanField(required=False)
    reason = forms.CharField(required=False, max_length=500, label="Why, if you like")
