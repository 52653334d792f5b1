"""When a zone's rules change, what was agreed on the clock of a place stays, and its instant moves.

In 2007 the United States began daylight saving three weeks earlier: 17:00 in New York on 15 March, agreed in December, was
no longer 22:00 UTC. Every row keeps the wall time and the zone for this day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from engagements import deadlines
from engagements.actions import news
from engagements.actions.history import record_engagement, record_offer, record_order
from engagements.actions.shared import lock_offers, lock_order
from engagements.models import Engagement, Offer, OfferRevision, WorkOrder
from engagements.models.offers import OPEN
from engagements.models.terms import Terms
from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.localtime import UnknownZone, resolve_lenient

# Zones have moved by a day (Samoa, 2011), so what has just passed may be ahead again.
FARTHEST = timedelta(days=1)
WAITING = (Offer.Status.DRAFT, *OPEN)


@dataclass(frozen=True, slots=True)
class Move:
    """One instant that moved: of which row, which of its times, what the clock there shows, and when that was and is."""

    kind: str
    subject: UUID
    reference: str
    time: str
    local: datetime
    zone: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found: instants that moved, and zones that the tables of this machine do not know any more."""

    moves: Sequence[Move]
    unknown_zones: frozenset[str]


def reresolve_times(*, now: datetime | None = None) -> Outcome:
    """Derive every future instant of a kept local time anew (RFC 5545), row by row; a second run changes nothing.

    Each job, order and offer that moved gets a line of history, and the people concerned are told.
    """
    now = now or clock.now()
    unknown: set[str] = set()
    moves: list[Move] = []
    for job in _jobs(now, unknown):
        moves += _move_job(job, now=now)
    for order in _orders(now, unknown):
        moves += _move_order(order, now=now)
    return Outcome(moves, frozenset(unknown))


def _jobs(now: datetime, unknown: set[str]) -> list[UUID]:
    """Return the running jobs whose deadline would move: a look without locks."""
    ahead = Engagement.objects.running().filter(deadline_at__gt=now - FARTHEST).order_by("pk")
    return [job.pk for job in ahead.iterator(chunk_size=2000) if _looked(_fresh_deadline, job, now, unknown)]


def _orders(now: datetime, unknown: set[str]) -> list[UUID]:
    """Return the open orders whose times, or whose offers' times, would move."""
    ahead = Q(starts_at__gt=now - FARTHEST) | Q(ends_at__gt=now - FARTHEST)
    orders = WorkOrder.objects.still_open().filter(ahead).order_by("pk")
    found = {order.pk for order in orders.iterator(chunk_size=2000) if _looked(_fresh, order, now, unknown)}
    standing = Q(pk=F("offer__revision")) | Q(pk=F("offer__counter"))
    revisions = OfferRevision.objects.filter(
        ahead, standing, offer__status__in=[*WAITING, Offer.Status.ACCEPTED]
    )
    open_orders = WorkOrder.objects.still_open()
    revisions = revisions.filter(offer__work_order__in=open_orders).select_related("offer").order_by("pk")
    found |= {
        each.offer.work_order_id
        for each in revisions.iterator(chunk_size=2000)
        if _looked(_fresh, each, now, unknown)
    }
    return sorted(found)


def _looked(fresh: Any, row: Any, now: datetime, unknown: set[str]) -> Mapping[str, datetime]:
    try:
        return fresh(row, now)  # type: ignore[no-any-return] # one of the two functions below
    except UnknownZone:
        unknown.add(row.timezone)
        return {}


def _fresh_deadline(job: Engagement, now: datetime) -> dict[str, datetime]:
    if job.deadline_local is None or job.deadline_at is None:
        return {}
    at = resolve_lenient(job.deadline_local, job.timezone)
    return {"deadline": at} if at != job.deadline_at and max(at, job.deadline_at) > now else {}


def _fresh(row: Terms, now: datetime) -> dict[str, datetime]:
    """Return the instants of a row that are still to come and that the zone's present rules put elsewhere."""
    read = {
        name: resolve_lenient(local, row.timezone)
        for name, local in (("starts", row.starts_local), ("ends", row.ends_local))
        if local is not None
    }
    if len(read) == 2 and read["ends"] < read["starts"] + deadlines.SHORTEST_WINDOW:
        # Its start fell into an hour that the clocks now skip: the window keeps its length.
        read["ends"] = read["starts"] + (row.ends_at - row.starts_at)  # type: ignore[operator] # a constraint holds both
    kept: dict[str, datetime] = {name: getattr(row, f"{name}_at") for name in read}
    return {name: at for name, at in read.items() if at != kept[name] and max(at, kept[name]) > now}


@transaction.atomic
def _move_job(key: UUID, *, now: datetime) -> list[Move]:
    job = Engagement.objects.locked().select_related("firm").get(pk=key)
    fresh = _fresh_deadline(job, now)
    if not fresh or job.deadline_at is None or job.deadline_local is None:
        return []
    move = Move("job", job.pk, job.reference, "deadline", job.deadline_local, job.timezone, job.deadline_at,
                fresh["deadline"])  # fmt: skip

    job.deadline_at = move.after
    job.save(update_fields=["deadline_at"])
    record_engagement(job, "reresolve", by=CLOCK, now=now, side="system", changes=_changes([move]))
    news.job_times_moved(job, [move], now=now)
    return [move]


@transaction.atomic
def _move_order(key: UUID, *, now: datetime) -> list[Move]:
    order = lock_order(key)
    moves = _move_row(order, "order", order.pk, order.reference, now=now)
    if moves:
        record_order(order, "reresolve", by=CLOCK, now=now, side="system", changes=_changes(moves))
        news.order_times_moved(order, moves, now=now)
    for offer in lock_offers(order):
        told = _move_offer(offer, order, now=now)
        if told and offer.status in WAITING:
            record_offer(offer, "reresolve", by=CLOCK, now=now, side="system", changes=_changes(told))
        if told and offer.status in OPEN:
            news.offer_times_moved(order, offer, told, now=now)
        moves += told
    return moves


def _move_offer(offer: Offer, order: WorkOrder, *, now: datetime) -> list[Move]:
    """Move what stands of an offer: its revision and what the sub asks for instead. What has ended stays as it was."""
    if offer.status not in (*WAITING, Offer.Status.ACCEPTED):
        return []
    standing = [each for each in (offer.revision, offer.counter) if each is not None]
    return [
        move for each in standing for move in _move_row(each, "offer", offer.pk, order.reference, now=now)
    ]


def _move_row(
    row: WorkOrder | OfferRevision, kind: str, subject: UUID, reference: str, *, now: datetime
) -> list[Move]:
    """Store the fresh instants of a locked row, or of a revision below a locked offer."""
    draft = Move(kind, subject, reference, "", now.replace(tzinfo=None), row.timezone, now, now)
    moves = []
    for name, at in _fresh(row, now).items():
        local, before = getattr(row, f"{name}_local"), getattr(row, f"{name}_at")
        moves.append(replace(draft, time=name, local=local, before=before, after=at))
    for move in moves:
        setattr(row, f"{move.time}_at", move.after)
    if moves:
        row.save(update_fields=[f"{move.time}_at" for move in moves])
    return moves


def _changes(moves: Iterable[Move]) -> dict[str, Any]:
    return {
        move.time: {
            "local": move.local.isoformat(timespec="minutes"),
            "timezone": move.zone,
            "from": move.before.isoformat(),
            "to": move.after.isoformat(),
        }
        for move in moves
    }
