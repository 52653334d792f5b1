"""Cover that runs: what is called off, answered, worked and logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from engagements import wording
from engagements.actions import call_offs as actions
from engagements.actions import submissions, timekeeping, visits
from engagements.actions.submissions import ClientAsked
from engagements.briefing import rules
from engagements.forms import call_offs as typed
from engagements.forms.visits import AskedForm
from engagements.giving_away import names_the_client
from engagements.models import CallOff, TimeEntry, WorkOrder
from engagements.models.call_offs import CallOffQuerySet
from engagements.views.heeding import heeded
from engagements.views.jobs import CREW, LEADS
from engagements.workflow import CALL_OFF
from partnernet.core import clock, localtime
from partnernet.core.errors import Invalid
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Member

SEERS = ("owner", "dispatcher", "technician", "viewer")
USUAL_MINUTES = ((15, "15 min"), (30, "30 min"), (60, "1 hour"), (120, "2 hours"))
SHOWN = 30


def seen_by(member: Member) -> CallOffQuerySet:
    """The call-offs of the firm; of a technician, those of cover that they keep."""
    found = CallOff.objects.visible_to(member.firm_id)
    return found.of_technician(member) if member.role == Member.Role.TECHNICIAN else found


def waiting_for(member: Member) -> list[CallOff]:
    """Return what this person has to answer or to do, the most urgent first."""
    found = seen_by(member).filter(work_order__sub=member.firm_id).still_open()
    return list(found.with_work().order_by("acknowledged_at", "answer_by", "pk")[:SHOWN])


def cover_context(member: Member, order: WorkOrder, *, side: str) -> dict[str, Any]:
    """Return what the page of a cover order shows beside its terms."""
    if not order.is_cover:
        return {"promise": ""}
    now, span = clock.now(), order.span()
    week = span.week_of(localtime.day_in(now, order.timezone))
    called = order.call_offs.select_related("client", "technician__user", "work_order")
    days = order.time_entries.all().by_day()
    return {
        "promise": wording.promise(order),
        "side_is_prime": side == "prime",
        "called": list(called.order_by("ended_at", "-number")[:SHOWN]),
        "now": now,
        "week_hours": wording.hours_of(
            sum(spent for day, spent in days.items() if span.week_of(day) == week)
        ),
        "all_hours": wording.hours_of(sum(days.values())),
        "entries": list(order.time_entries.with_work().newest_first()[:SHOWN]),
        "may_call": side == "prime" and member.role in LEADS and order.status in actions.RUNS,
        "may_log": side == "sub" and member.role in CREW and order.status in actions.RUNS,
    }


@for_roles(*LEADS)
def new(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Call a ticket off under cover."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm).with_sides(), pk=pk)
    form = typed.CallOffForm(request.POST or None, firm=firm)
    made: list[CallOff] = []
    warnings = names_the_client({"what": form.cleaned_data["what"]}, [form.cleaned_data["client"]]) if form.is_valid() else []  # fmt: skip
    if (
        form.is_valid()
        and heeded(request, form, warnings)
        and tried(form, lambda: made.append(actions.call_off(order, form.call(), by=request.member)))
    ):
        return redirect("call-off", firm, made[0].pk)
    context = {"form": form, "order": order, "warnings": warnings, "promise": wording.promise(order)}
    return render(request, "engagements/call_off_form.html", context)


@require_GET
@for_roles(*SEERS)
def call_off(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """One call-off: at the desk, and on a phone."""
    return _page(request, pk)


def _page(request: MemberRequest, pk: UUID, form: typed.TimeForm | None = None) -> HttpResponse:
    member = request.member
    called = get_object_or_404(seen_by(member).with_work(), pk=pk)
    order, side = called.work_order, called.work_order.side_of(member.firm_id)
    steps = CALL_OFF.open_steps(called.status, side=side, role=member.role)
    entries = list(called.time_entries.with_work().newest_first())
    staff = Member.objects.active().of(member.firm_id).select_related("user").order_by("user__name", "pk")
    context = {
        "called": called,
        "order": order,
        "side": side,
        "now": clock.now(),
        "named": side == "prime" or called.is_named,
        "may": {step.name for step in steps} if order.status in actions.RUNS else set(),
        "late": called.answered_late(clock.now()),
        "rules": rules(order),
        "read": side == "sub" and visits.has_read_briefing(order, member),
        "entries": entries,
        "worked": wording.hours_of(sum(each.minutes for each in entries if not each.struck_at)),
        "may_log": side == "sub" and member.role in CREW and called.is_named and order.status in actions.RUNS,
        "usual": USUAL_MINUTES,
        "form": form or typed.TimeForm(member=member),
        "asked_form": AskedForm(),
        "staff": list(staff) if side == "sub" and member.role in LEADS else [],
    }
    return render(request, "engagements/call_off.html", context)


@require_POST
@for_roles(*CREW)
def acknowledge(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Answer; whoever has just read the four rules on the page says both at once."""
    called = get_object_or_404(seen_by(request.member).select_related("work_order__prime"), pk=pk)

    @transaction.atomic
    def act() -> None:
        sent = _read(typed.AnswerCallForm(request.POST))
        if request.POST.get("rules") == "1":
            visits.acknowledge_briefing(called.work_order, by=request.member)
        actions.acknowledge(called, by=request.member, **sent)

    said = f"{called.work_order.prime.name} knows that you are on it."
    return answer(request, act, to=_to(request, pk), said=said)


