"""What is told to whom: every step that concerns somebody else is owed to them as one message."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.urls import reverse

from engagements import arrivals, wording
from engagements.exposure import exposure_of
from engagements.margin import Margin
from engagements.models import Assignment, Engagement, Offer, OfferRevision, WorkOrder
from partnernet.core import money
from partnernet.core.actors import Actor
from partnernet.core.notify import Addressee, News, owe, owe_each
from partners.models import Firm, FirmInvite, Member

UNDO = timedelta(seconds=10)
DOOR = "offer-door"
LEADS = ("owner", "dispatcher")
WHICH = {"starts": "The start", "ends": "The end", "deadline": "The deadline"}


def _leads(firm: Firm) -> list[Any]:
    return Member.objects.active().addressees(firm.pk, *LEADS)


def terms_in_words(order: WorkOrder, revision: OfferRevision) -> dict[str, Any]:
    """Return what both firms may read: never the client, the price or the margin."""
    noun = order.engagement.unit_noun
    return {
        "most": money.show(revision.not_to_exceed, revision.currency),
        "rate": wording.rate(revision, noun=noun),
        "what": wording.units(revision.units, noun),
        "town": order.site.town or order.site.state,
        "dates": wording.short_dates(revision),
        "schedule": wording.schedule(revision),
        "paid": wording.paid(revision),
        "promise": wording.promise(revision),
        "net_days": revision.net_days,
    }


def _offer_facts(order: WorkOrder, offer: Offer, *, now: datetime) -> dict[str, Any]:
    revision = offer.counter or offer.revision
    if revision and revision == offer.revision:
        revision = arrivals.appointed(revision, offer.arrives_local)
    facts = terms_in_words(order, revision) if revision else {}
    facts |= {
        "scope": order.scope,
        "prime": order.prime.name,
        "sub": offer.firm.name,
        "order": order.reference,
        "miles": offer.miles,
    }
    if offer.respond_by:
        facts["answer_by"] = wording.answer_by(offer.respond_by, now=now, zone=offer.firm.timezone)
    return facts


def _to_sub(kind: str, order: WorkOrder, offer: Offer, *, now: datetime, **more: Any) -> None:
    """Tell the leads of the firm that was asked; the mail's button needs no sign-in to read."""
    facts = _offer_facts(order, offer, now=now)
    path = reverse("offer", args=[offer.firm_id, offer.pk])
    later = now + UNDO if kind == "offer_sent" else None
    owe(
        kind, to=answering(order, offer), now=now, path=path, context=facts | more, subject_id=offer.pk,
        doorway=DOOR, send_after=later,
    )  # fmt: skip


def answering(order: WorkOrder, offer: Offer) -> list[Any]:
    """Return who answers for the firm: its leads, or whom we invited while it is not here."""
    if offer.firm.status != Firm.Status.UNCLAIMED:
        return _leads(offer.firm)
    invited = FirmInvite.objects.sent_by(order.prime_id).waiting().filter(card=offer.firm_id)
    return [invite.addressee() for invite in invited]


def _to_prime(kind: str, order: WorkOrder, offer: Offer, *, now: datetime, **more: Any) -> None:
    path = reverse("work-order", args=[order.prime_id, order.pk])
    facts = _offer_facts(order, offer, now=now) | {"client": order.client.name} | more
    owe(kind, to=_leads(order.prime), now=now, path=path, context=facts, subject_id=order.pk)


