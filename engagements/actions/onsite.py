"""On site: counting, ticking, photos, the client's sign-off, problems, keys."""

from base64 import b64decode
from binascii import Error as NotBase64
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from engagements.actions import visit_news
from engagements.actions.history import record_order
from engagements.actions.lines import report_order_units
from engagements.actions.shared import lock_order
from engagements.actions.visits import require_crew
from engagements.models import (
    Deliverable,
    Problem,
    Task,
    UnitReport,
    Visit,
    WorkOrder,
    WorkOrderLine,
)
from engagements.workflow import LEADS
from partnernet.core import clock, uploads
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Firm, Member

PNG = "data:image/png;base64,"


@transaction.atomic
def count_units(
    order: WorkOrder, *, by: Member, units: int, minutes: int | None = None, now: datetime | None = None
) -> UnitReport:
    """Report units that were finished on an order, on its first line with room. Counted once, by whichever side.

    Raises RuleBroken when more are reported than the order has.
    """
    order = lock_order(order.pk)
    now = now or clock.now()
    require_crew(order, by)
    _require_running(order)
    if units < 1:
        raise Invalid({"units": ["At least one."]})
    lines = list(WorkOrderLine.objects.filter(work_order=order).order_by("line__position", "pk"))
    left = sum(line.units - line.done for line in lines)
    if units > left:
        raise RuleBroken(f"Only {left} are left on this order.", field="units")

    report, rest, time_left = None, units, minutes
    for line in lines:
        share = min(rest, line.units - line.done)
        if share < 1:
            continue
        time = None if time_left is None else round(time_left * share / rest)
        report = report_order_units(line, by=by, units=share, minutes=time, now=now)
        rest, time_left = rest - share, None if time is None or time_left is None else time_left - time
    if report is None:
        raise RuleBroken("Everything on this order is counted.", field="units")
    record_order(
        order, "units_reported", by=by, now=now, side="sub", changes={"units": units, "minutes": minutes}
    )
    return report


@transaction.atomic
def tick(task: Task, *, by: Member, done: bool, now: datetime | None = None) -> Task:
    """Tick a task, or take the tick back. Ticking twice changes nothing.

    Raises RuleBroken while the photo or the sign-off that the task demands is not there. Of a firm off the network its
    word counts: whoever demands the proof writes the tick down.
    """
    order = _lock(task.work_order_id)
    task = Task.objects.select_for_update(of=("self",), no_key=True).get(pk=task.pk)
    now = now or clock.now()
    require_crew(order, by)
    _require_running(order)
    if done and by.firm.status != Firm.Status.OFF_NETWORK and not _proven(task):
        photo = task.proof == Task.Proof.PHOTO
        raise RuleBroken(
            "This takes a photo: taking it ticks the line."
            if photo
            else "This is ticked when the client signs.",
            code="proof_first",
        )
    return _tick(order, task, by=by, done=done, now=now)


def _proven(task: Task) -> bool:
    if task.proof == Task.Proof.NONE:
        return True
    kept = Deliverable.objects.filter(work_order=task.work_order_id, kind=task.proof)
    return (kept.filter(task=task) if task.proof == Task.Proof.PHOTO else kept).exists()


def _tick(order: WorkOrder, task: Task, *, by: Member, done: bool, now: datetime) -> Task:
    if done == (task.done_at is not None):
        return task
    task.done_at, task.done_by = (now, by) if done else (None, None)
    task.save(update_fields=["done_at", "done_by"])
    step = "task_done" if done else "task_reopened"
    record_order(order, step, by=by, now=now, side="sub", changes={"task": task.text})
    return task


@transaction.atomic
def add_photo(
    order: WorkOrder,
    *,
    by: Member,
    photo: uploads.Upload,
    task: UUID | None = None,
    now: datetime | None = None,
) -> Deliverable:
    """Keep a photo, drawn anew by `uploads.picture` before this is called; one that was taken for a task ticks it."""
    order = _lock(order.pk)
    now = now or clock.now()
    require_crew(order, by)
    _require_running(order)
    shown = _tasks(order).filter(pk=task).first() if task else None
    if task and shown is None:
        raise Invalid({"task": ["This work has no such line to tick."]})

    kept = _keep(order, photo, Deliverable.Kind.PHOTO, by=by, now=now, task=shown)
    if shown is not None:
        _tick(order, shown, by=by, done=True, now=now)
    return kept


