"""The answers of the firm that was asked, and the binding of the two."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from contracts.actions import protection
from engagements import arrivals, deadlines, margin, shortfall
from engagements.actions import news, visits
from engagements.actions.history import drop_draft, fill, record_offer, record_order
from engagements.actions.revisions import approve_below_floor, require_margin
from engagements.actions.sealing import worth_of
from engagements.actions.shared import (
    lock_offers,
    lock_order,
    order_lines,
    price_of,
    priced_lines,
    read_again,
    require_coverage,
)
from engagements.double_booking import elsewhere
from engagements.models import (
    Assignment,
    CoverageCheck,
    MarginApproval,
    Offer,
    OfferRevision,
    WorkOrder,
    WorkOrderLine,
)
from engagements.models.offers import OPEN
from engagements.models.terms import TERM_FIELDS
from engagements.outlook import job_of, with_accepted
from engagements.workflow import OFFER, WORK_ORDER
from partnernet.core import clock
from partnernet.core.actors import Actor
from partnernet.core.errors import Invalid, RuleBroken, Stale
from partnernet.core.notify import together
from partners.models import Member


@transaction.atomic
def accept(  # noqa: PLR0913 - one answer's facts
    offer: Offer, *, by: Member, revision: UUID, technician: UUID | None = None, arrival: datetime | None = None,
    now: datetime | None = None,
) -> WorkOrder:  # fmt: skip
    """Bind the sub to the work; or, where the prime chooses among several, hold it until the choice.

    `arrival` is the start that the sub names, on the clock of the place, where the terms leave it to them.

    Raises Stale when the terms are not those that the sub saw, IllegalStep when the offer has ended, RuleBroken when its time
    has passed or no agreement in force covers the two firms, Invalid for an arrival that is missing or outside.
    """
    order = lock_order(offer.work_order_id)
    # Whoever comes too late reads one row of his own, so that fifty who waited are all answered soon.
    offers = lock_offers(order) if order.status == WorkOrder.Status.OFFERED else []
    offer = read_again(offers, offer)
    now = now or clock.now()
    side = offer.side_of(by.firm_id, prime_id=order.prime_id)
    OFFER.check("accept", status=offer.status, side=side, role=by.role)
    terms = _standing_terms(offer, revision)
    _require_in_time(offer, now=now)
    person = _technician(technician, by=by)
    arrives = arrivals.named(terms, arrival, now=now)
    fixed = arrivals.appointed(terms, arrives)
    check = require_coverage(order, fixed, offer=offer, occasion=CoverageCheck.Occasion.ACCEPT, now=now)

    offer.arrives_local = arrives
    if order.routing == WorkOrder.Routing.SELECT:
        _hold(order, offer, by=by, technician=person, now=now)
        return order
    record_offer(offer, "accept", by=by, now=now, to=Offer.Status.ACCEPTED, side="sub")
    with together():
        bind(order, offer, by=by, technician=person, under=check.agreement_id, now=now)
        filled = fill_others(offers, winner=offer, now=now)
        news.bound(order, offer, filled, countered=False, now=now)
    return order


def _hold(order: WorkOrder, offer: Offer, *, by: Member, technician: Member | None, now: datetime) -> None:
    """Keep that a firm would do it: until 17:00 of the prime's next business day after the answers are due."""
    answers_due = max(offer.respond_by or now, now)
    prime, terms = order.prime, _binding(offer)
    start = terms.begins_by(now)
    held_until = deadlines.respond_by(
        answers_due, starts_at=start, zone=prime.timezone, holidays=frozenset(prime.holidays)
    )
    # Never beyond the start, and never so short that nobody could choose.
    held_until = max(held_until, answers_due)
    offer.held_until = min(held_until, start) if offer.arrives_local and start else held_until
    offer.technician = technician
    record_offer(offer, "accept", by=by, now=now, to=Offer.Status.WILLING, side="sub")
    news.offer_willing(order, offer, now=now)


@transaction.atomic
def choose(offer: Offer, *, by: Member, revision: UUID, now: datetime | None = None) -> WorkOrder:
    """Choose one of the willing firms, which binds both; the others are told that it is filled.

    Raises Stale when the terms are not those that the prime saw, RuleBroken without coverage or below the floor.
    """
    order = lock_order(offer.work_order_id)
    offers = lock_offers(order)
    offer = read_again(offers, offer)
    now = now or clock.now()
    side = offer.side_of(by.firm_id, prime_id=order.prime_id)
    step = OFFER.check("choose", status=offer.status, side=side, role=by.role)
    terms = _standing_terms(offer, revision)
    if offer.held_until is None or offer.held_until <= now:
        raise RuleBroken("The time to choose has passed. Ask them again.", code="too_late")
    fixed = arrivals.appointed(terms, offer.arrives_local)
    if offer.arrives_local and fixed.starts_at and fixed.starts_at <= now:
        raise RuleBroken("The time at which they would come has passed. Ask them again.", code="too_late")
    verdict = require_margin(order, terms, order_lines(order), units=terms.units, by=by)
    check = require_coverage(order, fixed, offer=offer, occasion=CoverageCheck.Occasion.ACCEPT, now=now)
    goes = offer.technician if offer.technician and offer.technician.is_active else None
    away = elsewhere([offer], firm_id=offer.firm_id).get(offer.pk, [])

    if not MarginApproval.objects.filter(revision=terms).exists():
        approve_below_floor(offer, verdict, by=by, now=now)
    record_offer(offer, step.name, by=by, now=now, to=step.target)
    with together():
        bind(order, offer, by=by, technician=goes, under=check.agreement_id, now=now)
        filled = fill_others(offers, winner=offer, now=now)
        warnings = [each.told_to(None) for each in away if goes is None or each.person == goes.pk]
        news.bound(order, offer, filled, countered=False, now=now, warnings=warnings)
    return order


