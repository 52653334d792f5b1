"""Questions about an offer, and messages beside an order or a visit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages as said
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from engagements.actions import talk
from engagements.forms.talk import MessageForm, QuestionForm, ReplyForm
from engagements.models import Message, Offer, Question, Visit, WorkOrder
from engagements.models.offers import OPEN
from engagements.models.talk import MOST_QUESTIONS
from engagements.views.heeding import heeded, sealed
from engagements.workflow import LEADS, QUESTION
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Member

LEAD = ("owner", "dispatcher")
CREW = ("owner", "dispatcher", "technician")
DESK = ("owner", "dispatcher", "finance", "viewer")
NEWEST = 50


def asked_context(offer: Offer, *, firm_id: UUID) -> dict[str, Any]:
    """Return what a firm that was asked reads: its own questions, and what was answered to all."""
    found = list(Question.objects.visible_to(firm_id).in_round_of(offer).in_order()[:100])
    own = sum(each.offer_id == offer.pk for each in found)
    in_time = offer.respond_by is not None and clock.now() < offer.respond_by
    return {
        "questions": found,
        "may_ask_here": True,
        "questions_left": MOST_QUESTIONS - own if offer.status in OPEN and in_time else 0,
    }


def questions_of(order: WorkOrder) -> list[dict[str, Any]]:
    """Return what the firm that gives the work reads: who asked what, what waits first."""
    found = Question.objects.filter(offer__work_order=order).select_related(
        "offer__firm", "answered_by__user"
    )
    rows = found.order_by("-asked_at", "-pk")[:100]
    return sorted(
        (
            {
                "question": each,
                "may": each.status in QUESTION.rows("answer")[0].sources
                and order.status == WorkOrder.Status.OFFERED
                and each.offer.round == order.round,
            }
            for each in rows
        ),
        key=lambda row: not row["may"],
    )


def messages_context(member: Member, order: WorkOrder) -> dict[str, Any]:
    """Return the newest messages in their order, what of them is new, and to whom this person may write."""
    visible = Message.objects.visible_to(member).filter(work_order=order)
    newest = list(visible.with_people().order_by("-written_at", "-pk")[:NEWEST])
    new = set(Message.objects.unread_by(member).filter(work_order=order).values_list("pk", flat=True))
    audiences = []
    if order.sub_id and member.role in CREW:
        audiences.append(Message.Audience.SHARED)
    if member.role in LEADS:
        audiences.append(Message.Audience.INTERNAL)
    return {
        "thread": [{"message": each, "new": each.pk in new} for each in reversed(newest)],
        "unread": len(new),
        "other_firm": _other(member, order),
        "audiences": audiences,
    }


def _other(member: Member, order: WorkOrder) -> str:
    """Return the name of the firm that reads along, if there is one yet."""
    if member.firm_id != order.prime_id:
        return order.prime.name
    return order.sub.name if order.sub else ""


def unread_of(orders: Iterable[WorkOrder], member: Member) -> dict[UUID, int]:
    """Count what a person has not read, by order, in one query."""
    unread = Message.objects.unread_by(member).filter(work_order__in=[order.pk for order in orders])
    return dict(
        unread.order_by().values("work_order").annotate(count=Count("pk")).values_list("work_order", "count")
    )


@for_roles(*LEAD)
def ask(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    offer = get_object_or_404(Offer.objects.received_by(firm).with_terms(), pk=pk)
    form, back = QuestionForm(request.POST or None), reverse("offer", args=[firm, pk])
    if tried(form, lambda: talk.ask(offer, by=request.member, **form.cleaned_data)):
        said.success(request, "Asked. You are told when there is an answer.")
        return redirect(back)
    prime = offer.work_order.prime.name
    context = {
        "form": form,
        "back": back,
        "title": f"Ask {prime}",
        "above": f"Offer from {prime}",
        "submit": "Ask",
    }
    return render(request, "engagements/talk_form.html", context)


@for_roles(*LEAD)
def answer_question(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Answer; words that give a client or a firm away are shown before they leave."""
    found = Question.objects.filter(offer__work_order__prime=firm)
    question = get_object_or_404(found.select_related("offer__work_order__client", "offer__firm"), pk=pk)
    order = question.offer.work_order
    form, back = ReplyForm(request.POST or None), reverse("work-order", args=[firm, order.pk])
    warnings: list[str] = []
    if form.is_valid():
        warnings = talk.warnings_for([question], form.cleaned_data["text"])[question.pk]
        if heeded(request, form, warnings) and tried(
            form, lambda: talk.answer(question, by=request.member, **form.cleaned_data)
        ):
            said.success(request, "Answered to every firm that you asked.")
            return redirect(back)
    context = {
        "form": form,
        "back": back,
        "title": "Answer a question",
        "above": f"{order.reference} {order.title}",
        "submit": "Answer all of them",
        "question": question,
        "seen": sealed(warnings),
    }
    return render(request, "engagements/talk_form.html", context)


def _order(request: MemberRequest, pk: UUID) -> WorkOrder:
    return get_object_or_404(WorkOrder.objects.visible_to(request.member.firm_id), pk=pk)


def _visit(request: MemberRequest, pk: UUID) -> Visit:
    found = Visit.objects.filter(work_order__sub=request.member.firm_id).select_related("work_order")
    if request.member.role not in LEADS:
        found = found.of_technician(request.member)
    return get_object_or_404(found, pk=pk)


def _write(request: MemberRequest, order: WorkOrder, *, back: str, audience: str = "") -> HttpResponse:
    def act() -> None:
        form = MessageForm(request.POST)
        if not form.is_valid():
            raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
        chosen = audience or form.cleaned_data["audience"]
        talk.write(order, by=request.member, text=form.cleaned_data["text"], audience=chosen)

    return answer(request, act, to=f"{back}#messages", said="Written.")


@require_POST
@for_roles(*LEAD)
def write(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _write(request, _order(request, pk), back=reverse("work-order", args=[firm, pk]))


@require_POST
@for_roles(*CREW)
def write_on_visit(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Write to both firms from the phone."""
    visit = _visit(request, pk)
    return _write(request, visit.work_order, back=reverse("visit", args=[firm, pk]), audience="shared")


@require_POST
@for_roles(*DESK)
def read(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Mark the messages of an order as read: sent by the page that shows them."""
    talk.mark_read(_order(request, pk), by=request.member)
    return _marked(request, reverse("work-order", args=[firm, pk]))


@require_POST
@for_roles(*CREW)
def read_on_visit(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    talk.mark_read(_visit(request, pk).work_order, by=request.member)
    return _marked(request, reverse("visit", args=[firm, pk]))


def _marked(request: MemberRequest, back: str) -> HttpResponse:
    return HttpResponse(status=204) if request.htmx else redirect(f"{back}#messages")
