"""What a firm off the network answered is written down by the firm that keeps it; it gets a copy and may object.

Every answer runs the very step that the firm would take itself, by a stand-in (see docs/adr/0011).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from engagements.actions import answers, call_offs, changes, onsite, submissions, timekeeping, visits
from engagements.actions.endings import Ending, back_out
from engagements.models import CallOff, ChangeRequest, Offer, RecordedAnswer, Task, Visit, WorkOrder
from partnernet.core import clock, money, uploads
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongSide
from partnernet.core.localtime import to_local
from partnernet.core.notify import Addressee, owe
from partners.actions.off_network import stand_in
from partners.models import Firm, Member

LEADS = ("owner", "dispatcher")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. An offer is named with the terms that were read out; `units` are those done since the arrival.

    `about` is the change that is agreed or refused, or the call-off; `minutes` were worked on that. `tasks` are those that
    they say are done, `photo` one that they sent. Whoever gives the work back says why: `cause` is one of `endings.CAUSES`.
    """

    step: str
    offer: UUID | None = None
    revision: UUID | None = None
    about: UUID | None = None
    minutes: int = 0
    units: int = 0
    tasks: tuple[UUID, ...] = ()
    photo: uploads.Upload | None = None
    asked_for_more: bool | None = None
    cause: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """How it was agreed, with whom, and when."""

    channel: str
    with_whom: str
    at: datetime


@transaction.atomic
def record(
    order: WorkOrder, answer: Answer, spoken: Spoken, *, by: Member, now: datetime | None = None
) -> RecordedAnswer:
    """Take a step for a firm off the network, keep how it was agreed, and send that firm a copy.

    Raises WrongSide for a firm that answers for itself, and whatever the step itself would raise.
    """
    order = WorkOrder.objects.visible_to(by.firm_id).with_sides().get(pk=order.pk)
    now = now or clock.now()
    if order.prime_id != by.firm_id:
        raise WrongSide("The firm that gives the work writes the answers down.")
    offer = _offer(order, answer)
    firm = offer.firm if offer else order.sub
    if firm is None:
        raise IllegalStep("No firm has this work yet.")
    acts = stand_in(firm, by=by, now=now)
    _holds(spoken, now=now)

    said = _take(order, offer, answer, acts, now=now)
    kept = RecordedAnswer.objects.create(
        work_order=order,
        firm=firm,
        step=answer.step,
        said=said[:300],
        channel=spoken.channel,
        with_whom=spoken.with_whom.strip()[:120],
        agreed_at=spoken.at,
        by=by,
        recorded_at=now,
    )
    _send_copy(kept, firm, by=by, now=now)
    return kept


@transaction.atomic
def object_to(kept: RecordedAnswer, *, words: str, now: datetime | None = None) -> RecordedAnswer:
    """Say that this is not what was agreed: the order is flagged to the firm that wrote it. Twice changes nothing."""
    rows = RecordedAnswer.objects.select_for_update(of=("self",), no_key=True)
    kept = rows.select_related("work_order__prime", "firm").get(pk=kept.pk)
    now = now or clock.now()
    if kept.objected_at:
        return kept

    kept.objected_at, kept.objection = now, words.strip()[:500]
    kept.save(update_fields=["objected_at", "objection"])
    order = kept.work_order
    owe(
        "recorded_objected",
        to=Member.objects.active().addressees(order.prime_id, *LEADS),
        now=now,
        path=reverse("work-order", args=[order.prime_id, order.pk]),
        context={
            "order": order.reference,
            "title": order.title,
            "firm": kept.firm.name,
            "contact": kept.firm.contact_name,
            "said": kept.said,
            "words": kept.objection,
        },
        subject_id=order.pk,
        urgent=True,
    )
    return kept


def _offer(order: WorkOrder, answer: Answer) -> Offer | None:
    if answer.step not in ("accept", "decline"):
        return None
    if answer.offer is None:
        raise Invalid({"step": ["Choose the offer that was answered."]})
    found = Offer.objects.filter(work_order=order, pk=answer.offer).select_related("firm", "revision").first()
    if found is None:
        raise Invalid({"step": ["Choose the offer that was answered."]})
    return found


def _holds(spoken: Spoken, *, now: datetime) -> None:
    if spoken.channel not in RecordedAnswer.Channel.values:
        raise Invalid({"channel": ["Say how it was agreed."]})
    if not spoken.with_whom.strip():
        raise Invalid({"with_whom": ["Say with whom."]})
    if spoken.at > now:
        raise Invalid({"agreed": ["This time is still to come."]})