def _standing_terms(offer: Offer, revision: UUID) -> OfferRevision:
    if offer.revision is None or offer.revision_id != revision:
        raise Stale("The terms have changed since you looked. Read them again.")
    return offer.revision


def _require_in_time(offer: Offer, *, now: datetime) -> None:
    if offer.respond_by and offer.respond_by <= now:
        raise RuleBroken("The time to answer has passed. Ask them to send it again.", code="too_late")


def _technician(key: UUID | None, *, by: Member) -> Member | None:
    """Return who goes: as named, nobody yet, or in a firm of one the only person there is."""
    staff = Member.objects.active().of(by.firm_id)
    if key is None:
        # Whoever writes down the answer of a firm off the network does not go there.
        return None if not by.is_active or staff.exclude(pk=by.pk).exists() else by
    person = staff.filter(pk=key).first()
    if person is None:
        raise Invalid({"technician": ["Choose somebody of your firm."]})
    return person


def bind(  # noqa: PLR0913 - what an acceptance is made of
    order: WorkOrder, offer: Offer, *, by: Actor, technician: Member | None, under: UUID | None, now: datetime
) -> None:
    """Write what an acceptance makes of a locked order: its terms, its sub, the assignment, the notice of protection.

    `under` is the agreement that covers it; none where an owner allowed it without one.
    """
    lines, terms = priced_lines(order), _binding(offer)
    for name in TERM_FIELDS:
        setattr(order, name, getattr(terms, name))
    order.sub, order.accepted_revision, order.assigned_at = offer.firm, offer.revision, now
    order.client_price = price_of(lines)
    order.added_revenue = _added_revenue(order, lines, now=now)
    step = WORK_ORDER.check("assign", status=order.status, side="system", role="system")
    columns = ["sub", "accepted_revision", "assigned_at", "client_price", "added_revenue", *TERM_FIELDS]
    side = "sub" if by.firm_id == offer.firm_id else "prime"
    record_order(order, step.name, by=by, now=now, to=step.target, side=side, columns=columns)
    Assignment.objects.create(
        work_order=order, offer=offer, firm=offer.firm, technician=technician, assigned_at=now
    )
    news.exposure_exceeded(order, offer, by=by, now=now)
    if not order.is_cover:  # its call-offs say where to go, and when
        # Visits follow from an acceptance, and each round has one at most.
        visits.plan(order, technician=technician, first=order.round == 1)
    protection.serve(
        prime_id=order.prime_id,
        sub_id=offer.firm_id,
        client_id=order.client_id,
        client_name=order.client.name,
        work_order_id=order.pk,
        under=under,
        worth=worth_of(order, order.client),
        now=now,
    )


def _binding(offer: Offer) -> OfferRevision:
    """Return the terms as they bind: with the start that the sub named."""
    if offer.revision is None:  # a constraint of the database keeps it beside every sent offer
        raise LookupError("An offer without terms.")
    return arrivals.appointed(offer.revision, offer.arrives_local)


def _added_revenue(order: WorkOrder, lines: Sequence[WorkOrderLine], *, now: datetime) -> Decimal:
    """Return what this acceptance lets us bill that our own crew could not have delivered; nothing without a date."""
    job = job_of(order.engagement, now=now)
    units = sum(each.units for each in lines)
    if job is None or not units:
        return Decimal(0)
    after = with_accepted(job, {each.line_id: each.units for each in lines})
    return margin.added_revenue(
        at_risk_before=shortfall.forecast(job, now=now).at_risk,
        at_risk_after=shortfall.forecast(after, now=now).at_risk,
        unit_price=price_of(lines) / units,
    )


def fill_others(offers: Sequence[Offer], *, winner: Offer, now: datetime) -> list[Offer]:
    """End the other offers of the round and return them; those that never left are dropped."""
    others = [other for other in offers if other.pk != winner.pk]
    for other in others:
        if other.status == Offer.Status.DRAFT:
            drop_draft(other)
    filled = [other for other in others if other.status in OPEN]
    if filled:
        fill(filled, now=now)
    return filled


@transaction.atomic
def decline(offer: Offer, *, by: Member, reason: str = "", now: datetime | None = None) -> Offer:
    """Say no. It costs nothing: no score looks at it."""
    order = lock_order(offer.work_order_id)
    offers = lock_offers(order)
    offer = read_again(offers, offer)
    now = now or clock.now()
    step = OFFER.check(
        "decline", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )

    record_offer(offer, step.name, by=by, now=now, to=step.target, side="sub", reason=reason)
    news.offer_declined(order, offer, reason=reason, now=now)
    return offer


@transaction.atomic
def reopen(offer: Offer, *, by: Member, now: datetime | None = None) -> Offer:
    """Think again about an offer declined, while its time runs and the work is still offered."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check(
        "reopen", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )
    if order.status != WorkOrder.Status.OFFERED or offer.round != order.round:
        raise RuleBroken("This work is not offered any more.")
    _require_in_time(offer, now=now)

    offer.ended_at = None
    record_offer(offer, step.name, by=by, now=now, to=step.target, side="sub")
    news.offer_reopened(order, offer, now=now)
    return offer