def offer_sent(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    _to_sub("offer_sent", order, offer, now=now, enclosed=offer.enclosed_agreement_id is not None)


def floor_asked(
    order: WorkOrder, drafted: Sequence[Offer], margin: Margin, *, by: Member, now: datetime
) -> None:
    """Ask the owners to send what only they can send, with the figures."""
    facts = {
        "order": order.reference,
        "title": order.title,
        "client": order.client.name,
        "person": by.user.called,
        "firms": ", ".join(offer.firm.name for offer in drafted),
        "price": money.show(margin.price, margin.currency),
        "cost": money.show(margin.cost, margin.currency),
        "kept": money.show(margin.amount, margin.currency),
        "percent": f"{margin.percent:f} %" if margin.percent is not None else "",
    }
    path = reverse("work-order", args=[order.prime_id, order.pk])
    owners = Member.objects.active().addressees(order.prime_id, "owner")
    owe("floor_asked", to=owners, now=now, path=path, context=facts, subject_id=order.pk, urgent=True)


def exposure_exceeded(order: WorkOrder, offer: Offer, *, by: Actor, now: datetime) -> None:
    """Tell the owners of the firm that took the job that it is above their limit; whoever took it had read so."""
    carried = exposure_of(offer.firm_id, prime_id=order.prime_id, currency=order.currency)
    sentence = carried.above() if carried else ""
    if not sentence:
        return
    owners = Member.objects.active().addressees(offer.firm_id, "owner")
    facts = {"reference": order.reference, "prime": order.prime.name, "sentence": sentence}
    path = reverse("firm", args=[offer.firm_id, order.prime_id])
    to = [each for each in owners if each.user_id != by.user_id]
    owe("exposure_exceeded", to=to, now=now, path=path, context=facts, subject_id=order.pk)


def offer_revised(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    changed = wording.changes(offer.revision)
    _to_sub("offer_revised", order, offer, now=now, changed=changed)


def offer_withdrawn(order: WorkOrder, offer: Offer, *, reason: str, now: datetime) -> None:
    _to_sub("offer_withdrawn", order, offer, now=now, reason=reason)


def offer_expired(order: WorkOrder, offer: Offer, *, now: datetime, held: bool = False) -> None:
    _to_sub("offer_expired", order, offer, now=now, held=held)
    _to_prime("offer_unanswered", order, offer, now=now, held=held)


def offer_willing(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    """Tell the prime who would do it; the firm itself how it stands, and until when."""
    until = {} if offer.held_until is None else {
        "theirs": wording.answer_by(offer.held_until, now=now, zone=offer.firm.timezone),
        "ours": wording.answer_by(offer.held_until, now=now, zone=order.prime.timezone),
    }  # fmt: skip
    _to_prime("offer_willing", order, offer, now=now, until=until.get("ours", ""))
    _to_sub("offer_held", order, offer, now=now, until=until.get("theirs", ""))


def offer_declined(order: WorkOrder, offer: Offer, *, reason: str, now: datetime) -> None:
    _to_prime("offer_declined", order, offer, now=now, reason=reason)


def offer_reopened(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    _to_prime("offer_reopened", order, offer, now=now)


def offer_countered(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    changed = wording.changes(offer.counter)
    _to_prime("offer_countered", order, offer, now=now, changed=changed)


def counter_refused(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    _to_sub("counter_refused", order, offer, now=now)


def counter_withdrawn(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    _to_prime("counter_withdrawn", order, offer, now=now)


def counter_lapsed(order: WorkOrder, offer: Offer, *, now: datetime) -> None:
    _to_sub("counter_lapsed", order, offer, now=now)
    _to_prime("counter_unanswered", order, offer, now=now)


def bound(  # noqa: PLR0913 - one deal's facts
    order: WorkOrder, offer: Offer, filled: Sequence[Offer], *, countered: bool, now: datetime, warnings: Sequence[str] = ()
) -> None:  # fmt: skip
    """Tell both firms that they are bound, the prime who took it, the sub where to go; the others that it is filled."""
    firms = [order.prime_id, offer.firm_id, *(other.firm_id for other in filled)]
    leads = Member.objects.active().addressees_of(firms, *LEADS)
    _filled(order, filled, leads, now=now)
    facts = _offer_facts(order, offer, now=now) | {"client": order.client.name}
    path = reverse("work-order", args=[order.prime_id, order.pk])
    told = facts | {"countered": countered}
    owe("offer_accepted", to=leads[order.prime_id], now=now, path=path, context=told, subject_id=order.pk)
    path = reverse("work-order", args=[offer.firm_id, order.pk])
    kind = "counter_accepted" if countered else "order_assigned"
    told = facts | {"address": order.site.address, "warnings": list(warnings)}
    owe(kind, to=leads[offer.firm_id], now=now, path=path, context=told, subject_id=order.pk)


def _filled(
    order: WorkOrder, offers: Sequence[Offer], leads: dict[UUID, list[Addressee]], *, now: datetime
) -> None:
    """Tell every firm that was asked and has not answered; one that is not here yet has its invitations."""
    cards = [offer.firm_id for offer in offers if offer.firm.status == Firm.Status.UNCLAIMED]
    if cards:
        for invite in FirmInvite.objects.sent_by(order.prime_id).waiting().filter(card__in=cards):
            leads[invite.card_id].append(invite.addressee())
    many = [
        News(
            leads[offer.firm_id],
            reverse("offer", args=[offer.firm_id, offer.pk]),
            _offer_facts(order, offer, now=now),
            offer.pk,
        )
        for offer in offers
    ]
    owe_each("offer_filled", many, now=now, doorway=DOOR)


ENDED = {"back_out": "order_backed_out", "remove": "order_removed", "cancel": "order_cancelled"}


def work_ended(
    name: str, order: WorkOrder, assignment: Assignment, facts: Mapping[str, Any], *, now: datetime
) -> None:
    """Tell the other firm that the work has ended early, with what was done and what it pays; and whoever was to go."""
    firm = order.prime if name == "back_out" else assignment.firm
    order_page = reverse("work-order", args=[firm.pk, order.pk])
    path = order_page if order.side_of(firm.pk) else reverse("offer", args=[firm.pk, assignment.offer_id])
    to = _leads(firm)
    if name != "back_out" and assignment.technician is not None:
        technician = assignment.technician.addressee()
        to += [] if technician in to else [technician]
    said = {
        "order": order.reference,
        "title": order.title,
        "prime": order.prime.name,
        "sub": assignment.firm.name,
    }
    owe(
        ENDED[name],
        to=to,
        now=now,
        path=path,
        context={**said, **facts},
        subject_id=order.pk,
        urgent=name == "back_out",
    )


class Moved(Protocol):
    """An instant that moved because the rules of its zone changed."""

    @property
    def time(self) -> str: ...
    @property
    def local(self) -> datetime: ...
    @property
    def zone(self) -> str: ...
    @property
    def before(self) -> datetime: ...
    @property
    def after(self) -> datetime: ...


def _moved(what: str, moves: Sequence[Moved]) -> dict[str, Any]:
    """Say what stays on the clock of the place, and what that is elsewhere."""
    return {
        "what": what,
        "zone": moves[0].zone,
        "times": [
            f"{WHICH[each.time]} stays {wording.day(each.local)}, {wording.clock_time(each.local)} there:"
            f" now {each.after:%H:%M} UTC on {wording.day(each.after)}, before {each.before:%H:%M} UTC"
            for each in moves
        ],
    }


def job_times_moved(job: Engagement, moves: Sequence[Moved], *, now: datetime) -> None:
    path = reverse("job", args=[job.firm_id, job.pk])
    facts = _moved(str(job), moves)
    owe("times_moved", to=_leads(job.firm), now=now, path=path, context=facts, subject_id=job.pk)


def order_times_moved(order: WorkOrder, moves: Sequence[Moved], *, now: datetime) -> None:
    """Tell both firms of an order, and who goes."""
    facts = _moved(order.reference, moves)
    for firm in (order.prime, order.sub):
        if firm:
            path = reverse("work-order", args=[firm.pk, order.pk])
            to = {each.email: each for each in [*_leads(firm), *_going(order, firm)]}
            owe("times_moved", to=to.values(), now=now, path=path, context=facts, subject_id=order.pk)


def _going(order: WorkOrder, firm: Firm) -> list[Addressee]:
    going = Assignment.objects.current().filter(work_order=order, firm=firm, technician__isnull=False)
    found = Member.objects.active().filter(pk__in=going.values("technician")).select_related("user")
    return [member.addressee() for member in found.order_by("pk")]


def offer_times_moved(order: WorkOrder, offer: Offer, moves: Sequence[Moved], *, now: datetime) -> None:
    """Tell the firm that was asked; it does not know the order's number yet."""
    path = reverse("offer", args=[offer.firm_id, offer.pk])
    facts = _moved(f"the offer of {order.prime.name}", moves)
    owe("times_moved", to=_leads(offer.firm), now=now, path=path, context=facts, subject_id=offer.pk)
