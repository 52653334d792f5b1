"""A job begins, runs and ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements.actions import endings
from engagements.actions.endings import Ended, Ending
from engagements.actions.history import record_engagement
from engagements.actions.shared import lock_lines, next_number, require_lead
from engagements.models import Engagement, EngagementLine, WorkOrder
from engagements.values import JobFacts
from engagements.workflow import ENGAGEMENT
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partners.models import Member


@transaction.atomic
def create(facts: JobFacts, *, by: Member, now: datetime | None = None) -> Engagement:
    """Open a job as a draft. Raises Invalid for a deadline that has passed."""
    require_lead(by)
    now = now or clock.now()
    columns = facts.columns()
    _refuse_passed(columns["deadline_at"], now=now)
    _refuse_taken(facts.external_id, by=by)

    number = next_number(by.firm_id, "next_engagement_number")
    engagement = Engagement.objects.create(firm_id=by.firm_id, number=number, created_at=now, **columns)
    record_engagement(engagement, "create", by=by, now=now)
    return engagement


def _refuse_passed(deadline: datetime | None, *, now: datetime) -> None:
    if deadline and deadline <= now:
        raise Invalid({"deadline": ["This date has passed."]})


def _refuse_taken(external_id: str, *, by: Member, but: UUID | None = None) -> None:
    if (
        external_id
        and Engagement.objects.filter(firm=by.firm_id, external_id=external_id)
        .exclude(pk=but or by.pk)
        .exists()
    ):
        raise Invalid({"external_id": ["Another job has this number."]})


@transaction.atomic
def change(
    engagement: Engagement,
    facts: JobFacts,
    *,
    by: Member,
    now: datetime | None = None,
) -> Engagement:
    """Change what a running job says about itself. Its currency stays once it has a line."""
    require_lead(by)
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    now = now or clock.now()
    columns = facts.columns()
    if engagement.status not in (Engagement.Status.DRAFT, Engagement.Status.ACTIVE):
        raise RuleBroken("This job has ended, so it cannot be changed.")
    if (
        facts.currency != engagement.currency
        and EngagementLine.objects.filter(engagement=engagement).exists()
    ):
        raise Invalid({"currency": ["One job has one currency, and this one has prices already."]})
    if columns["deadline_at"] != engagement.deadline_at:
        _refuse_passed(columns["deadline_at"], now=now)
    _refuse_taken(facts.external_id, by=by, but=engagement.pk)

    changes = {name: str(value) for name, value in columns.items() if getattr(engagement, name) != value}
    for name in changes:
        setattr(engagement, name, columns[name])
    if changes:
        engagement.save(update_fields=[*changes])
        record_engagement(engagement, "change", by=by, now=now, changes=changes)
    return engagement


@transaction.atomic
def activate(engagement: Engagement, *, by: Member, now: datetime | None = None) -> Engagement:
    """Start a job that has at least one line."""
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    step = ENGAGEMENT.check("activate", status=engagement.status, side="prime", role=by.role)
    if not EngagementLine.objects.filter(engagement=engagement).exists():
        raise RuleBroken("Add the first site: how many, minutes each, by when.")

    record_engagement(engagement, step.name, by=by, now=now or clock.now(), to=step.target)
    return engagement


@transaction.atomic
def complete(engagement: Engagement, *, by: Member, now: datetime | None = None) -> Engagement:
    """End a job whose work orders have all ended."""
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    step = ENGAGEMENT.check("complete", status=engagement.status, side="prime", role=by.role)
    running = WorkOrder.objects.filter(engagement=engagement).still_open().order_by("number").first()
    if running:
        raise RuleBroken(
            f"{running.reference} is still {running.get_status_display().lower()}. End it first."
        )

    record_engagement(engagement, step.name, by=by, now=now or clock.now(), to=step.target)
    return engagement


@transaction.atomic
def cancel(engagement: Engagement, ending: Ending, *, by: Member, now: datetime | None = None) -> list[Ended]:
    """End a job and, for the same cause, every work order of it that has not been handed in; return those ends.

    Billing's `cancel_job` is the door that people use: it writes the invoices of fees in the same transaction.
    """
    engagement = Engagement.objects.locked().order_by("pk").get(pk=engagement.pk)
    step = ENGAGEMENT.check(
        "cancel", status=engagement.status, side="prime", role=by.role, reason=ending.cause
    )
    lock_lines(engagement.pk)
    running = WorkOrder.objects.filter(engagement=engagement).still_open().exclude(status="submitted")
    list(running.locked().only("pk"))
    now = now or clock.now()
    ended = [endings.cancel(order, ending, by=by, now=now) for order in running.order_by("pk")]

    said = ending.in_words("cancel")
    record_engagement(engagement, step.name, by=by, now=now, to=step.target, reason=said)
    return ended
