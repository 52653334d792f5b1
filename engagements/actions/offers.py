"""Offers leave, change, and are taken back: the steps of the firm that gives the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from contracts.actions import approaches, conflicts, coverage
from contracts.models import Agreement
from engagements import deadlines, matching
from engagements.actions import news
from engagements.actions.history import drop_draft, record_offer, record_order
from engagements.actions.revisions import approve_below_floor, new_revision, require_margin
from engagements.actions.shared import (
    judge_coverage,
    lock_offers,
    lock_order,
    order_lines,
    read_again,
    require_coverage,
)
from engagements.models import CoverageCheck, Offer, OfferRevision, WorkOrder, WorkOrderLine
from engagements.models.offers import OPEN
from engagements.values import Asked, NewTerms, Recipient
from engagements.workflow import OFFER, WORK_ORDER
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import Delivery, Notification
from partners.actions import invites
from partners.models import Firm, Member

NEXT_FIRM_AFTER = timedelta(hours=4)
"""Business hours after which the next firm is asked as well, when firms are asked one after the other."""


@dataclass(frozen=True)
class Sending:
    """An order about to be offered: its lines, who sends it, when, and by when to answer if that was chosen."""

    order: WorkOrder
    lines: Sequence[WorkOrderLine]
    by: Actor
    now: datetime
    respond_by: datetime | None = None

    @property
    def units(self) -> int:
        return sum(each.units for each in self.lines)


@transaction.atomic
def change_terms(order: WorkOrder, asked: Asked, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Set what a draft order pays and when it is done; offers that left are revised instead."""
    order = lock_order(order.pk)
    now = now or clock.now()
    if order.status != WorkOrder.Status.DRAFT:
        raise RuleBroken("This work is offered already. Change the terms of the offer.")
    WORK_ORDER.check("send_offers", status=order.status, side=order.side_of(by.firm_id), role=by.role)
    columns = asked.columns(currency=order.currency, units=sum(each.units for each in order_lines(order)))

    drop_requested(order, lock_offers(order))
    for name, value in columns.items():
        setattr(order, name, value)
    order.save(update_fields=list(columns))
    record_order(order, "change_terms", by=by, now=now)
    return order


@transaction.atomic
def offer_work(
    order: WorkOrder, to: Sequence[Recipient], *, by: Member, respond_by: datetime | None = None, now: datetime | None = None
) -> list[Offer]:  # fmt: skip
    """Offer an order to firms: to all at once, or to the first now and to each next one later.

    Raises RuleBroken without coverage or an agreement to enclose, below the floor unless an owner sends it, and for
    requirements that are not met without a reason.
    """
    order = lock_order(order.pk)
    rivals = drop_requested(order, lock_offers(order))
    now = now or clock.now()
    step = WORK_ORDER.check("send_offers", status=order.status, side=order.side_of(by.firm_id), role=by.role)
    sending = Sending(order, order_lines(order), by, now, respond_by)
    firms = _require_recipients(order, to, rivals)
    _require_time(sending)
    verdict = require_margin(order, order, sending.lines, units=sending.units, by=by)

    offers = _draft_all(sending, to, firms, after=len(rivals))
    for offer in offers:
        approve_below_floor(offer, verdict, by=by, now=now)
    waiting = order.routing == WorkOrder.Routing.ONE_BY_ONE
    for offer in offers[:1] if waiting and not _is_somebody_asked(rivals) else [] if waiting else offers:
        _send(sending, offer)
    if order.status != WorkOrder.Status.OFFERED:
        record_order(order, step.name, by=by, now=now, to=step.target)
    return offers


def draft(sending: Sending, to: Sequence[Recipient], rivals: Sequence[Offer]) -> list[Offer]:
    """Draft offers that could leave at once but for an owner's yes: the firms can be asked, in time, covered."""
    firms = _require_recipients(sending.order, to, rivals)
    _require_time(sending)
    drafted = _draft_all(sending, to, firms, after=len(rivals))
    for offer in drafted:
        _cover_or_enclose(sending.order, offer, now=sending.now)
    return drafted


def drop_requested(order: WorkOrder, rivals: Sequence[Offer]) -> list[Offer]:
    """Drop what waits for an owner on a locked draft order, whose terms or firms are about to change; return what stays."""
    waiting = [each for each in rivals if each.status == Offer.Status.DRAFT and order.status == WorkOrder.Status.DRAFT]  # fmt: skip
    for offer in waiting:
        drop_draft(offer)
    return [each for each in rivals if each not in waiting]


def _is_somebody_asked(offers: Sequence[Offer]) -> bool:
    return any(offer.status in OPEN for offer in offers)


