"""One line of history for every step, written with the change of status it tells of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db.models import F

from engagements.models import Engagement, EngagementEvent, Offer, OfferEvent, WorkOrder, WorkOrderEvent
from engagements.models.offers import OPEN
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.models import EventBase

LETS_THE_NEXT_ONE = (Offer.Status.DECLINED, Offer.Status.EXPIRED)


class Told(TypedDict, total=False):
    """What a line of history may add: the new status, the side that acted, why, what changed, and columns to store with it."""

    to: str
    side: str
    reason: str
    changes: Mapping[str, Any]
    columns: Sequence[str]


def _event(step: str, statuses: tuple[str, str], *, by: Actor, now: datetime, told: Told) -> dict[str, Any]:
    return EventBase.draft(
        by=by,
        step=step,
        side=told.get("side", "prime"),
        now=now,
        statuses=statuses,
        reason=told.get("reason", ""),
        changes=told.get("changes"),
    )


def record_engagement(
    engagement: Engagement, step: str, *, by: Actor, now: datetime, **told: Unpack[Told]
) -> None:
    """Move a job to a status (or leave it where it is) and write the event."""
    before, engagement.status = engagement.status, told.get("to") or engagement.status
    Engagement.objects.filter(pk=engagement.pk).update(status=engagement.status, version=F("version") + 1)
    engagement.version += 1
    event = _event(step, (before, engagement.status), by=by, now=now, told=told)
    EngagementEvent.objects.create(engagement=engagement, **event)


def record_order(order: WorkOrder, step: str, *, by: Actor, now: datetime, **told: Unpack[Told]) -> None:
    """Move a locked order to a status (or leave it where it is) and write the event."""
    before, order.status = order.status, told.get("to") or order.status
    order.version, order.last_event_at = order.version + 1, now
    order.save(update_fields=["status", "version", "last_event_at", *told.get("columns", ())])
    event = _event(step, (before, order.status), by=by, now=now, told=told)
    WorkOrderEvent.objects.create(work_order=order, **event)


def record_offer(offer: Offer, step: str, *, by: Actor, now: datetime, **told: Unpack[Told]) -> None:
    """Move an offer to a status (or leave it where it is) and write the event.

    `counter` goes with the status, and so does what is kept of a willing firm.
    """
    before, offer.status = offer.status, told.get("to") or offer.status
    if offer.status != Offer.Status.COUNTERED:
        offer.counter = None
    if offer.status != Offer.Status.WILLING:
        offer.held_until, offer.technician = None, None
    if offer.status not in (Offer.Status.WILLING, Offer.Status.ACCEPTED):
        offer.arrives_local = None
    if offer.status not in (Offer.Status.DRAFT, *OPEN):
        offer.ended_at = now
        offer.next_firm_at = now if offer.status in LETS_THE_NEXT_ONE else None
    fields = [
        "status", "counter", "revision", "ended_at", "next_firm_at", "respond_by", "sent_at", "sent_by", "held_until",
        "technician", "arrives_local",
    ]  # fmt: skip
    offer.save(update_fields=fields)
    event = _event(step, (before, offer.status), by=by, now=now, told=told)
    OfferEvent.objects.create(offer=offer, **event)


def fill(offers: Sequence[Offer], *, now: datetime) -> None:
    """End open offers because another firm took the work: two statements, however many there are."""
    told: Told = {"side": "system"}
    events = [
        OfferEvent(
            offer=each, **_event("fill", (each.status, Offer.Status.FILLED), by=CLOCK, now=now, told=told)
        )
        for each in offers
    ]
    Offer.objects.filter(pk__in=[each.pk for each in offers]).update(
        status=Offer.Status.FILLED,
        counter=None,
        held_until=None,
        technician=None,
        arrives_local=None,
        ended_at=now,
        next_firm_at=None,
    )
    OfferEvent.objects.bulk_create(events)
    for each in offers:
        each.status, each.counter, each.ended_at, each.next_firm_at = Offer.Status.FILLED, None, now, None
        each.held_until = each.technician = each.arrives_local = None


def drop_draft(offer: Offer) -> None:
    """Delete an offer that never left, with what little history it has."""
    offer.events.all().delete()
    offer.coverage_checks.all().delete()
    Offer.objects.filter(pk=offer.pk).update(revision=None)
    offer.delete()
