"""What is typed when a firm off the network has answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from engagements.actions.recorded import Answer, Spoken
from engagements.endings import CAUSES
from engagements.forms.terms import WallTimeField
from engagements.models import CallOff, ChangeRequest, Offer, RecordedAnswer, WorkOrder
from partnernet.core import uploads
from partnernet.core.localtime import resolve, to_local
from partners.models import Firm

BACK = ("back_out", "They give the work back")
WORK = {
    "assigned": [("arrive", "They are on site, and know the four rules"), BACK],
    "in_progress": [
        ("arrive", "They are on site again"), ("leave", "They left the site"), ("hand_in", "They hand the work in"), BACK,
    ],
    "on_hold": [BACK],
}  # fmt: skip


class RecordForm(forms.Form):
    """The answers that are possible now; of an offer with the terms that stand."""

    step = forms.ChoiceField(label="What they said", widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label="Minutes worked on the ticket", required=False, min_value=0, max_value=1440
    )
    tasks = forms.TypedMultipleChoiceField(
        label="Done, as they say", required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    file = forms.FileField(label="A photo that they sent", required=False)
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
            steps += [
                *_changes(order),
                *_tickets(order),
                *(each for each in WORK.get(order.status, []) if _fits(order, each)),
            ]
        self._choose("step", steps)
        self._choose(
            "tasks", [(task.pk, task.text) for task in order.tasks.filter(done_at=None).order_by("position")]
        )
        for name in self._useless(order, [step.partition(":")[0] for step, _ in steps]):
            del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # the stubs see a plain field

    def _useless(self, order: WorkOrder, steps: list[str]) -> set[str]:
        """Return the fields that no answer of now asks for."""
        running = order.status == WorkOrder.Status.IN_PROGRESS
        asked = {
            "cause": "back_out" in steps,
            "words": bool({"back_out", "refuse"} & set(steps)),
            "minutes": "ticket" in steps,
            "tasks": running and bool(self.fields["tasks"].choices),  # type: ignore[attr-defined]  # as above
            "file": running,
            "units": running and not order.is_cover,
            "asked_for_more": running or "refuse" in steps,
        }
        return {name for name, wanted in asked.items() if not wanted}

    def answer(self) -> Answer:
        """Return what was answered; a photo is drawn anew. Raises RuleBroken for a file that is none."""
        sent = self.cleaned_data.get("file")
        step, _, rest = self.cleaned_data["step"].partition(":")
        first, _, revision = rest.partition(":")
        named = {"offer" if revision else "about": UUID(first)} if first else {}
        return Answer(
            step,
            **named,
            revision=UUID(revision) if revision else None,
            minutes=self.cleaned_data.get("minutes") or 0,
            tasks=tuple(self.cleaned_data.get("tasks", ())),
            photo=uploads.picture(sent.read(), sent.name) if sent else None,
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


def _changes(order: WorkOrder) -> list[tuple[str, str]]:
    """Return the answers to each change that we asked for."""
    waiting = (
        ChangeRequest.objects.of_deal(order).still_open().filter(side="prime").order_by("asked_at", "pk")
    )
    return [
        (f"{step}:{asked.pk}", f"{words}: {asked.get_kind_display()}, {asked.text}")
        for asked in waiting
        for step, words in (("agree", "They agree"), ("refuse", "They keep to what was agreed"))
    ]


def _tickets(order: WorkOrder) -> list[tuple[str, str]]:
    """Return the answer that each open call-off waits for."""
    return [
        (f"on_it:{called.pk}", f"They are on ticket {called.ticket}")
        if called.status == CallOff.Status.CALLED
        else (f"ticket:{called.pk}", f"Ticket {called.ticket} is done")
        for called in order.call_offs.still_open().order_by("number")
    ]


def _fits(order: WorkOrder, answer: tuple[str, str]) -> bool:
    """Whether an answer is one about this work: nobody arrives for cover, whose hours are those of its tickets."""
    return not (order.is_cover and answer[0] in ("arrive", "leave"))


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label="What did you agree?", max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
