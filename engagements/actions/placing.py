"""From a shortfall to an offer in one act: split units off and offer them; or an urgent job from one form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from clients.actions.clients import ClientFacts, SiteFacts, add_client, add_site
from clients.models import Site
from engagements.actions import engagements, floor, lines, offers, orders
from engagements.models import Engagement, WorkOrder
from engagements.values import Asked, JobFacts, LineFacts, OrderDraft, Piece, Recipient
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partners.models import Member


@dataclass(frozen=True)
class Placement:
    """Units to place: which, on what terms, with whom, and by when to answer. Without firms they stay drafts.

    `ask_owner` asks an owner to send what is below the floor, where it would be refused.
    """

    pieces: Sequence[Piece]
    draft: OrderDraft
    firms: Sequence[Recipient] = ()
    respond_by: datetime | None = None
    ask_owner: bool = False


@transaction.atomic
def place(
    engagement: Engagement, placement: Placement, *, by: Member, now: datetime | None = None
) -> list[WorkOrder]:
    """Split units off a job and offer them; nothing is kept when an offer cannot leave."""
    made = orders.split(engagement, placement.pieces, by=by, draft=placement.draft, now=now)
    act: Callable[..., object] = floor.offer_or_ask if placement.ask_owner else offers.offer_work
    if placement.firms:
        for order in made:
            act(order, placement.firms, by=by, respond_by=placement.respond_by, now=now)
    return made


@dataclass(frozen=True)
class OnePiece:
    """Work of one piece: what cannot wait, or cover. A new client is named instead of a site."""

    what: str
    client_price: Decimal
    asked: Asked
    firms: Sequence[Recipient]
    site: UUID | None = None
    client_name: str = ""
    place: SiteFacts = field(default_factory=SiteFacts)
    ask_owner: bool = False
    routing: str = WorkOrder.Routing.FIRST_ACCEPT


def urgent(facts: OnePiece, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Open a job of one unit, start it, and offer it to all the firms at once: the first to accept gets it."""
    return _open(facts, noun="job", by=by, now=now)


def cover(facts: OnePiece, *, by: Member, now: datetime | None = None) -> WorkOrder:
    """Open a job of cover, start it, and offer it. What is done under it is called off later, for any of our clients."""
    return _open(facts, noun="cover", by=by, now=now)


@transaction.atomic
def _open(facts: OnePiece, *, noun: str, by: Member, now: datetime | None) -> WorkOrder:
    site = _site(facts, by=by, now=now)
    minutes = int((facts.asked.pay.cap_hours or Decimal(2)) * 60)
    schedule = facts.asked.schedule
    job = engagements.create(
        JobFacts(
            title=facts.what,
            currency=by.firm.currency,
            timezone=site.timezone,
            deadline=schedule.ends if schedule.kind == "complete_by" else None,
            unit_noun=noun,
        ),
        by=by,
        now=now,
    )
    line = lines.add(
        job, LineFacts(site.pk, facts.what, 1, max(1, minutes), facts.client_price), by=by, now=now
    )
    engagements.activate(job, by=by, now=now)
    draft = OrderDraft(asked=facts.asked, title=facts.what, scope=facts.what, routing=facts.routing)
    placement = Placement([Piece(line.pk, 1)], draft, facts.firms, ask_owner=facts.ask_owner)
    (order,) = place(job, placement, by=by, now=now)
    return order


def _site(facts: OnePiece, *, by: Member, now: datetime | None) -> Site:
    if facts.site:
        site = Site.objects.visible_to(by.firm_id).filter(pk=facts.site).first()
        if site is None:
            raise Invalid({"site": ["Choose a site of one of your clients."]})
        return site
    if not facts.client_name.strip():
        raise Invalid({"client_name": ["Choose a place, or name the new client."]})
    client = add_client(ClientFacts(name=facts.client_name), by=by, now=now or clock.now())
    return add_site(client, facts.place, by=by)
