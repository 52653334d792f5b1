"""What people do over and over: offer work, take it, do it, approve it, pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from billing.actions import announce_payment, approve_work, confirm_payment
from billing.actions.payments import Paid
from billing.models import Invoice
from clients.models import Site
from engagements import pay
from engagements.actions import answers, engagements, lines, offers, onsite, orders, submissions, visits
from engagements.models import Engagement, EngagementLine, Offer, Submission, Visit, WorkOrder
from engagements.values import Asked, JobFacts, LineFacts, OrderDraft, Piece, Recipient, Schedule
from partnernet.core.localtime import to_local
from partnernet.story.cast import Troupe
from partnernet.story.stage import ZONE, Stage
from partners.actions import ratings
from partners.models import RatingRound
from partners.opinion import Opinion


def window(stage: Stage, day: int, start: int = 9, end: int = 11) -> Schedule:
    return Schedule("arrival_window", ZONE, stage.local(day, start), stage.local(day, end))


def per_unit(amount: int, schedule: Schedule, *, net_days: int = 15) -> Asked:
    return Asked(
        pay=pay.PayTerms(kind=pay.PER_UNIT, amount=Decimal(amount)), schedule=schedule, net_days=net_days
    )


def place(line: EngagementLine, units: int, asked: Asked, *, by: Troupe, now: datetime) -> WorkOrder:
    """Split units of one line off into a draft order."""
    draft = OrderDraft(asked=asked, routing=WorkOrder.Routing.FIRST_ACCEPT)
    (order,) = orders.split(line.engagement, [Piece(line.pk, units)], by=by.dispatcher, draft=draft, now=now)
    return order


def ask(
    order: WorkOrder, subs: list[Troupe], *, by: Troupe, now: datetime, respond_by: datetime | None = None
) -> list[Offer]:
    """Offer an order to firms, as an owner, who may go below the floor."""
    to = [Recipient(sub.firm.pk) for sub in subs]
    return offers.offer_work(order, to, by=by.owner, respond_by=respond_by, now=now)


def take(offer: Offer, sub: Troupe, *, now: datetime) -> WorkOrder:
    offer = Offer.objects.get(pk=offer.pk)
    if offer.revision_id is None:
        raise LookupError("An offer without terms.")
    return answers.accept(
        offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=now
    )


def begin(order: WorkOrder, sub: Troupe, *, now: datetime) -> Visit:
    """Read the rules and check in."""
    visit = Visit.objects.filter(work_order=order).still_open().get()
    visits.acknowledge_briefing(order, by=sub.technician, now=now - timedelta(minutes=30))
    return visits.check_in(visit, by=sub.technician, now=now)


def do_units(order: WorkOrder, sub: Troupe, units: int, *, minutes_each: int, now: datetime) -> None:
    onsite.count_units(order, by=sub.technician, units=units, minutes=units * minutes_each, now=now)


def hand_in(order: WorkOrder, sub: Troupe, *, now: datetime) -> Submission:
    """Leave the site and hand the work in."""
    visit = Visit.objects.get(work_order=order, status=Visit.Status.CHECKED_IN)
    visits.finish(visit, by=sub.technician, now=now)
    return submissions.submit(
        order, by=sub.technician, client_asked_for_more=False, now=now + timedelta(minutes=4)
    )


GLAD = Opinion(again=True, performs=5, commitment=5, reliability=4, trustworthy=5, credit=5, rapport=5)
YES = Opinion(again=True)


@dataclass(frozen=True, slots=True)
class Deal:
    """A whole piece of work of the past, in days of the story. `paid` is None while it is open.

    `said` is what the firm that hired and the one that was hired say of each other afterwards.
    """

    title: str
    site: Site
    day: int
    units: int
    price: int
    pay: int
    minutes_late: int = 0
    approved_after: int = 1
    paid: int | None = 12
    said: tuple[Opinion | None, Opinion | None] = (GLAD, YES)


def whole_deal(deal: Deal, prime: Troupe, sub: Troupe, *, stage: Stage) -> WorkOrder:
    """Play one deal from the job to the payment, each step at its moment."""
    day = stage.business(deal.day)
    asked_at, start = stage.at(day - 5, 10), stage.at(day, 10, 30 + deal.minutes_late % 30)
    if deal.minutes_late:
        start = stage.at(day, 11) + timedelta(minutes=deal.minutes_late)
    job = engagements.create(
        JobFacts(
            title=deal.title,
            currency="USD",
            timezone=ZONE,
            deadline=stage.local(day + 3, 17),
            unit_noun="computer",
        ),
        by=prime.dispatcher,
        now=asked_at,
    )
    line = lines.add(
        job,
        LineFacts(deal.site.pk, deal.title, deal.units, 45, Decimal(deal.price)),
        by=prime.dispatcher,
        now=asked_at,
    )
    engagements.activate(job, by=prime.dispatcher, now=asked_at)
    line.engagement = Engagement.objects.get(pk=job.pk)
    order = place(line, deal.units, per_unit(deal.pay, window(stage, day)), by=prime, now=asked_at)
    (offer,) = ask(order, [sub], by=prime, now=stage.at(day - 4, 10), respond_by=stage.at(day - 2, 17))
    order = take(offer, sub, now=stage.at(day - 4, 14))
    begin(order, sub, now=start)
    do_units(order, sub, deal.units, minutes_each=40, now=start + timedelta(hours=3))
    submission = hand_in(order, sub, now=start + timedelta(hours=4))
    approved_at = min(start + timedelta(days=deal.approved_after, hours=4, minutes=30), stage.now)
    invoice = approve_work(submission, by=prime.owner, now=approved_at)
    if deal.paid is not None:
        settle(invoice, prime, sub, now=min(start + timedelta(days=deal.paid), stage.now))
    engagements.complete(job, by=prime.dispatcher, now=approved_at)
    _rate_each_other(deal, prime, sub, opened=RatingRound.objects.get(engagement_id=job.pk), stage=stage)
    return order


def _rate_each_other(deal: Deal, prime: Troupe, sub: Troupe, *, opened: RatingRound, stage: Stage) -> None:
    """Say what each thinks, hours after they were asked; a week later the clock shows what one of them did not wait for."""
    for hours, opinion, rater in ((6, deal.said[0], prime), (28, deal.said[1], sub)):
        at = opened.opened_at + timedelta(hours=hours)
        if opinion and at <= stage.now:
            ratings.rate(opened, opinion, by=rater.dispatcher, now=at)
    if opened.closes_at <= stage.now:
        ratings.reveal_due(now=opened.closes_at)


def settle(invoice: Invoice, prime: Troupe, sub: Troupe, *, now: datetime) -> None:
    """Announce a payment of all that is open, and confirm it the next day."""
    on = to_local(now, ZONE).date()
    payment = announce_payment(
        invoice, by=prime.finance, paid=Paid(on=on, reference=invoice.reference), now=now
    )
    confirm_payment(payment, by=sub.finance, now=now + timedelta(hours=20))