@transaction.atomic
def sign_off(
    order: WorkOrder, *, by: Member, drawn: str, signer: str, now: datetime | None = None
) -> Deliverable:
    """Keep the client's drawn signature, sent as a PNG data address, with the signer's name. It ticks what asks for it."""
    order = _lock(order.pk)
    now = now or clock.now()
    require_crew(order, by)
    _require_running(order)
    if not signer.strip():
        raise Invalid({"signer": ["Whose signature is this?"]})
    if not drawn.startswith(PNG):
        raise Invalid({"drawn": ["Ask the client to sign in the box."]})
    try:
        raw = b64decode(drawn[len(PNG) :], validate=True)
    except NotBase64 as error:
        raise Invalid({"drawn": ["The signature did not arrive whole. Sign again."]}) from error
    picture = uploads.picture(raw, "signature.png")

    kept = _keep(order, picture, Deliverable.Kind.SIGNATURE, by=by, now=now, signer=signer.strip()[:120])
    for task in _tasks(order).filter(proof=Task.Proof.SIGNATURE, done_at=None):
        _tick(order, task, by=by, done=True, now=now)
    return kept


def _tasks(order: WorkOrder) -> QuerySet[Task]:
    rows = Task.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(work_order=order).order_by("position")


def _keep(  # noqa: PLR0913 - one file's facts
    order: WorkOrder,
    upload: uploads.Upload,
    kind: str,
    *,
    by: Member,
    now: datetime,
    signer: str = "",
    task: Task | None = None,
) -> Deliverable:
    visit = Visit.objects.filter(work_order=order).order_by("-number").first()
    kept = Deliverable(
        work_order=order,
        visit=visit,
        kind=kind,
        name=upload.name,
        content_type=upload.content_type,
        size=len(upload.body),
        sha256=upload.sha256,
        signer_name=signer,
        task=task,
        uploaded_by=by,
        uploaded_at=now,
    )
    kept.file.save(upload.name, ContentFile(upload.body), save=False)
    kept.save(force_insert=True)
    record_order(order, f"{kind}_added", by=by, now=now, side="sub", changes={"sha256": upload.sha256})
    return kept


@transaction.atomic
def report_problem(
    order: WorkOrder, *, by: Member, kind: str, text: str, now: datetime | None = None
) -> Problem:
    """Say that something is wrong; the other firm is told at once."""
    order = _lock(order.pk)
    now = now or clock.now()
    side = _require_hand(order, by)
    if order.status not in {"assigned", "in_progress", "on_hold", "submitted"}:
        raise RuleBroken("Problems are reported while the work runs.")
    if kind not in Problem.Kind.values:
        raise Invalid({"kind": ["Choose what is wrong."]})
    if not text.strip():
        raise Invalid({"text": ["One sentence is enough: what happened?"]})

    problem = Problem.objects.create(
        work_order=order, kind=kind, text=text.strip()[:500], opened_by=by, opened_at=now
    )
    record_order(
        order, "problem_opened", by=by, now=now, side=side, reason=problem.text, changes={"kind": kind}
    )
    visit_news.problem_opened(order, problem, now=now)
    return problem


@transaction.atomic
def resolve_problem(problem: Problem, *, by: Member, resolution: str, now: datetime | None = None) -> Problem:
    """Say how a problem was resolved; either firm may."""
    order = _lock(problem.work_order_id)
    problem = Problem.objects.select_for_update(of=("self",), no_key=True).get(pk=problem.pk)
    now = now or clock.now()
    side = _require_hand(order, by)
    if problem.resolved_at:
        raise RuleBroken("This was resolved already.")
    if not resolution.strip():
        raise Invalid({"resolution": ["Say what was done about it."]})

    problem.resolution, problem.resolved_at, problem.resolved_by = resolution.strip()[:500], now, by
    problem.save(update_fields=["resolution", "resolved_at", "resolved_by"])
    record_order(order, "problem_resolved", by=by, now=now, side=side, reason=problem.resolution)
    return problem


def _require_hand(order: WorkOrder, by: Member) -> str:
    """Return the side of somebody who has a hand in the work: the sub's crew, or who leads at the prime."""
    side = order.side_of(by.firm_id)
    if side == "sub":
        require_crew(order, by)
    elif side != "prime":
        raise WrongSide("This order is between two other firms.")
    elif by.role not in LEADS:
        raise WrongRole("This takes an owner or a dispatcher. Ask one in your firm.")
    return side


def _lock(order_id: UUID) -> WorkOrder:
    return WorkOrder.objects.locked().with_sides().get(pk=order_id)


def _require_running(order: WorkOrder) -> None:
    if order.status != WorkOrder.Status.IN_PROGRESS:
        raise RuleBroken("Check in first." if order.status == "assigned" else "This order is not running.")
