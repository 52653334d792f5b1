"""Other terms asked by the sub: structured, so that the prime sees the margin before it agrees."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements import arrivals, deadlines
from engagements.actions import news
from engagements.actions.answers import bind, fill_others
from engagements.actions.history import record_offer
from engagements.actions.orders import release
from engagements.actions.revisions import approve_below_floor, new_revision, require_margin
from engagements.actions.shared import (
    kept,
    lock_offers,
    lock_order,
    order_lines,
    read_again,
    require_coverage,
)
from engagements.models import CoverageCheck, Offer, OfferRevision, WorkOrder
from engagements.values import NewTerms
from engagements.workflow import OFFER
from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.errors import Invalid, RuleBroken, Stale
from partnernet.core.notify import together
from partners.models import Member


@transaction.atomic
def counter(offer: Offer, new: NewTerms, *, by: Member, now: datetime | None = None) -> Offer:
    """Ask for other pay, another schedule or fewer units. The prime answers, or the counter-offer lapses."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check(
        "counter", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )
    if offer.respond_by and offer.respond_by <= now:
        raise RuleBroken("The time to answer has passed. Ask them to send it again.", code="too_late")
    most = sum(each.units for each in order_lines(order))
    units = most if new.units is None else new.units
    if not 1 <= units <= most:
        raise Invalid({"units": [f"Between 1 and {most}."]})
    terms = OfferRevision(**new.asked.columns(currency=order.currency, units=units))
    if arrivals.is_named(terms):
        raise Invalid(
            {"schedule_kind": ["Say when you would come: a start, or a window in which you arrive."]}
        )
    start = terms.begins_by(now)
    if start and start <= now:
        raise Invalid({"starts": ["This time has passed."]})

    prime = order.prime
    lapses_at = deadlines.respond_by(
        now, starts_at=start, zone=prime.timezone, holidays=frozenset(prime.holidays)
    )
    offer.counter = new_revision(
        offer,
        terms,
        units=units,
        by=by,
        now=now,
        notes=new.notes,
        side=OfferRevision.Side.SUB,
        lapses_at=lapses_at,
    )
    record_offer(offer, step.name, by=by, now=now, to=step.target, side="sub", changes=offer.counter.changes)
    news.offer_countered(order, offer, now=now)
    return offer


@transaction.atomic
def accept_counter(offer: Offer, *, by: Member, revision: UUID, now: datetime | None = None) -> WorkOrder:
    """Agree to what the sub asked for, which binds both. With fewer units the rest goes to a new draft.

    Raises Stale when the counter-offer is not the one that was seen, RuleBroken without coverage or below the floor.
    """
    order = lock_order(offer.work_order_id)
    offers = lock_offers(order)
    offer = read_again(offers, offer)
    now = now or clock.now()
    side = offer.side_of(by.firm_id, prime_id=order.prime_id)
    step = OFFER.check("accept_counter", status=offer.status, side=side, role=by.role)
    asked = offer.counter
    if asked is None or asked.pk != revision:
        raise Stale("They have changed their terms since you looked. Read them again.")
    lines = order_lines(order)
    verdict = require_margin(order, asked, lines, units=asked.units, by=by)
    check = require_coverage(order, asked, offer=offer, occasion=CoverageCheck.Occasion.ACCEPT, now=now)

    if asked.units < sum(each.units for each in lines):
        release(order, kept(lines, asked.units), by=by, now=now)
    offer.revision = asked
    approve_below_floor(offer, verdict, by=by, now=now)
    record_offer(offer, step.name, by=by, now=now, to=step.target)
    with together():
        bind(order, offer, by=by, technician=None, under=check.agreement_id, now=now)
        filled = fill_others(offers, winner=offer, now=now)
        news.bound(order, offer, filled, countered=True, now=now)
    return order


@transaction.atomic
def refuse_counter(offer: Offer, *, by: Member, reason: str = "", now: datetime | None = None) -> Offer:
    """Keep our terms: the offer stands as it was, with time to answer it again."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check(
        "refuse_counter",
        status=offer.status,
        side=offer.side_of(by.firm_id, prime_id=order.prime_id),
        role=by.role,
    )

    if offer.respond_by and offer.respond_by <= now:
        firm = offer.firm
        start = order.begins_by(now)
        offer.respond_by = deadlines.respond_by(
            now, starts_at=start, zone=firm.timezone, holidays=frozenset(firm.holidays)
        )
    record_offer(offer, step.name, by=by, now=now, to=step.target, reason=reason)
    news.counter_refused(order, offer, now=now)
    return offer


@transaction.atomic
def withdraw_counter(offer: Offer, *, by: Member, now: datetime | None = None) -> Offer:
    """Take the asked terms back: the offer stands as it was, or has expired if its own time has passed."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check(
        "withdraw_counter",
        status=offer.status,
        side=offer.side_of(by.firm_id, prime_id=order.prime_id),
        role=by.role,
    )

    record_offer(offer, step.name, by=by, now=now, to=_after_counter(offer, now=now), side="sub")
    news.counter_withdrawn(order, offer, now=now)
    return offer


@transaction.atomic
def lapse_counter(offer: Offer, *, now: datetime | None = None) -> Offer:
    """End a counter-offer that nobody answered in time."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check("lapse_counter", status=offer.status, side="system", role=CLOCK.role)
    if offer.counter is None or offer.counter.lapses_at is None or offer.counter.lapses_at > now:
        raise RuleBroken("The time to answer these terms has not passed.")

    record_offer(offer, step.name, by=CLOCK, now=now, to=_after_counter(offer, now=now), side="system")
    news.counter_lapsed(order, offer, now=now)
    return offer


def _after_counter(offer: Offer, *, now: datetime) -> str:
    passed = offer.respond_by is not None and offer.respond_by <= now
    return Offer.Status.EXPIRED if passed else Offer.Status.SENT
