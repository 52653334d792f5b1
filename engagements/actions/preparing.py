"""What the prime lays out for the technician: tasks to tick."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from engagements.actions.history import record_order
from engagements.models import Task, WorkOrder
from engagements.workflow import LEADS
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Member

OPEN = ("draft", "offered", "assigned", "in_progress")


@dataclass(frozen=True, slots=True)
class ToTick:
    """A line for the technician; `proof` says what ticks it: a tap, a photo or the client's sign-off."""

    text: str
    required: bool = True
    proof: str = Task.Proof.NONE


@transaction.atomic
def add_task(order: WorkOrder, wanted: ToTick, *, by: Member, now: datetime | None = None) -> Task:
    """Put one line on the technician's list. What is required must be ticked before the work is handed in."""
    order = ours(order, by)
    now = now or clock.now()
    if not wanted.text.strip():
        raise Invalid({"text": ["What is to be ticked?"]})
    if wanted.proof not in Task.Proof.values:
        raise Invalid({"proof": ["Choose what ticks it."]})
    last = Task.objects.filter(work_order=order).aggregate(last=Max("position"))["last"] or 0

    task = Task.objects.create(
        work_order=order,
        position=last + 1,
        text=wanted.text.strip()[:200],
        required=wanted.required,
        proof=wanted.proof,
    )
    record_order(order, "task_added", by=by, now=now, side="prime", changes={"task": task.text})
    return task


def ours(order: WorkOrder, by: Member) -> WorkOrder:
    """Lock an order for a lead of the firm that gives it, while something can still be added to it."""
    order = WorkOrder.objects.locked().get(pk=order.pk)
    if by.firm_id != order.prime_id:
        raise WrongSide("The firm that gives the work lays it out.")
    if by.role not in LEADS:
        raise WrongRole("An owner or a dispatcher lays the work out.")
    if order.status not in OPEN:
        raise RuleBroken("This work was handed in, so nothing can be added to it.")
    return order
