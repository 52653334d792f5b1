"""Pages on which work ends before it is done: what it means stands above the button."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from billing import actions
from engagements.actions import endings
from engagements.forms.endings import EndForm
from engagements.models import Engagement, WorkOrder
from engagements.views.jobs import LEADS
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, WrongSide
from partners.http import MemberRequest, for_roles, tried


@for_roles(*LEADS)
def cancel(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _page(request, pk, "cancel", button="Cancel the work order")


@for_roles(*LEADS)
def remove(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _page(request, pk, "remove", button="Take it off them")


@for_roles(*LEADS)
def back_out(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _page(request, pk, "back_out", button="Back out")


ACTS = {"cancel": actions.cancel_order, "remove": actions.remove_firm, "back_out": endings.back_out}


def _page(request: MemberRequest, pk: UUID, step: str, *, button: str) -> HttpResponse:
    order = get_object_or_404(WorkOrder.objects.visible_to(request.member.firm_id).with_sides(), pk=pk)
    side = order.side_of(request.member.firm_id)
    foreseen = endings.foresee(order, now=clock.now())
    form = EndForm(
        request.POST or None,
        step=step,
        asks=step == "back_out" and foreseen.pays is not None,
        over_client=endings.is_over_a_client(order),
    )
    page = reverse("work-order", args=[request.member.firm_id, pk])
    try:  # a page that could only be refused is refused at once
        WORK_ORDER.check(step, status=order.status, side=side, role=request.member.role, reason="asked below")
    except IllegalStep as refusal:
        messages.error(request, str(refusal))
        return redirect(page)
    except WrongSide as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    if tried(form, lambda: ACTS[step](order, form.ending(), by=request.member)):
        messages.success(request, _said(order, step))
        ours = WorkOrder.objects.visible_to(request.member.firm_id).filter(pk=pk).exists()
        return redirect(page if ours else reverse("home", args=[request.member.firm_id]))
    context = {"form": form, "order": order, "step": step, "button": button, "foreseen": foreseen}
    return render(request, "billing/end.html", context)


def _said(order: WorkOrder, step: str) -> str:
    other = order.prime.name if step == "back_out" else order.sub.name if order.sub else ""
    told = f" {other} knows." if other else ""
    return {
        "cancel": f"{order.reference} is cancelled.{told}",
        "remove": f"{order.reference} is yours again.{told}",
        "back_out": f"You have given {order.reference} back.{told}",
    }[step]


@for_roles(*LEADS)
def cancel_job(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Cancel a job with what runs of it."""
    job = get_object_or_404(Engagement.objects.visible_to(firm), pk=pk)
    form = EndForm(request.POST or None, step="cancel")
    if tried(form, lambda: actions.cancel_job(job, form.ending(), by=request.member)):
        return redirect("job", firm, pk)
    running = WorkOrder.objects.filter(engagement=job).still_open().exclude(status="submitted")
    rows: list[dict[str, Any]] = [
        {"order": order, "foreseen": endings.foresee(order, now=clock.now())}
        for order in running.with_sides().order_by("number")
    ]
    return render(request, "billing/end_job.html", {"form": form, "job": job, "rows": rows})
