"""What is told to whom about questions and messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from engagements.actions.news import DOOR, answering
from engagements.models import Assignment, Message, Offer, Question, Visit, WorkOrder
from engagements.models.offers import OPEN
from engagements.workflow import LEADS
from partnernet.core.notify import Addressee, News, owe, owe_each
from partners.models import Member


def asked(order: WorkOrder, question: Question, *, now: datetime) -> None:
    facts = {
        "order": order.reference,
        "title": order.title,
        "sub": question.offer.firm.name,
        "text": question.text,
    }
    path = reverse("work-order", args=[order.prime_id, order.pk])
    to = Member.objects.active().addressees(order.prime_id, *LEADS)
    owe("question_asked", to=to, now=now, path=path, context=facts, subject_id=order.pk)


def answered(order: WorkOrder, question: Question, offers: Sequence[Offer], *, now: datetime) -> None:
    """Tell every firm that may still take the work, in the same words: nothing says whose question it was."""
    facts = {"prime": order.prime.name, "text": question.text, "answer": question.answer}
    many = [
        News(answering(order, each), reverse("offer", args=[each.firm_id, each.pk]), facts, each.pk)
        for each in offers
        if each.status in OPEN
    ]
    owe_each("question_answered", many, now=now, doorway=DOOR)


def written(order: WorkOrder, message: Message, deal: Assignment | None, *, now: datetime) -> None:
    """Tell the other firm, with its technician; of an internal message only the leads of the own firm."""
    author = message.author
    facts: dict[str, Any] = {
        "order": order.reference, "title": order.title, "who": author.user.called, "firm": author.firm.name,
        "text": message.text,
    }  # fmt: skip
    if message.audience == Message.Audience.INTERNAL:
        _owe("message_internal", message, author.firm_id, facts, now=now)
        return
    if deal is None:
        return
    other = deal.firm_id if author.firm_id == order.prime_id else order.prime_id
    _owe("message_written", message, other, facts, now=now)
    if author.role == Member.Role.TECHNICIAN:  # those who lead them read along
        _owe("message_written", message, author.firm_id, facts, now=now)
    elif deal.technician_id and deal.technician_id != author.pk:
        _owe_technician(order, deal, facts, now=now)


def _owe(kind: str, message: Message, firm: UUID, facts: dict[str, Any], *, now: datetime) -> None:
    order = message.work_order
    to = _but(message.author, Member.objects.active().addressees(firm, *LEADS))
    path = reverse("work-order", args=[firm, order.pk])
    owe(kind, to=to, now=now, path=path, context=facts, subject_id=order.pk)


def _but(author: Member, to: Iterable[Addressee]) -> list[Addressee]:
    return [each for each in to if each.user_id != author.user_id]


def _owe_technician(order: WorkOrder, deal: Assignment, facts: dict[str, Any], *, now: datetime) -> None:
    """Tell who goes, on the page of the visit; a technician who leads as well has been told as such."""
    going = Member.objects.active().exclude(role__in=LEADS).select_related("user")
    goes = going.filter(pk=deal.technician_id).first() if deal.technician_id else None
    visit = (
        Visit.objects.filter(work_order=order, technician=goes).order_by("-number").first() if goes else None
    )
    if goes is None or visit is None:
        return
    path = reverse("visit", args=[order.sub_id, visit.pk])
    owe("message_written", to=[goes.addressee()], now=now, path=path, context=facts, subject_id=order.pk)
