"""Jobs: the list, the shortfall, lines and crew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from engagements import outlook as outlooks
from engagements.actions import crew, engagements, lines
from engagements.forms.work import CrewForm, JobForm, LineForm, ReportForm
from engagements.models import CrewMember, Engagement, EngagementLine, WorkOrder
from engagements.placed import placed_so_far
from engagements.shortfall import DayPoint, Forecast, plural
from engagements.timeline import told
from engagements.workflow import ENGAGEMENT
from partnernet.core import clock
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles, tried

LEADS = ("owner", "dispatcher")
READERS = (*LEADS, "viewer")
CREW = (*LEADS, "technician")
STEPS = {"activate": engagements.activate, "complete": engagements.complete}


def job_or_404(request: MemberRequest, pk: UUID) -> Engagement:
    jobs = Engagement.objects.visible_to(request.member.firm_id).select_related("firm")
    return get_object_or_404(jobs, pk=pk)


@require_GET
@for_roles(*READERS)
def jobs(request: MemberRequest, firm: UUID) -> HttpResponse:
    found = Engagement.objects.visible_to(firm).with_units()
    status = request.GET.get("status", "")
    if status in Engagement.Status.values:
        found = found.filter(status=status)
    elif status != "all":
        found = found.exclude(status__in=("completed", "cancelled"))
    context = {"page": page_of(found, request), "status": status, "statuses": Engagement.Status.choices,
               "may_lead": request.member.role in LEADS}  # fmt: skip
    return render(request, "engagements/jobs.html", context)


@for_roles(*LEADS)
def new(request: MemberRequest, firm: UUID) -> HttpResponse:
    initial = {"timezone": request.member.firm.timezone, "currency": request.member.firm.currency}
    form = JobForm(request.POST or None, initial=initial)
    made: list[Engagement] = []
    if form.is_valid() and tried(
        form, lambda: made.append(engagements.create(form.facts(), by=request.member))
    ):
        return redirect("job", firm, made[0].pk)
    return render(request, "engagements/job_form.html", {"form": form})


@for_roles(*LEADS)
def edit(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    job = job_or_404(request, pk)
    form = JobForm(request.POST or None, initial=JobForm.of(job))
    if form.is_valid() and tried(form, lambda: engagements.change(job, form.facts(), by=request.member)):
        return redirect("job", firm, pk)
    return render(request, "engagements/job_form.html", {"form": form, "job": job})


@require_GET
@for_roles(*READERS)
def job(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = job_or_404(request, pk)
    return render(request, "engagements/job.html", _job_context(request, found))


def _job_context(request: MemberRequest, found: Engagement) -> dict[str, Any]:
    now = clock.now()
    outlook = outlooks.look_ahead(found, now=now)
    placed = WorkOrder.objects.filter(engagement=found).with_units().select_related("sub", "client")
    events = found.events.select_related("by_user").order_by("-occurred_at", "-pk")[:50]
    steps = ENGAGEMENT.open_steps(found.status, side="prime", role=request.member.role)
    orders = list(placed.order_by("-number")[:100])
    return {
        "job": found,
        "outlook": outlook,
        "forecast": outlook.forecast if outlook else None,
        "bar": _segments(outlook.forecast) if outlook else [],
        "chart": _chart(points := outlooks.burn_up(found, outlook, now=now), found) if outlook else None,
        "points": points if outlook else [],
        "rows": rows_of(found, outlook),
        "orders": orders,
        "placed": placed_so_far(found),
        "crew": outlook.job.crew if outlook else [],
        "may": {step.name for step in steps},
        "history": told(events, firms={found.firm_id: found.firm.name}),
        "line_form": LineForm(firm=found.firm_id),
        "may_lead": request.member.role in LEADS,
    }


def rows_of(found: Engagement, outlook: outlooks.Outlook | None) -> list[dict[str, Any]]:
    """Put each line beside its forecast."""
    at = {each.key: each for each in outlook.forecast.lines} if outlook else {}
    rows = EngagementLine.objects.filter(engagement=found).select_related("site__client").in_order()
    return [{"line": line, "forecast": at.get(str(line.pk)), "report": ReportForm()} for line in rows]


def _segments(forecast: Forecast) -> list[dict[str, Any]]:
    """Return the segments of the bar, as wide as their share of 1000."""
    bar = forecast.bar
    named = [
        ("done", "done", bar.done), ("ours", "ours to do", bar.ours), ("accepted", "accepted by other firms", bar.accepted),
        ("offered", "offered", bar.offered), ("open", "not placed", bar.not_placed),
    ]  # fmt: skip
    segments, left = [], 0.0
    for kind, label, units in named:
        width = 1000 * units / bar.total if bar.total else 0
        segments.append(
            {"kind": kind, "label": label, "units": units, "x": f"{left:.1f}", "width": f"{width:.1f}"}
        )
        left += width
    return segments


def _chart(points: tuple[DayPoint, ...], found: Engagement) -> dict[str, Any]:
    """Return the burn-up as the chart wants it."""
    return {
        "xAxis": {"type": "category", "data": [f"{point.day.day} {point.day:%b}" for point in points]},
        "yAxis": {"type": "value", "name": plural(found.unit_noun, 2)},
        "series": [
            {"type": "line", "name": "Done", "data": [point.done for point in points]},
            {
                "type": "line",
                "name": "Expected",
                "data": [point.expected for point in points],
                "lineStyle": {"type": "dashed"},
            },
        ],
    }


@require_POST
@for_roles(*LEADS)
def step(request: MemberRequest, firm: UUID, pk: UUID, name: str) -> HttpResponse:
    if name not in STEPS:
        raise Http404
    found = job_or_404(request, pk)
    said = {"activate": "The job runs.", "complete": "The job is completed."}[name]
    to = reverse("job", args=[firm, pk])
    return answer(request, lambda: STEPS[name](found, by=request.member), to=to, said=said)


@for_roles(*LEADS)
def add_line(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = job_or_404(request, pk)
    form = LineForm(request.POST or None, firm=firm)
    if form.is_valid() and tried(form, lambda: lines.add(found, form.facts(), by=request.member)):
        return redirect("job", firm, pk)
    return render(request, "engagements/line_form.html", {"form": form, "job": found})


def _line_or_404(request: MemberRequest, pk: UUID) -> EngagementLine:
    visible = EngagementLine.objects.visible_to(request.member.firm_id)
    return get_object_or_404(visible.select_related("engagement", "site__client"), pk=pk)


@for_roles(*LEADS, "technician")
def report(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    line = _line_or_404(request, pk)
    form = ReportForm(request.POST or None)
    if form.is_valid() and tried(
        form, lambda: lines.report_units(line, by=request.member, **form.cleaned_data)
    ):
        return redirect("job", firm, line.engagement_id)
    return render(
        request, "engagements/report_form.html", {"form": form, "job": line.engagement, "line": line}
    )


@for_roles(*LEADS)
def crew_of(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = job_or_404(request, pk)
    form = CrewForm(request.POST or None, initial={"timezone": found.timezone})
    if form.is_valid() and tried(form, lambda: crew.put(found, form.facts(), by=request.member)):
        return redirect("job-crew", firm, pk)
    people = CrewMember.objects.filter(engagement=found).order_by("name")
    return render(request, "engagements/crew.html", {"form": form, "job": found, "people": people})


@require_POST
@for_roles(*LEADS)
def remove_crew(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    person = get_object_or_404(CrewMember.objects.select_related("engagement"), pk=pk, engagement__firm=firm)
    to = reverse("job-crew", args=[firm, person.engagement_id])
    return answer(
        request, lambda: crew.remove(person, by=request.member), to=to, said=f"{person.name} is off the job."
    )
