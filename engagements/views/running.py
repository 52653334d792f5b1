"""A running order at the desk: who goes, what is wrong, what was handed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from contracts.models import ApproachReport
from engagements import wording
from engagements.actions import access, backups, holding, onsite, preparing, reckoning, submissions, visits
from engagements.actions.preparing import ToTick
from engagements.forms import layout
from engagements.forms.changes import ResumeForm
from engagements.forms.visits import SubmitForm
from engagements.models import Deliverable, Problem, Submission, WorkOrder
from engagements.views.jobs import CREW, LEADS
from engagements.workflow import WORK_ORDER
from partnernet.core import clock, localtime
from partnernet.core.errors import Invalid
from partners.http import MemberRequest, answer, for_roles, tried


def running_context(request: MemberRequest, order: WorkOrder, *, side: str) -> dict[str, Any]:
    """Return what the order page shows from the acceptance on."""
    kept = list(order.deliverables.order_by("uploaded_at", "pk"))
    handed_in = list(order.submissions.select_related("submitted_by__user").order_by("-number"))
    steps = {step.name for step in WORK_ORDER.open_steps(order.status, side=side, role=request.member.role)}
    waits = [each for each in reversed(handed_in) if each.status == Submission.Status.SUBMITTED]
    return {
        "visits": list(order.visits.select_related("technician__user").order_by("number")),
        "problems": list(order.problems.select_related("opened_by__user").order_by("-opened_at", "-pk")),
        "tasks": list(order.tasks.order_by("position")),
        "grants": list(order.access_grants.with_work().order_by("handed_over_at", "pk"))
        if side == "prime"
        else [],
        "photos": [each for each in kept if each.kind == Deliverable.Kind.PHOTO],
        "signatures": [each for each in kept if each.kind == Deliverable.Kind.SIGNATURE],
        "waiting": [_decision(each, order, steps, first=each == waits[0]) for each in waits],
        "decided": [each for each in handed_in if each.status != Submission.Status.SUBMITTED],
        "may_hand_in_part": "submit_part" in steps and side == "sub",
        "approaches": list(
            ApproachReport.objects.visible_to(order.prime_id)
            .filter(work_order_id=order.pk)
            .order_by("-reported_at", "-pk")
        ),
        "leads": request.member.role in {"owner", "dispatcher"},
        "technician_form": layout.TechnicianForm().of(order.sub_id) if order.sub_id else None,
        "backup_form": layout.BackupForm(auto_id="backup_%s").of(order.sub_id) if order.sub_id else None,
        "task_form": layout.TaskForm(),
        "access_form": layout.AccessForm(),
        "send_back_form": layout.SendBackForm(),
        "resolve_form": layout.ResolveForm(),
        "hold_form": layout.HoldForm(),
    }


def _decision(submission: Submission, order: WorkOrder, steps: set[str], *, first: bool) -> dict[str, Any]:
    """Return when it is due and what may be done with handed-in work; the whole is approved after its parts."""
    part = "_part" if submission.is_part else ""
    zone, net_days = (order.sub or order.prime).timezone, order.net_days
    return {
        "submission": submission,
        "due_on": localtime.day_in(submission.submitted_at, zone) + timedelta(days=net_days),
        "may_approve": f"approve{part}" in steps and (first or submission.is_part),
        "may_send_back": f"send_back{part}" in steps,
    }


def _order(request: MemberRequest, pk: UUID) -> WorkOrder:
    return get_object_or_404(WorkOrder.objects.visible_to(request.member.firm_id), pk=pk)


def _back(request: MemberRequest, pk: UUID) -> str:
    return reverse("work-order", args=[request.member.firm_id, pk])


def _read(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    cleaned: dict[str, Any] = form.cleaned_data
    return cleaned


@require_POST
@for_roles(*LEADS)
def name_technician(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)

    def act() -> None:
        chosen = _read(layout.TechnicianForm(request.POST).of(firm))["technician"]
        visits.name_technician(order, by=request.member, technician=chosen.pk)

    return answer(request, act, to=_back(request, pk), said="They have been told.")


@require_POST
@for_roles(*LEADS)
def name_backup(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)

    def act() -> None:
        chosen = _read(layout.BackupForm(request.POST).of(firm))["technician"]
        backups.name_backup(order, by=request.member, technician=chosen.pk if chosen else None)

    return answer(request, act, to=_back(request, pk), said="Written down.")


@require_POST
@for_roles(*LEADS)
def send_backup(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)
    said = "The backup has been told to go now, on the same terms."
    return answer(
        request, lambda: backups.send_backup(order, by=request.member), to=_back(request, pk), said=said
    )


@require_POST
@for_roles(*LEADS)
def add_task(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)

    def act() -> None:
        preparing.add_task(order, ToTick(**_read(layout.TaskForm(request.POST))), by=request.member)

    return answer(request, act, to=_back(request, pk), said="Added.")


@require_POST
@for_roles(*LEADS)
def hand_over_access(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)

    def act() -> None:
        access.hand_over(order, access.Access(**_read(layout.AccessForm(request.POST))), by=request.member)

    return answer(request, act, to=_back(request, pk), said="Written down. It is owed back.")


@require_POST
@for_roles(*LEADS)
def send_back(request: MemberRequest, firm: UUID, pk: UUID, submission: UUID) -> HttpResponse:
    order = _order(request, pk)
    handed_in = get_object_or_404(Submission, pk=submission, work_order=order)

    def act() -> None:
        submissions.send_back(handed_in, by=request.member, **_read(layout.SendBackForm(request.POST)))

    return answer(request, act, to=_back(request, pk), said="Sent back with your reason.")


@for_roles(*CREW)
def hand_in_part(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Hand in what was done since the last part, at the desk or on the phone; of cover that is over, all of it."""
    order = get_object_or_404(WorkOrder.objects.taken_by(firm).with_sides(), pk=pk)
    visits_of = order.visits.order_by("-number")
    lead, now = request.member.role in {"owner", "dispatcher"}, clock.now()
    whole = order.is_cover and order.ends_at is not None and order.ends_at <= now
    back = reverse("work-order", args=[firm, pk])
    if not lead and order.is_cover:
        get_object_or_404(WorkOrder.objects.kept_by(request.member), pk=pk)
        back = reverse("today", args=[firm])
    elif not lead:
        visit = get_object_or_404(visits_of.filter(technician=request.member)[:1])
        back = reverse("visit", args=[firm, visit.pk])
    form = SubmitForm(request.POST or None)
    act = submissions.submit if whole else submissions.submit_part
    if tried(form, lambda: act(order, by=request.member, **form.cleaned_data)):
        messages.success(
            request, f"{'All of it' if whole else 'The part'} is handed in. {order.prime.name} has been told."
        )
        return redirect(back)
    reckoned, worked = reckoning.reckon(order, now=now, part=True)
    before = order.submissions.standing().together()
    context = {
        "form": form if whole or not submissions.nothing_new(order, now=now) else None, "order": order, "back": back, "whole": whole, "shows_money": lead, "units": worked.units - before.units,
        "hours": worked.hours - before.hours, "amount": reckoned.total - before.amount,
    }  # fmt: skip
    return render(request, "engagements/hand_in_part.html", context)


