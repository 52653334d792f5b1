"""What the clock does: offers expire, counter-offers lapse, the next firm is asked. Safe to run twice and side by side."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from engagements.actions import news, offers
from engagements.actions.counters import lapse_counter
from engagements.actions.history import drop_draft, record_offer, record_order
from engagements.actions.shared import lock_offers, lock_order, read_again
from engagements.models import Offer, WorkOrder
from engagements.workflow import OFFER
from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.errors import RuleBroken

BATCH = 500


def sweep_offers(*, now: datetime | None = None) -> int:
    """Do everything about offers that is due; return how many rows were moved."""
    now = now or clock.now()
    due = Offer.objects.order_by("respond_by", "pk")
    moved = _each(due.filter(status="sent", respond_by__lte=now)[:BATCH], expire, now=now)
    moved += _each(
        due.filter(status="countered", counter__lapses_at__lte=now)[:BATCH], lapse_counter, now=now
    )
    moved += _each(
        Offer.objects.filter(held_until__lte=now).order_by("held_until", "pk")[:BATCH], expire, now=now
    )
    moved += _each(
        Offer.objects.filter(next_firm_at__lte=now).order_by("next_firm_at", "pk")[:BATCH],
        ask_next_firm,
        now=now,
    )
    return moved


def _each(rows: Iterable[Offer], step: Callable[..., object], *, now: datetime) -> int:
    """Take one step a row, each in its own transaction; a row that somebody else moved meanwhile is left alone."""
    moved = 0
    for row in rows:
        try:
            moved += step(row, now=now) is not None
        except RuleBroken:
            continue
    return moved


@transaction.atomic
def expire(offer: Offer, *, now: datetime | None = None) -> Offer:
    """End an offer that nobody answered in time, or a willing firm that nobody chose in time."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check("expire", status=offer.status, side="system", role=CLOCK.role)
    until = offer.held_until or offer.respond_by
    if until is None or until > now:
        raise RuleBroken("The time to answer has not passed.")
    held = offer.status == Offer.Status.WILLING

    record_offer(offer, step.name, by=CLOCK, now=now, to=step.target, side="system")
    news.offer_expired(order, offer, held=held, now=now)
    return offer


@transaction.atomic
def ask_next_firm(offer: Offer, *, now: datetime | None = None) -> Offer | None:
    """Let the next drafted offer of the order leave; a firm that cannot be asked now is passed over, which history tells."""
    order = lock_order(offer.work_order_id)
    rivals = lock_offers(order)
    offer = read_again(rivals, offer)
    now = now or clock.now()
    if offer.next_firm_at is None or offer.next_firm_at > now:
        raise RuleBroken("It is not the next firm's turn yet.")

    Offer.objects.filter(pk=offer.pk).update(next_firm_at=None)
    if order.status != WorkOrder.Status.OFFERED:
        return None
    waiting = [each for each in rivals if each.status == Offer.Status.DRAFT]
    for each in sorted(waiting, key=lambda draft: draft.position):
        try:
            return offers.send(each, by=CLOCK, now=now)
        except RuleBroken as refused:
            name = each.firm.name
            drop_draft(each)
            record_order(
                order,
                "pass_over",
                by=CLOCK,
                now=now,
                side="system",
                reason=str(refused),
                changes={"firm": name},
            )
    return None