@require_POST
@for_roles(*CREW)
def finish(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _step(
        request,
        pk,
        lambda called: actions.finish(called, by=request.member),
        said="Done. They have been told.",
    )


@require_POST
@for_roles(*CREW)
def asked(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Pass on that the client of a call-off asked for more."""

    def act(called: CallOff) -> None:
        more = ClientAsked(**_read(AskedForm(request.POST)), call_off=called.pk)
        submissions.client_asked(called.work_order, by=request.member, asked=more)

    return _step(request, pk, act, said="Passed on. You are on record as having done so.")


@require_POST
@for_roles(*LEADS)
def raise_cap(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    def act(called: CallOff) -> None:
        actions.raise_cap(called, by=request.member, **_read(typed.CapForm(request.POST)))

    return _step(request, pk, act, said="They have been told.")


@require_POST
@for_roles(*LEADS)
def call_back(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    def act(called: CallOff) -> None:
        actions.cancel(called, by=request.member, **_read(typed.CallBackForm(request.POST)))

    return _step(request, pk, act, said="Called back. They have been told.")


@require_POST
@for_roles(*CREW)
def log(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Log time on a call-off; what was refused is shown again with what was typed."""
    called = get_object_or_404(seen_by(request.member).select_related("work_order"), pk=pk)
    form = typed.TimeForm(request.POST, member=request.member)
    if tried(form, lambda: timekeeping.log(called.work_order, form.worked(called.pk), by=request.member)):
        return _step(request, pk, lambda _: None, said="Logged.")
    return _page(request, pk, form)


@for_roles(*CREW)
def log_on_cover(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Log time on the cover itself: a round of updates, a call that was no ticket."""
    technician = request.member.role == Member.Role.TECHNICIAN
    found = WorkOrder.objects.taken_by(firm)
    found = (
        found.filter(pk__in=WorkOrder.objects.kept_by(request.member).values("pk")) if technician else found
    )
    order = get_object_or_404(found.with_sides(), pk=pk)
    form = typed.TimeForm(request.POST or None, member=request.member)
    back = reverse("today", args=[firm]) if technician else reverse("work-order", args=[firm, pk])
    if tried(form, lambda: timekeeping.log(order, form.worked(), by=request.member)):
        return answer(request, lambda: None, to=back, said="Logged.")
    context = {"form": form, "order": order, "back": back, "usual": USUAL_MINUTES}
    return render(request, "engagements/time_form.html", context)


@require_POST
@for_roles(*CREW)
def strike(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Strike out time that was logged wrongly."""
    found = TimeEntry.objects.visible_to(firm).select_related("work_order", "call_off")
    found = found.filter(person=request.member) if request.member.role == Member.Role.TECHNICIAN else found
    entry = get_object_or_404(found, pk=pk)
    to = reverse("today", args=[firm])
    if entry.call_off_id:
        to = _to(request, entry.call_off_id)
    elif request.member.role in LEADS:
        to = reverse("work-order", args=[firm, entry.work_order_id])
    return answer(request, lambda: timekeeping.strike(entry, by=request.member), to=to, said="Struck out.")


def _step(request: MemberRequest, pk: UUID, act: Callable[[CallOff], object], *, said: str) -> HttpResponse:
    called = get_object_or_404(seen_by(request.member).select_related("work_order"), pk=pk)
    return answer(request, lambda: act(called), to=_to(request, pk), said=said)


def _to(request: MemberRequest, pk: UUID) -> str:
    return reverse("call-off", args=[request.member.firm_id, pk])


def _read(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    cleaned: dict[str, Any] = form.cleaned_data
    return cleaned
