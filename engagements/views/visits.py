"""The technician's pages: today, coming, done, and one visit."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, Sum
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from engagements import visit_steps
from engagements.actions import access, onsite, submissions, visits
from engagements.briefing import rules
from engagements.forms import visits as typed
from engagements.models import AccessGrant, Deliverable, Task, Visit, WorkOrder, WorkOrderLine
from engagements.models.visits import VisitQuerySet
from engagements.views.call_offs import waiting_for
from engagements.views.changes import own_changes
from engagements.views.talk import messages_context, unread_of
from engagements.workflow import RUNNING
from partnernet.core import clock, uploads
from partnernet.core.errors import Invalid
from partnernet.core.localtime import day_in
from partners.http import MemberRequest, answer, download, for_roles, tried
from partners.models import Member

SOON = timedelta(hours=12)
CREW = ("owner", "dispatcher", "technician")


def _mine(member: Member) -> VisitQuerySet:
    """The visits that this person may act on: their own, or the whole firm's for those who lead."""
    found = Visit.objects.filter(work_order__sub=member.firm_id).with_work()
    return found.of_technician(member) if member.role not in {"owner", "dispatcher"} else found


@require_safe
@for_roles(*CREW)
def today(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Open visits up to the end of this day, and what comes next."""
    due, later = _open_visits(request.member)
    unread = unread_of([visit.work_order for visit in due], request.member)
    rows = [{"visit": visit, "unread": unread.get(visit.work_order_id, 0)} for visit in due]
    return render(
        request,
        "engagements/visits/today.html",
        {
            "due": rows,
            "next": later[0] if later else None,
            "called": waiting_for(request.member),
            "now": clock.now(),
        },
    )


def _open_visits(member: Member) -> tuple[list[Visit], list[Visit]]:
    """Return what is due up to the end of this day at its place, and what comes later."""
    now, due, later = clock.now(), list[Visit](), list[Visit]()
    opened = _mine(member).still_open().filter(work_order__status__in=["assigned", "in_progress"])
    for visit in opened.by_start():
        starts_at, zone = visit.work_order.starts_at, visit.work_order.timezone
        begun = visit.status in {Visit.Status.ON_MY_WAY, Visit.Status.CHECKED_IN}
        is_due = begun or starts_at is None or day_in(starts_at, zone) <= day_in(now, zone)
        (due if is_due else later).append(visit)
    return due, later


@require_safe
@for_roles(*CREW)
def coming(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Open visits of the days after this one."""
    _, later = _open_visits(request.member)
    return render(request, "engagements/visits/coming.html", {"visits": later[:50]})


@require_safe
@for_roles(*CREW)
def done(request: MemberRequest, firm: UUID) -> HttpResponse:
    found = _mine(request.member).filter(status=Visit.Status.DONE).order_by(F("checked_out_at").desc(), "-pk")
    return render(request, "engagements/visits/done.html", {"visits": found[:50]})


@require_safe
@for_roles(*CREW)
def detail(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """One visit on a phone: what, where, who, and the one thing to do next."""
    visit = get_object_or_404(_mine(request.member), pk=pk)
    return render(request, "engagements/visits/detail.html", _page(request.member, visit))


def _page(member: Member, visit: Visit, **bound: Any) -> dict[str, Any]:
    """Return what the page shows; `bound` forms stand where fresh ones would."""
    order = visit.work_order
    lines = WorkOrderLine.objects.filter(work_order=order).aggregate(units=Sum("units"), done=Sum("done"))
    read = visits.has_read_briefing(order, member)
    kept = list(order.deliverables.order_by("uploaded_at", "pk"))
    signed = any(each.kind == Deliverable.Kind.SIGNATURE for each in kept)
    now = clock.now()
    ended = visit.status in (Visit.Status.DONE, Visit.Status.MISSED)
    later = order.visits.still_open().exclude(pk=visit.pk).first() if ended else None
    situation = visit_steps.Situation(
        order_status=order.status,
        visit_status=visit.status,
        briefing_read=read,
        soon=order.starts_at is None or order.starts_at - now <= SOON,
        units_left=(lines["units"] or 0) - (lines["done"] or 0),
        signed=signed,
        goes_on=later is not None,
    )
    step = visit_steps.next_step(situation)
    return {
        "visit": visit,
        "order": order,
        "rules": rules(order),
        "read": read,
        "contacts": list(order.client.contacts.order_by("name", "pk")) if read else [],
        "grants": list(order.access_grants.of_running().order_by("handed_over_at", "pk")) if read else [],
        "tasks": list(order.tasks.order_by("position")),
        "problems": list(order.problems.filter(resolved_at=None).order_by("-opened_at", "-pk")),
        "photos": [each for each in kept if each.kind == Deliverable.Kind.PHOTO],
        "signature": next((each for each in kept if each.kind == Deliverable.Kind.SIGNATURE), None),
        "units": lines["units"] or 0,
        "counted": lines["done"] or 0,
        "left": situation.units_left,
        "step": step,
        "later": later,
        "missing": submissions.missing(order, now=now) if step == visit_steps.SUBMIT else [],
        "working": order.status == WorkOrder.Status.IN_PROGRESS,
        "changes": own_changes(member, order),
        **messages_context(member, order),
        "may_ask": order.status in RUNNING.split(),
        "submit_form": typed.SubmitForm(),
        "photo_form": typed.PhotoForm(),
        "sign_form": typed.SignForm(),
        "asked_form": typed.AskedForm(prefix="asked"),
        "problem_form": typed.ProblemForm(prefix="problem"),
    } | bound


def _act(request: MemberRequest, visit: Visit, act: Callable[[], object], *, said: str) -> HttpResponse:
    return answer(request, act, to=reverse("visit", args=[request.member.firm_id, visit.pk]), said=said)


def _send(
    request: MemberRequest,
    visit: Visit,
    form: tuple[str, forms.Form],
    act: Callable[..., object],
    *,
    said: str,
) -> HttpResponse:
    """Take a step with a form; when it is refused, show the page again with what was typed."""
    name, bound = form
    if bound.is_valid() and tried(bound, lambda: act(**bound.cleaned_data)):
        return _act(request, visit, lambda: None, said=said)
    return render(request, "engagements/visits/detail.html", _page(request.member, visit, **{name: bound}))


def _read(form: Any) -> dict[str, Any]:
    """Return what was typed, or refuse with the first sentence of each field."""
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    cleaned: dict[str, Any] = form.cleaned_data
    return cleaned


@require_POST
@for_roles(*CREW)
def acknowledge(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    said = "Good. Address and contacts are open now."
    return _act(
        request, visit, lambda: visits.acknowledge_briefing(visit.work_order, by=request.member), said=said
    )


@require_POST
@for_roles(*CREW)
def confirm(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    return _act(request, visit, lambda: visits.confirm(visit, by=request.member), said="Confirmed.")


@require_POST
@for_roles(*CREW)
def set_off(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    said = f"{visit.work_order.prime.name} knows that you are on your way."
    return _act(request, visit, lambda: visits.set_off(visit, by=request.member), said=said)


@require_POST
@for_roles(*CREW)
def check_in(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    form = typed.PositionForm(request.POST)
    where = form.cleaned_data if form.is_valid() else {}
    known = where.get("latitude") is not None and where.get("longitude") is not None
    position = visits.Position(where["latitude"], where["longitude"]) if known else None
    said = "Checked in." if known else "Checked in without location. That is fine."
    return _act(
        request, visit, lambda: visits.check_in(visit, by=request.member, position=position), said=said
    )


@require_POST
@for_roles(*CREW)
def count(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)

    def act() -> None:
        onsite.count_units(visit.work_order, by=request.member, **_read(typed.CountForm(request.POST)))

    return _act(request, visit, act, said="Counted.")


@require_POST
@for_roles(*CREW)
def tick(request: MemberRequest, firm: UUID, pk: UUID, task: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    line = get_object_or_404(Task, pk=task, work_order=visit.work_order_id)
    wanted = request.POST.get("done") == "1"
    said = "Ticked." if wanted else "Tick taken back."
    return _act(request, visit, lambda: onsite.tick(line, by=request.member, done=wanted), said=said)


@require_POST
@for_roles(*CREW)
def photo(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep a photo; a file that is none is refused beside its field."""
    visit = get_object_or_404(_mine(request.member), pk=pk)
    form = typed.PhotoForm(request.POST, request.FILES)
    drawn: list[uploads.Upload] = []

    def draw() -> None:
        sent = uploads.sent(request, request.FILES)
        drawn.append(uploads.picture(sent.read(), sent.name or "photo"))

    if not tried(form, draw):
        return render(
            request, "engagements/visits/detail.html", _page(request.member, visit, photo_form=form)
        )
    act = partial(
        onsite.add_photo, visit.work_order, by=request.member, photo=drawn[0], task=form.cleaned_data["task"]
    )
    return _act(request, visit, act, said="Photo kept.")


@require_POST
@for_roles(*CREW)
def sign(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    act = partial(onsite.sign_off, visit.work_order, by=request.member)
    return _send(request, visit, ("sign_form", typed.SignForm(request.POST)), act, said="Signed.")


@require_POST
@for_roles(*CREW)
def finish(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    return _act(request, visit, lambda: visits.finish(visit, by=request.member), said="You are checked out.")


@require_POST
@for_roles(*CREW)
def come_back(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    said = "Another visit is planned."
    return _act(request, visit, lambda: visits.plan_another(visit.work_order, by=request.member), said=said)


@require_POST
@for_roles(*CREW)
def asked(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)

    def act(**asked: Any) -> None:
        submissions.client_asked(visit.work_order, by=request.member, asked=submissions.ClientAsked(**asked))

    form = ("asked_form", typed.AskedForm(request.POST, prefix="asked"))
    return _send(request, visit, form, act, said="Passed on. You are on record as having done so.")


@require_POST
@for_roles(*CREW)
def problem(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    act = partial(onsite.report_problem, visit.work_order, by=request.member)
    form = ("problem_form", typed.ProblemForm(request.POST, prefix="problem"))
    return _send(request, visit, form, act, said=f"{visit.work_order.prime.name} has been told.")


@require_POST
@for_roles(*CREW)
def return_access(request: MemberRequest, firm: UUID, pk: UUID, grant: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    what = get_object_or_404(AccessGrant, pk=grant, work_order=visit.work_order_id)
    return _act(request, visit, lambda: access.hand_back(what, by=request.member), said="Handed back.")


@require_POST
@for_roles(*CREW)
def submit(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    visit = get_object_or_404(_mine(request.member), pk=pk)
    act = partial(submissions.submit, visit.work_order, by=request.member)
    said = f"Handed in. {visit.work_order.prime.name} has been told."
    return _send(request, visit, ("submit_form", typed.SubmitForm(request.POST)), act, said=said)


@require_safe
@for_roles(*CREW, "viewer")
def deliverable(request: MemberRequest, firm: UUID, pk: UUID) -> FileResponse:
    """Serve a kept file to both firms of its order, as a download that no browser runs."""
    orders = WorkOrder.objects.visible_to(request.member.firm_id)
    kept = get_object_or_404(Deliverable.objects.filter(work_order__in=orders), pk=pk)
    if request.member.role == "technician":
        get_object_or_404(_mine(request.member).filter(work_order=kept.work_order_id)[:1])
    return download(kept.file, name=kept.name, content_type=kept.content_type)