def _take(order: WorkOrder, offer: Offer | None, answer: Answer, acts: Member, *, now: datetime) -> str:
    """Take the step and say in a sentence what it means."""
    if offer is not None:
        return _answer(order, offer, answer, acts, now=now)
    if answer.step in ("agree", "refuse"):
        return _decide(order, answer, acts, now=now)
    if answer.step in ("on_it", "ticket"):
        return _call_off(order, answer, acts, now=now)
    _show(order, answer, acts, now=now)
    if answer.step in ("arrive", "leave"):
        return _be_there(order, answer, acts, now=now)
    which, who = f"{order.reference} {order.title}", acts.firm.name
    if answer.step == "hand_in":
        made = submissions.submit(order, by=acts, client_asked_for_more=answer.asked_for_more, now=now)
        return f"{who} hands in {which}. It pays {money.show(made.amount, order.currency)}."
    if answer.step == "back_out":
        ending = Ending(answer.cause, answer.words, answer.asked_for_more)
        why = ending.in_words("back_out")
        back_out(order, ending, by=acts, now=now)
        return f"{who} gives {which} back. {why}"
    raise Invalid({"step": ["Choose what was answered."]})


def _answer(order: WorkOrder, offer: Offer, answer: Answer, acts: Member, *, now: datetime) -> str:
    which, who = f"{order.reference} {order.title}", acts.firm.name
    if answer.step == "decline":
        answers.decline(offer, by=acts, now=now)
        return f"{who} does not take {which}."
    if answer.revision is None or offer.revision is None:
        raise Invalid({"step": ["Choose the offer that was answered."]})
    answers.accept(offer, by=acts, revision=answer.revision, now=now)
    return f"{who} takes {which}, for at most {money.show(offer.revision.not_to_exceed, order.currency)}."


def _be_there(order: WorkOrder, answer: Answer, acts: Member, *, now: datetime) -> str:
    which, who = f"{order.reference} {order.title}", acts.firm.name
    if answer.step == "arrive":
        visits.acknowledge_briefing(order, by=acts, now=now)
        if order.status == WorkOrder.Status.IN_PROGRESS and not order.visits.still_open().exists():
            visits.plan_another(order, by=acts, now=now)
        visits.check_in(_visit(order), by=acts, now=now)
        return f"{who} knows the four rules and is on site for {which}."
    visit = _visit(order)
    if answer.units:
        onsite.count_units(order, by=acts, units=answer.units, now=now)
    visits.finish(visit, by=acts, now=now)
    return f"{who} left the site; {answer.units} done for {which}."


def _decide(order: WorkOrder, answer: Answer, acts: Member, *, now: datetime) -> str:
    """Agree to a change that we asked for, or keep what was agreed."""
    asked = ChangeRequest.objects.of_deal(order).still_open().filter(pk=_named(answer)).first()
    if asked is None:
        raise Invalid({"step": ["Choose the change that was answered."]})
    if answer.step == "agree":
        changes.agree(asked, by=acts, now=now)
        return f"{acts.firm.name} agrees to a change of {order.reference}: {asked.text}"
    changes.refuse(asked, by=acts, reason=answer.words, asked_for_more=answer.asked_for_more, now=now)
    return f"{acts.firm.name} keeps to what was agreed for {order.reference}, instead of: {asked.text}"


def _call_off(order: WorkOrder, answer: Answer, acts: Member, *, now: datetime) -> str:
    """Answer a call-off, or log what was worked on it and say that it is done."""
    called = CallOff.objects.filter(work_order=order, pk=_named(answer)).first()
    if called is None:
        raise Invalid({"step": ["Choose the ticket that was answered."]})
    if answer.step == "on_it":
        visits.acknowledge_briefing(order, by=acts, now=now)
        call_offs.acknowledge(called, by=acts, now=now)
        return f"{acts.firm.name} is on ticket {called.ticket} of {order.reference}."
    if answer.minutes:
        worked = timekeeping.Worked(minutes=answer.minutes, call_off=called.pk)
        timekeeping.log(order, worked, by=acts, now=now)
    call_offs.finish(called, by=acts, now=now)
    return (
        f"{acts.firm.name} has done ticket {called.ticket} of {order.reference} in {answer.minutes} minutes."
    )


def _named(answer: Answer) -> UUID:
    if answer.about is None:
        raise Invalid({"step": ["Say which one was answered."]})
    return answer.about


def _show(order: WorkOrder, answer: Answer, acts: Member, *, now: datetime) -> None:
    """Tick what they say is done, and keep the photo that they sent."""
    for task in Task.objects.filter(work_order=order, pk__in=answer.tasks).order_by("position"):
        onsite.tick(task, by=acts, done=True, now=now)
    if answer.photo is not None:
        onsite.add_photo(order, by=acts, photo=answer.photo, now=now)


def _visit(order: WorkOrder) -> Visit:
    visit = order.visits.still_open().order_by("-number").first()
    if visit is None:
        raise RuleBroken("No visit is open.")
    return visit


def _send_copy(kept: RecordedAnswer, firm: Firm, *, by: Member, now: datetime) -> None:
    local = to_local(kept.agreed_at, firm.timezone)
    owe(
        "recorded_copy",
        to=[Addressee(firm.contact_email, firm.contact_name)],
        now=now,
        context=_facts(kept, by) | {"when": f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"},
        subject_id=kept.pk,
        doorway="not-agreed",
    )


def _facts(kept: RecordedAnswer, by: Member) -> dict[str, Any]:
    return {
        "prime": by.firm.name,
        "person": by.user.called,
        "said": kept.said,
        "how": kept.get_channel_display().lower(),
        "whom": kept.with_whom,
    }