def _require_recipients(
    order: WorkOrder, to: Sequence[Recipient], rivals: Sequence[Offer]
) -> dict[UUID, Firm]:
    """Raise RuleBroken for a firm that cannot be asked; return the firms by key."""
    if not to:
        raise Invalid({"firms": ["Choose at least one firm."]})
    if len({recipient.firm for recipient in to}) != len(to):
        raise Invalid({"firms": ["The same firm is named twice."]})
    firms = {
        firm.pk: firm
        for firm in matching.candidates(order.prime_id).filter(pk__in=[each.firm for each in to])
    }
    asked = {offer.firm_id for offer in rivals}
    _require_reporter_first(order, to)
    for recipient in to:
        firm = firms.get(recipient.firm)
        if firm is None:
            raise Invalid({"firms": ["One of these firms is not there."]})
        if firm.pk in asked:
            raise RuleBroken(f"{firm.name} has an offer of this work already.")
        _require_willing(firm)
        unmet = matching.unmet(order, firm)
        if unmet and not recipient.waiver_reason.strip():
            raise RuleBroken(f"{' '.join(unmet)} Say why you ask {firm.name} anyway.", field="waiver_reason")
    return firms


def _require_reporter_first(order: WorkOrder, to: Sequence[Recipient]) -> None:
    """What a firm passed on is offered to it first, and to others when it has had the offer."""
    sent = Offer.objects.filter(work_order=order).exclude(status=Offer.Status.DRAFT)
    in_turn = order.routing == WorkOrder.Routing.ONE_BY_ONE
    approaches.require_reporter_first(
        order.pk,
        to[0].firm,
        asked=set(sent.values_list("firm_id", flat=True)),
        alone=in_turn or len(to) == 1,
    )


def _require_willing(firm: Firm) -> None:
    if firm.is_blocked:
        raise RuleBroken(f"You have blocked {firm.name}. Unblock it first.")
    if firm.not_taking_offers or firm.status == Firm.Status.SUSPENDED:
        raise RuleBroken(f"{firm.name} is not taking offers.")


def _require_time(sending: Sending) -> None:
    order, now = sending.order, sending.now
    start = order.begins_by(now)
    if start and start <= now:
        raise RuleBroken("The time of this work has passed. Change its dates first.", field="starts")
    if sending.respond_by and sending.respond_by <= now:
        raise RuleBroken("The time to answer has passed already.", field="respond_by")
    if sending.respond_by and start and sending.respond_by > start:
        raise RuleBroken("The answer must come before the work starts.", field="respond_by")


def _draft_all(
    sending: Sending, to: Sequence[Recipient], firms: dict[UUID, Firm], *, after: int
) -> list[Offer]:
    if len(to) > 1:
        coverage.hold_between(sending.order.prime_id, firms, now=sending.now)
    return [
        _draft(sending, recipient, firms[recipient.firm], position=after + place)
        for place, recipient in enumerate(to, start=1)
    ]


def _draft(sending: Sending, recipient: Recipient, firm: Firm, *, position: int) -> Offer:
    order = sending.order
    offer = Offer.objects.create(
        work_order=order,
        firm=firm,
        round=order.round,
        position=position,
        miles=matching.miles_to(order.site, firm),
        waiver_reason=recipient.waiver_reason,
        created_at=sending.now,
    )
    offer.revision = new_revision(offer, order, units=sending.units, by=sending.by, now=sending.now)
    offer.save(update_fields=["revision"])
    return offer


def _send(sending: Sending, offer: Offer) -> None:
    """Let one drafted offer leave: covered, or with the agreement that was proposed to the firm."""
    order, now = sending.order, sending.now
    _cover_or_enclose(order, offer, now=now)
    if offer.firm.status == Firm.Status.UNCLAIMED:
        invites.carry_offer(offer.firm, offer.pk, firm_id=order.prime_id)
    offer.sent_at, offer.sent_by_id = now, getattr(sending.by, "pk", None)
    offer.respond_by = sending.respond_by or _usual_respond_by(order, offer, now=now)
    if order.routing == WorkOrder.Routing.ONE_BY_ONE:
        prime = order.prime
        offer.next_firm_at = deadlines.after_business_hours(
            now, NEXT_FIRM_AFTER, zone=prime.timezone, holidays=frozenset(prime.holidays)
        )
    step = OFFER.check(
        "send", status=offer.status, side="system" if sending.by is CLOCK else "prime", role=sending.by.role
    )
    record_offer(offer, step.name, by=sending.by, now=now, to=step.target, side=step.side)
    # The one place where it is asked: a check costs an offer that really leaves.
    conflicts.check(prime_id=order.prime_id, sub_id=offer.firm_id, client=order.client, now=now)
    news.offer_sent(order, offer, now=now)


def _usual_respond_by(order: WorkOrder, offer: Offer, *, now: datetime) -> datetime:
    firm = offer.firm
    start = order.begins_by(now)
    return deadlines.respond_by(now, starts_at=start, zone=firm.timezone, holidays=frozenset(firm.holidays))


