"""What needs this person now: at most seven rows, the most urgent first. Each has one button."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from billing.models import Invoice, Objection, Payment
from contracts.models import Agreement, ApproachReport, Claim, Signatory
from contracts.standing import standing
from engagements import wording
from engagements.models import CallOff, ChangeRequest, FloorRequest, Offer, Problem, Submission
from partnernet.core import money
from partners.actions import documents
from partners.models import Firm, Member, PaperRequest, RatingRound

MOST = 7
SOON = timedelta(days=7)
HIRED, WERE_HIRED = "hired", "were_hired"
Source: TypeAlias = "Callable[[Member, datetime], Iterator[Need]]"


@dataclass(frozen=True, slots=True)
class Need:
    """One row: what, which firm, how much, by when, and what to press. `side` says whether we hired.

    With `post` the button acts at once, on the revision `seen`; `href` leads to the page about it.
    """

    what: str
    firm: str
    href: str
    button: str
    due: datetime | None
    side: str
    amount: str = ""
    post: str = ""
    seen: str = ""


def needs_of(member: Member, *, now: datetime, side: str = "") -> list[Need]:
    """Return what waits for this member, by time left; rows without a time come last."""
    found = [need for source in _sources(member) for need in source(member, now)]
    if side:
        found = [need for need in found if need.side == side]
    return sorted(found, key=lambda need: (need.due is None, need.due or now, need.what))[:MOST]


def _sources(member: Member) -> list[Source]:
    lead: list[Source] = [
        _call_offs,
        _offers,
        _counters,
        _choices,
        _submissions,
        _changes,
        _approaches,
        _problems,
    ]
    owner: list[Source] = [_claims, _floor]
    signs: list[Source] = [_agreements]
    purse: list[Source] = [_invoices, _sent_again, _objections, _payments]
    sources: dict[str, list[Source]] = {
        "owner": [*lead, *signs, *owner, *purse, _papers, _ratings],
        "dispatcher": [*lead, *signs, _ratings],
        "finance": [*purse, *signs],
        "viewer": signs,
    }
    return sources.get(member.role, [])


def _offers(member: Member, now: datetime) -> Iterator[Need]:
    offers = Offer.objects.received_by(member.firm_id).filter(status="sent", respond_by__gt=now)
    for offer in offers.select_related("work_order__prime", "revision").order_by("respond_by", "pk")[:MOST]:
        terms = offer.revision
        amount = money.show(terms.not_to_exceed, terms.currency) if terms else ""
        href = reverse("offer", args=[member.firm_id, offer.pk])
        prime = offer.work_order.prime.name
        yield Need(offer.work_order.title, prime, href, "Answer", offer.respond_by, WERE_HIRED, amount)


def _call_offs(member: Member, now: datetime) -> Iterator[Need]:
    """What was called off and nobody has answered: ours to answer, or theirs and late."""
    waiting = (
        CallOff.objects.waiting()
        .visible_to(member.firm_id)
        .select_related("work_order__prime", "work_order__sub")
    )
    for each in waiting.order_by("answer_by", "pk")[:MOST]:
        order = each.work_order
        hired = order.prime_id == member.firm_id
        if hired and each.answer_by > now:
            continue
        firm = (order.sub.name if order.sub else "") if hired else order.prime.name
        what = f"{each.ticket}: nobody has answered" if hired else f"{each.ticket}: {each.what}"
        href = reverse("call-off", args=[member.firm_id, each.pk])
        yield Need(
            what, firm, href, "Look" if hired else "Answer", each.answer_by, HIRED if hired else WERE_HIRED
        )


def _counters(member: Member, now: datetime) -> Iterator[Need]:
    offers = Offer.objects.filter(work_order__prime=member.firm_id, status="countered")
    for offer in offers.select_related("work_order", "firm", "counter").order_by("respond_by", "pk")[:MOST]:
        terms = offer.counter
        amount = money.show(terms.not_to_exceed, terms.currency) if terms else ""
        href = reverse("work-order", args=[member.firm_id, offer.work_order_id])
        what = f"Other terms for {offer.work_order.reference}"
        yield Need(what, offer.firm.name, href, "Answer", offer.respond_by, HIRED, amount)


def _choices(member: Member, now: datetime) -> Iterator[Need]:
    """One row for each order that several firms would do: whoever has to be chosen first."""
    offers = Offer.objects.filter(work_order__prime=member.firm_id, status="willing", held_until__gt=now)
    told: set[UUID] = set()
    for offer in offers.select_related("work_order", "firm").order_by("held_until", "pk")[: 10 * MOST]:
        order = offer.work_order
        if order.pk not in told:
            told.add(order.pk)
            href = reverse("work-order-choose", args=[member.firm_id, order.pk])
            what = f"{order.reference}: choose who does it"
            yield Need(what, offer.firm.name, href, "Choose", offer.held_until, HIRED)


def _submissions(member: Member, now: datetime) -> Iterator[Need]:
    waiting = Submission.objects.waiting().filter(work_order__prime=member.firm_id)
    for each in waiting.select_related("work_order__sub").order_by("silence_at", "pk")[:MOST]:
        href = reverse("work-order", args=[member.firm_id, each.work_order_id])
        firm = each.work_order.sub.name if each.work_order.sub else ""
        what = f"{each.work_order.title}: a part" if each.is_part else f"{each.work_order.title} is done"
        yield Need(
            what, firm, href, "Approve", each.silence_at, HIRED, money.show(each.amount, each.currency)
        )


def _changes(member: Member, now: datetime) -> Iterator[Need]:
    waiting = ChangeRequest.objects.asked_of(member.firm_id)
    order = "assignment__work_order"
    found = waiting.select_related(f"{order}__prime", f"{order}__sub", "technician__user").order_by(
        "asked_at", "pk"
    )
    for each in found[:MOST]:
        work = each.assignment.work_order
        href = reverse("work-order", args=[member.firm_id, work.pk])
        hired = work.prime_id == member.firm_id
        firm = (work.sub.name if work.sub else "") if hired else work.prime.name
        what = f"{work.reference}: {wording.change(each)}"
        yield Need(what, firm, href, "Answer", each.asked_at, HIRED if hired else WERE_HIRED)


def _approaches(member: Member, now: datetime) -> Iterator[Need]:
    heard = ApproachReport.objects.filter(prime=member.firm_id).unanswered()
    for each in heard.select_related("client", "sub").order_by("answer_by", "pk")[:MOST]:
        href = reverse("approach", args=[member.firm_id, each.pk])
        yield Need(f"{each.client.name} asked for more", each.sub.name, href, "Answer", each.answer_by, HIRED)
    if member.role != "owner":
        return
    mine = ApproachReport.objects.visible_to(member.firm_id).filter(sub=member.firm_id)
    offered = mine.filter(status="acknowledged").exclude(fee_percent=None)
    for each in offered.select_related("client", "prime").order_by("answer_by", "pk")[:MOST]:
        href = reverse("approach", args=[member.firm_id, each.pk])
        what = f"{each.client.name}: released to you for {each.fee_percent:f} %"
        yield Need(what, each.prime.name, href, "Answer", None, WERE_HIRED)


def _claims(member: Member, now: datetime) -> Iterator[Need]:
    """What an owner answers: a claim, a settlement that was offered, a decision that was written down."""
    found = Claim.objects.visible_to(member.firm_id).still_open().with_parties()
    for each in found.order_by("due_at", "pk")[: 2 * MOST]:
        other = each.across(member.firm_id)
        asked = each.respondent_id == member.firm_id and each.status in ("notice_served", "no_response")
        settle, decide = (
            by not in (None, member.firm_id) for by in (each.settlement_by_id, each.outcome_by_id)
        )
        if not (asked or settle or decide):
            continue
        due = each.outcome_until if decide else each.due_at
        href = reverse("claim", args=[member.firm_id, each.pk])
        side = WERE_HIRED if each.respondent_id == member.firm_id else HIRED
        yield Need(f"Claim {each.reference}: {each.about}", other.name, href, "Answer", due, side)


def _problems(member: Member, now: datetime) -> Iterator[Need]:
    opened = Problem.objects.filter(work_order__prime=member.firm_id, resolved_at=None)
    for each in opened.select_related("work_order__sub").order_by("opened_at", "pk")[:MOST]:
        href = reverse("work-order", args=[member.firm_id, each.work_order_id])
        firm = each.work_order.sub.name if each.work_order.sub else ""
        yield Need(
            f"{each.get_kind_display()}: {each.work_order.title}", firm, href, "Answer", each.opened_at, HIRED
        )


def _agreements(member: Member, now: datetime) -> Iterator[Need]:
    """What this person signs or accepts: whoever is named for it, else an owner."""
    waiting = Agreement.objects.visible_to(member.firm).under_way().with_parties().with_signed_sides()
    if member.role == "owner":
        here = Signatory.objects.visible_to(member.firm_id).here()
        another = here.filter(member__firm=member.firm_id).exclude(member=member)
        waiting = waiting.exclude(pk__in=another.values("agreement"))
    else:
        named = Signatory.objects.visible_to(member.firm_id).here().filter(member=member)
        waiting = waiting.filter(pk__in=named.values("agreement"))
    for each in waiting.order_by("lapses_at", "pk")[: 2 * MOST]:
        side, talks = each.side_of(member.firm_id), each.status == "negotiating"
        # The query above adds signed_by_proposer and signed_by_other.
        done = each.current_revision.author_side == side if talks else getattr(each, f"signed_by_{side}")
        if done or (each.signs_first and standing(each, now).waits_for != side):
            continue
        other = each.other if side == "proposer" else each.proposer
        href = reverse("agreement", args=[member.firm_id, each.pk])
        button = "Read and answer" if talks else "Read and sign"
        yield Need(each.get_kind_display(), other.name, href, button, each.lapses_at, WERE_HIRED)


def _floor(member: Member, now: datetime) -> Iterator[Need]:
    """One row for each order that a dispatcher asks an owner to send below the floor."""
    told: set[UUID] = set()
    for each in FloorRequest.objects.waiting_at(member.firm_id)[: 10 * MOST]:
        order, firm = each.revision.offer.work_order, each.revision.offer.firm
        if order.pk in told:
            continue
        told.add(order.pk)
        kept = money.show(each.price - each.cost, order.currency)
        share = f" ({each.percent:.0f} %)" if each.percent is not None else ""
        args = [member.firm_id, order.pk]
        what = f"Below your floor: {order.reference}, {each.asked_by.user.called} asks"
        yield Need(
            what, firm.name, reverse("work-order", args=args), "Send", each.respond_by, HIRED, f"you keep {kept}{share}",
            post=reverse("work-order-send-below-floor", args=args), seen=str(each.revision_id),
        )  # fmt: skip


def _invoices(member: Member, now: datetime) -> Iterator[Need]:
    horizon = (now + SOON).date()
    due = (
        Invoice.objects.to_pay(member.firm_id).unpaid().filter(due_on__lte=horizon).with_parties().with_paid()
    )
    each: Any  # with_paid() adds the sums
    for each in due.by_due_day()[:MOST]:
        if each.payable <= 0:
            continue
        href = reverse("invoice", args=[member.firm_id, each.pk])
        amount = money.show(each.payable, each.currency)
        yield Need(
            f"{each.reference} for {each.work_order.title}",
            each.sub.name,
            href,
            "Pay",
            _end(each, member.firm),
            HIRED,
            amount,
        )


def _sent_again(member: Member, now: datetime) -> Iterator[Need]:
    """Invoices that wait for our yes."""
    waiting = Invoice.objects.to_pay(member.firm_id).filter(status="submitted").with_parties()
    for each in waiting.order_by("issued_on", "pk")[:MOST]:
        href = reverse("invoice", args=[member.firm_id, each.pk])
        amount = money.show(each.amount, each.currency)
        yield Need(f"{each.reference} was sent again", each.sub.name, href, "Approve", None, HIRED, amount)


def _objections(member: Member, now: datetime) -> Iterator[Need]:
    """What is wrong with our invoices, and the disputes that owners of both firms should talk about."""
    ours = Q(invoice__sub=member.firm_id)
    disputed = Q(invoice__prime=member.firm_id, kind="dispute")
    found = Objection.objects.standing().filter(ours | disputed)
    for each in found.select_related("invoice__prime", "invoice__sub").order_by("raised_at", "pk")[:MOST]:
        invoice = each.invoice
        hired = invoice.prime_id == member.firm_id
        other = invoice.sub if hired else invoice.prime
        href = reverse("invoice", args=[member.firm_id, invoice.pk])
        what, button = (
            ("to be revised", "Revise") if each.kind == "revision" else ("is disputed", "Call them")
        )
        side = HIRED if hired else WERE_HIRED
        yield Need(f"{invoice.reference} {what}", other.name, href, button, each.talk_by, side)


def _payments(member: Member, now: datetime) -> Iterator[Need]:
    sent = Payment.objects.filter(payee=member.firm_id).unconfirmed().select_related("payer")
    for each in sent.prefetch_related("allocations").order_by("silence_at", "pk")[:MOST]:
        invoice = next(iter(each.allocations.all()))
        href = reverse("invoice", args=[member.firm_id, invoice.invoice_id])
        amount = money.show(each.amount, each.currency)
        yield Need("Says it paid you", each.payer.name, href, "Confirm", each.silence_at, WERE_HIRED, amount)


def _papers(member: Member, now: datetime) -> Iterator[Need]:
    """Ask for what others wait for before they can give us work."""
    asked = PaperRequest.objects.waiting_at(member.firm_id).select_related("asker").order_by("asked_at", "pk")
    for each in asked[:MOST]:
        href = f"{reverse('papers', args=[member.firm_id])}?wanted={each.slot.wanted}#hand-in"
        least = f"at least {documents.limit_words(each)}" if each.limit_each is not None else ""
        yield Need(f"Your {each.slot.inside}", each.asker.name, href, "Send it", None, WERE_HIRED, least)


def _ratings(member: Member, now: datetime) -> Iterator[Need]:
    """Ask what is only kind to answer after everything that has a time."""
    waiting = RatingRound.objects.awaiting(member.firm_id, now).with_firms()
    for each in waiting.order_by("closes_at", "pk")[:MOST]:
        other = each.other_than(member.firm_id)
        side = HIRED if each.prime_id == member.firm_id else WERE_HIRED
        href = reverse("rating", args=[member.firm_id, each.pk])
        yield Need(f"Would you work with {other.name} again?", each.work, href, "Say it", None, side)


def _end(invoice: Invoice, firm: Firm) -> datetime:
    """An invoice is due at the end of its day, in the zone of the firm that pays."""
    midnight = datetime.combine(invoice.due_on + timedelta(days=1), time(), ZoneInfo(firm.timezone))
    return midnight.astimezone(UTC)