@require_POST
@for_roles(*CREW)
def resolve_problem(request: MemberRequest, firm: UUID, pk: UUID, problem: UUID) -> HttpResponse:
    order = _order(request, pk)
    opened = get_object_or_404(Problem, pk=problem, work_order=order)

    def act() -> None:
        onsite.resolve_problem(opened, by=request.member, **_read(layout.ResolveForm(request.POST)))

    return answer(request, act, to=_back(request, pk), said="Resolved.")


@require_POST
@for_roles(*LEADS)
def hold(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    order = _order(request, pk)

    def act() -> None:
        holding.hold(order, by=request.member, **_read(layout.HoldForm(request.POST)))

    return answer(
        request, act, to=_back(request, pk), said="On hold. Nothing counts as late until it goes on."
    )


@for_roles(*LEADS)
def resume(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Let it go on as agreed, or ask the other firm for another date."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm).with_sides(), pk=pk)
    form = ResumeForm(request.POST or None, order=order)
    sent = request.method == "POST"
    form.is_bound = sent  # an empty form means: on the date that was agreed
    if tried(form, lambda: holding.resume(order, by=request.member, schedule=form.schedule())):
        said = (
            "They are asked for that date."
            if form.schedule()
            else "It goes on, on the terms you both agreed on."
        )
        messages.success(request, said)
        return redirect(_back(request, pk))
    context = {"form": form, "order": order, "back": _back(request, pk), "schedule": wording.schedule(order)}
    return render(request, "engagements/resume.html", context)
