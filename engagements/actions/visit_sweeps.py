"""What is due about visits and work that waits, found by the clock. Running a sweep twice changes nothing."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from engagements import deadlines
from engagements.actions import visit_news
from engagements.models import Submission, Visit, WorkOrder
from partnernet.core.localtime import business_days_between, day_in

CONFIRM_FROM = timedelta(hours=36)
REMIND_AT = time(15)
DAILY_FROM = 4
LONG = timedelta(days=7)
"""Work that lasts longer is handed in week by week."""


def ask_to_confirm(*, now: datetime) -> int:
    """Ask for the confirmation of visits from 36 hours before, once more at 15:00 the day before; then tell the prime.

    Returns how many people were told.
    """
    visits = Visit.objects.not_started().filter(status=Visit.Status.PLANNED).with_work().by_start()
    due = list(visits.filter(work_order__starts_at__gt=now, work_order__starts_at__lte=now + CONFIRM_FROM))
    told = 0
    for visit in due:
        with transaction.atomic():
            told += _ask(visit, now=now)
    return told


def _ask(visit: Visit, *, now: datetime) -> int:
    order = visit.work_order
    if order.starts_at is None:
        return 0
    which = f"{visit.pk}:{order.starts_at:%Y%m%d%H%M}"  # a visit that moves is asked about again
    told = visit_news.confirm_visit(order, visit, now=now, once=f"{which}:first")
    reminder = _day_before_at(order, REMIND_AT)
    if now >= reminder:
        told += visit_news.confirm_visit(order, visit, now=now, once=f"{which}:reminder")
    if now >= reminder + timedelta(hours=2):
        told += visit_news.visit_unconfirmed(order, now=now, once=which)
    return told


def _day_before_at(order: WorkOrder, at: time) -> datetime:
    """Return the instant of a wall time on the day before the start, in the zone of the place."""
    zone = ZoneInfo(order.timezone)
    start = (order.starts_at or datetime.now(UTC)).astimezone(zone)
    return datetime.combine(start.date() - timedelta(days=1), at, zone).astimezone(UTC)


def tell_missed_starts(*, now: datetime) -> int:
    """Tell both firms when nobody has checked in by the time that counts as late. The visit itself stays open."""
    started = Q(
        work_order__ends_at__lte=now - deadlines.GRACE, work_order__schedule_kind=deadlines.ARRIVAL_WINDOW
    )
    sharp = Q(
        work_order__starts_at__lte=now - deadlines.GRACE, work_order__schedule_kind=deadlines.HARD_START
    )
    late = Visit.objects.not_started().filter(work_order__status=WorkOrder.Status.ASSIGNED)
    told = 0
    for visit in late.filter(started | sharp).with_work().by_start():
        with transaction.atomic():
            order = visit.work_order
            which = f"{order.pk}:{order.round}:{order.starts_at:%Y%m%d%H%M}"
            told += visit_news.missed_start(order, now=now, once=which)
    return told


def remind_of_approvals(*, now: datetime) -> int:
    """Tell the owner of the prime daily, from business day 4, about work that waits for approval."""
    waiting = Submission.objects.waiting().filter(submitted_at__lte=now - timedelta(days=DAILY_FROM))
    told = 0
    for submission in waiting.select_related(
        "work_order__prime", "work_order__sub", "work_order__client", "work_order__site"
    ).order_by("submitted_at", "pk"):
        order = submission.work_order
        zone, holidays = order.prime.timezone, frozenset(order.prime.holidays)
        today = day_in(now, zone)
        if business_days_between(day_in(submission.submitted_at, zone), today, holidays) < DAILY_FROM:
            continue
        with transaction.atomic():
            told += visit_news.approval_waiting(order, submission, now=now, once=f"{submission.pk}:{today}")
    return told


def invite_parts(*, now: datetime) -> int:
    """Invite the firm, each week that work longer than a week runs, to hand in what is done. Returns how many were told."""
    long = Q(ends_at__gt=F("starts_at") + LONG) | Q(starts_at=None, ends_at__gt=F("assigned_at") + LONG)
    last = Submission.objects.standing().filter(work_order=OuterRef("pk")).order_by("-submitted_at")
    running = WorkOrder.objects.filter(long, status=WorkOrder.Status.IN_PROGRESS).with_sides()
    since = Coalesce(Subquery(last.values("submitted_at")[:1]), "assigned_at")
    told = 0
    for order in running.annotate(since=since).filter(since__lte=now - LONG).order_by("pk"):
        week = (now - (order.assigned_at or now)) // LONG
        with transaction.atomic():
            told += visit_news.part_invited(order, now=now, once=f"{order.pk}:{week}")
    return told


def silent(*, now: datetime) -> list[Submission]:
    """Return what silence approves now. Billing's sweep approves each, because an invoice follows."""
    return list(Submission.objects.silent(now).order_by("silence_at", "pk"))