def _cover_or_enclose(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    check = judge_coverage(order, order, offer=offer, occasion=CoverageCheck.Occasion.SEND, now=now)
    if check.opens_offers:
        return
    if check.status == "blocked":
        raise RuleBroken(" ".join(check.reasons), code="not_covered")
    proposed = Agreement.objects.between(order.prime_id, offer.firm_id).under_way().order_by("-pk").first()
    if proposed is None:
        raise RuleBroken(
            f"{' '.join(check.reasons)} Send {offer.firm.name} an agreement first; it goes along with the offer.",
            code="not_covered",
        )
    offer.enclosed_agreement = proposed
    offer.save(update_fields=["enclosed_agreement"])


@transaction.atomic
def send(offer: Offer, *, by: Actor, now: datetime | None = None) -> Offer:
    """Let a drafted offer leave now: the next firm in turn, by the prime or by the clock."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    side = "system" if by is CLOCK else offer.side_of(by.firm_id, prime_id=order.prime_id)
    OFFER.check("send", status=offer.status, side=side, role=by.role)
    if order.status != WorkOrder.Status.OFFERED:
        raise RuleBroken(
            f"{order.reference} is {order.get_status_display().lower()}, so it is not offered any more."
        )
    sending = Sending(order, order_lines(order), by, now)
    _require_time(sending)

    _send(sending, offer)
    return offer


@transaction.atomic
def undo(offer: Offer, *, by: Member, now: datetime | None = None) -> Offer:
    """Take an offer back within ten seconds of sending, before any mail has left or anybody has read of it."""
    order = lock_order(offer.work_order_id)
    offers = lock_offers(order)
    offer = read_again(offers, offer)
    now = now or clock.now()
    step = OFFER.check(
        "undo", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )
    told = Notification.objects.filter(subject_id=offer.pk)
    left = Delivery.objects.filter(notification__in=told, sent_at__isnull=False).exists()
    if (
        offer.sent_at is None
        or now - offer.sent_at > news.UNDO
        or left
        or told.filter(read_at__isnull=False).exists()
    ):
        raise RuleBroken("The offer has left already. Withdraw it instead.")

    told.delete()
    offer.next_firm_at = None
    record_offer(offer, step.name, by=by, now=now, to=step.target)
    if not _is_somebody_asked(offers):
        record_order(order, "undo", by=by, now=now, to=WorkOrder.Status.DRAFT)
        for each in offers:
            if each.status == Offer.Status.DRAFT:
                drop_draft(each)
    return offer


@transaction.atomic
def revise(offer: Offer, new: NewTerms, *, by: Member, now: datetime | None = None) -> Offer:
    """Put new terms to the firm; a counter-offer that stands is answered by them. The firm is told what changed."""
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    step = OFFER.check(
        "revise", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )
    lines = order_lines(order)
    count = sum(each.units for each in lines) if new.units is None else new.units
    require_units(count, lines)
    terms = OfferRevision(**new.asked.columns(currency=order.currency, units=count))
    _require_not_passed(terms, now=now)
    verdict = require_margin(order, terms, lines, units=count, by=by)
    if offer.enclosed_agreement_id is None:
        require_coverage(order, terms, offer=offer, occasion=CoverageCheck.Occasion.SCHEDULE, now=now)

    offer.revision = new_revision(offer, terms, units=count, by=by, now=now, notes=new.notes)
    if offer.respond_by and offer.respond_by <= now:  # whoever would do it, or asked, has to answer anew
        offer.respond_by = _usual_respond_by(order, offer, now=now)
    approve_below_floor(offer, verdict, by=by, now=now)
    record_offer(offer, step.name, by=by, now=now, to=step.target, changes=offer.revision.changes)
    news.offer_revised(order, offer, now=now)
    return offer


def _require_not_passed(terms: OfferRevision, *, now: datetime) -> None:
    start = terms.begins_by(now)
    if start and start <= now:
        raise RuleBroken("This time has passed.", field="starts")


def require_units(count: int, lines: Sequence[WorkOrderLine]) -> None:
    """Raise Invalid unless so many units are on the order."""
    most = sum(each.units for each in lines)
    if not 1 <= count <= most:
        raise Invalid({"units": [f"Between 1 and {most}."]})


@transaction.atomic
def withdraw(offer: Offer, *, by: Member, reason: str = "", now: datetime | None = None) -> Offer:
    """Take an offer back that nobody has accepted."""
    order = lock_order(offer.work_order_id)
    offers = lock_offers(order)
    offer = read_again(offers, offer)
    now = now or clock.now()
    step = OFFER.check(
        "withdraw", status=offer.status, side=offer.side_of(by.firm_id, prime_id=order.prime_id), role=by.role
    )

    record_offer(offer, step.name, by=by, now=now, to=step.target, reason=reason)
    news.offer_withdrawn(order, offer, reason=reason, now=now)
    return offer
