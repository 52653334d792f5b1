"""Changes of a running order: asked on a page of their own, decided on the order's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from engagements import wording
from engagements.actions import changes
from engagements.forms.changes import ChangeForm, RefuseForm
from engagements.models import ChangeRequest, Visit, WorkOrder
from engagements.models.changes import MONEY
from engagements.workflow import CHANGE_REQUEST, LEADS, RUNNING
from partnernet.core.errors import IllegalStep
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Member

LEAD = ("owner", "dispatcher")
CREW = ("owner", "dispatcher", "technician")


def changes_context(member: Member, order: WorkOrder) -> dict[str, Any]:
    """Return the rows of the card: what is open first, with what it would leave the prime."""
    found = ChangeRequest.objects.of_deal(order).select_related("assignment").with_people()
    asked = list(found.order_by("-asked_at", "-pk")[:50])
    waits = [each for each in asked if each.status == ChangeRequest.Status.ASKED and each.kind in MONEY]
    margins = changes.margins_after(order, waits) if member.firm_id == order.prime_id else {}
    rows = [_row(member, order, each) | {"margin": margins.get(each.pk)} for each in asked]
    rows.sort(key=lambda row: row["asked"].status != ChangeRequest.Status.ASKED)
    runs = order.status in RUNNING.split()
    return {
        "changes": rows,
        "changes_open": sum(row["asked"].status == ChangeRequest.Status.ASKED for row in rows),
        "may_ask": _kinds(member, order) if runs and member.role in LEADS else [],
    }


def _kinds(member: Member, order: WorkOrder) -> list[tuple[str, str]]:
    """Return what this firm may ask for; another technician only once the first has begun."""
    began = WorkOrder.Status.ASSIGNED not in (order.status, order.held_from)
    swaps = began and member.firm_id == order.sub_id
    return [each for each in ChangeRequest.Kind.choices if swaps or each[0] != ChangeRequest.Kind.SWAP]


def _row(member: Member, order: WorkOrder, asked: ChangeRequest) -> dict[str, Any]:
    side = asked.side_of(member.firm_id, prime_id=order.prime_id)
    steps = CHANGE_REQUEST.open_steps(asked.status, side=side, role=member.role)
    return {"asked": asked, "what": wording.change(asked), "may": {step.name for step in steps}}


def own_changes(member: Member, order: WorkOrder) -> list[dict[str, Any]]:
    """Return what the person asked for themselves: a technician reads no amount that somebody else typed."""
    mine = ChangeRequest.objects.of_deal(order).filter(asked_by=member).select_related("technician__user")
    found = mine.order_by("-asked_at", "-pk")
    return [{"asked": each, "what": wording.change(each)} for each in found[:20]]


@for_roles(*LEAD)
def ask(request: MemberRequest, firm: UUID, pk: UUID, kind: str) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.visible_to(firm).with_sides(), pk=pk)
    return _ask(request, order, kind, back=reverse("work-order", args=[firm, pk]))


@for_roles(*CREW)
def ask_on_visit(request: MemberRequest, firm: UUID, pk: UUID, kind: str) -> HttpResponse:
    """Ask for money to spend, from the visit."""
    mine = Visit.objects.filter(work_order__sub=firm)
    if request.member.role not in LEADS:
        mine = mine.of_technician(request.member)
    visit = get_object_or_404(mine, pk=pk)
    if kind not in changes.BY_TECHNICIANS:
        raise Http404
    order = WorkOrder.objects.with_sides().get(pk=visit.work_order_id)
    return _ask(request, order, kind, back=reverse("visit", args=[firm, pk]))


def _ask(request: MemberRequest, order: WorkOrder, kind: str, *, back: str) -> HttpResponse:
    if kind not in ChangeRequest.Kind.values:
        raise Http404
    try:  # a page that could only be refused is refused at once
        changes.require_may_ask(order, kind, by=request.member)
    except IllegalStep as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    form = ChangeForm(request.POST or None, kind=kind, order=order)
    if tried(form, lambda: changes.ask(order, form.wanted(), by=request.member)):
        messages.success(request, "Asked. Nothing changes until they agree.")
        return redirect(back)
    context = {
        "form": form,
        "order": order,
        "title": ChangeRequest.Kind(kind).label,
        "other": order.sub.name
        if order.prime_id == request.member.firm_id and order.sub
        else order.prime.name,
        "schedule": wording.schedule(order) if kind == ChangeRequest.Kind.SCHEDULE else "",
        "back": back,
    }
    return render(request, "engagements/change_form.html", context)


def _of_order(request: MemberRequest, pk: UUID, change: UUID) -> ChangeRequest:
    order = get_object_or_404(WorkOrder.objects.visible_to(request.member.firm_id), pk=pk)
    found = ChangeRequest.objects.of_deal(order).select_related("assignment")
    return get_object_or_404(found, pk=change)


@require_POST
@for_roles(*LEAD)
def agree(request: MemberRequest, firm: UUID, pk: UUID, change: UUID) -> HttpResponse:
    asked, to = _of_order(request, pk, change), reverse("work-order", args=[firm, pk])
    return answer(
        request, lambda: changes.agree(asked, by=request.member), to=to, said="Agreed. It counts now."
    )


@require_POST
@for_roles(*LEAD)
def refuse(request: MemberRequest, firm: UUID, pk: UUID, change: UUID) -> HttpResponse:
    asked, to = _of_order(request, pk, change), reverse("work-order", args=[firm, pk])
    form = RefuseForm(request.POST)
    typed = form.cleaned_data if form.is_valid() else {}
    said = "What was agreed before stands. They know."
    if asked.after_hold:
        said, to = "The work is given back. Nothing counts against you.", reverse("work-orders", args=[firm])
    return answer(request, lambda: changes.refuse(asked, by=request.member, **typed), to=to, said=said)


@require_POST
@for_roles(*CREW)
def withdraw(request: MemberRequest, firm: UUID, pk: UUID, change: UUID) -> HttpResponse:
    """Take a request back; a technician comes from the visit and returns to it."""
    asked = _of_order(request, pk, change)
    to = reverse("work-order", args=[firm, pk])
    if request.member.role not in LEADS:
        visit = get_object_or_404(
            Visit.objects.of_technician(request.member).filter(work_order=pk).order_by("-number")[:1]
        )
        to = reverse("visit", args=[firm, visit.pk])
    return answer(request, lambda: changes.withdraw(asked, by=request.member), to=to, said="Taken back.")
