"""What is typed when a firm off the network has answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from engagements.actions.recorded import Answer, Spoken
from engagements.endings import CAUSES
from engagements.forms.terms import WallTimeField
from engagements.models import Offer, RecordedAnswer, WorkOrder
from partnernet.core.localtime import resolve, to_local
from partners.models import Firm

BACK = ("back_out", "They give the work back")
WORK = {
    "assigned": [("arrive", "They are on site, and know the four rules"), BACK],
    "in_progress": [
        ("arrive", "They are on site again"), ("leave", "They left the site"), ("hand_in", "They hand the work in"), BACK,
    ],
}  # fmt: skip


class RecordForm(forms.Form):
    """The answers that are possible now; of an offer with the terms that stand."""

    step = forms.ChoiceField(label="What they said", widget=forms.RadioSelect)
    units = forms.IntegerField(label="How many are done", required=False, min_value=0, max_value=1_000_000)
    asked_for_more = forms.TypedChoiceField(
        label="Did the client ask for anything else?",
        choices=[("", "Not asked yet"), ("no", "No"), ("yes", "Yes")],
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
    )
    cause = forms.ChoiceField(
        label="Why, if they give it back",
        choices=[("", "They do not"), *((each.code, each.label) for each in CAUSES["back_out"])],
        required=False,
    )
    words = forms.CharField(label="In their words", max_length=300, required=False)
    channel = forms.ChoiceField(label="How", choices=RecordedAnswer.Channel.choices)
    with_whom = forms.CharField(label="With whom", max_length=120)
    agreed = WallTimeField(label="When", help_text="In your firm's time zone.")

    def __init__(self, *args: Any, order: WorkOrder, zone: str, now: datetime, **options: Any) -> None:
        self.zone = zone
        offers = list(answered_by_us(order))
        firm = offers[0].firm if offers else order.sub
        initial = {"with_whom": firm.contact_name if firm else "", "agreed": to_local(now, zone)}
        super().__init__(*args, **{"initial": initial, **options})
        steps = [
            (f"{step}:{offer.pk}:{offer.revision_id}", f"{offer.firm.name} {words}")
            for offer in offers
            for step, words in (("accept", "takes the job"), ("decline", "does not take it"))
        ]
        if order.sub and order.sub.status == Firm.Status.OFF_NETWORK:
            steps += WORK.get(order.status, [])
        if BACK not in steps:
            del self.fields["cause"], self.fields["words"]
        self.fields["step"].choices = steps  # type: ignore[attr-defined]  # the stubs see a plain field
        if order.status != WorkOrder.Status.IN_PROGRESS:
            del self.fields["units"], self.fields["asked_for_more"]

    def answer(self) -> Answer:
        step, _, rest = self.cleaned_data["step"].partition(":")
        offer, _, revision = rest.partition(":")
        return Answer(
            step,
            offer=UUID(offer) if offer else None,
            revision=UUID(revision) if revision else None,
            units=self.cleaned_data.get("units") or 0,
            asked_for_more=self.cleaned_data.get("asked_for_more"),
            cause=self.cleaned_data.get("cause", ""),
            words=self.cleaned_data.get("words", ""),
        )

    def spoken(self) -> Spoken:
        typed = self.cleaned_data
        return Spoken(typed["channel"], typed["with_whom"], resolve(typed["agreed"], self.zone))


def answered_by_us(order: WorkOrder) -> Any:
    """Return the open offers to firms off the network: we write their answers down. Any: a queryset with joins."""
    waiting = Offer.objects.filter(work_order=order, round=order.round, status=Offer.Status.SENT)
    return (
        waiting.filter(firm__status=Firm.Status.OFF_NETWORK).select_related("firm").order_by("position", "pk")
    )


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label="What did you agree?", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
