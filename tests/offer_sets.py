"""Many offer sets at once, by bulk inserts: one work order each, offered to several firms, first to accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from clients.models import Client, Site
from engagements.models import Engagement, EngagementLine, Offer, OfferRevision, WorkOrder, WorkOrderLine
from partnernet.core.ids import new_id
from partners.models import ApiKey, Firm, Member
from tests.factories.partners import ApiKeyFactory, FirmFactory, MemberFactory

ZONE = "America/New_York"


@dataclass(frozen=True)
class Contender:
    """The owner of a firm that is asked, and the secret of its key."""

    owner: Member
    secret: str
    key: ApiKey

    @property
    def firm(self) -> Firm:
        return self.owner.firm


def contenders(count: int) -> list[Contender]:
    found = []
    for number in range(count):
        owner = MemberFactory(firm=FirmFactory(name=f"Contender {number}"))
        secret = f"pnk_contender{number:031d}"
        key = ApiKeyFactory(member=owner, secret=secret, scopes=["read", "offers"])
        found.append(Contender(owner, secret, key))
    return found


@transaction.atomic
def offer_sets(
    prime: Firm, sizes: Sequence[int], firms: Sequence[Firm], *, now: datetime
) -> list[list[Offer]]:
    """Offer one new order per size, each to the first so many firms; return the offers, set by set."""
    orders = _orders(prime, len(sizes), now=now)
    sets = [
        [_offer(order, firm, place, now=now) for place, firm in enumerate(firms[:size], start=1)]
        for order, size in zip(orders, sizes, strict=True)
    ]
    flat = [offer for each in sets for offer in each]
    Offer.objects.bulk_create(flat, batch_size=1000)
    OfferRevision.objects.bulk_create([_revision(offer, now=now) for offer in flat], batch_size=1000)
    return sets


def _terms(now: datetime) -> dict[str, object]:
    starts = (now + timedelta(days=10)).replace(hour=15, minute=0, second=0, microsecond=0)
    ends = starts + timedelta(hours=2)
    return {
        "currency": "USD", "pay_kind": "per_unit", "amount": Decimal("75.00"), "not_to_exceed": Decimal("1350.00"),
        "schedule_kind": "arrival_window", "timezone": "UTC", "starts_at": starts, "ends_at": ends,
        "starts_local": starts.replace(tzinfo=None), "ends_local": ends.replace(tzinfo=None),
    }  # fmt: skip


def _orders(prime: Firm, count: int, *, now: datetime) -> list[WorkOrder]:
    first = prime.next_order_number
    Firm.objects.filter(pk=prime.pk).update(next_order_number=first + count)
    clients = Client.objects.bulk_create(
        [Client(firm=prime, name=f"Client {n}", created_at=now) for n in range(count)]
    )
    sites = Site.objects.bulk_create([
        Site(client=client, name="Office", town="Hicksville", state="NY", country="US", timezone=ZONE) for client in clients
    ])  # fmt: skip
    jobs = Engagement.objects.bulk_create([
        Engagement(firm=prime, number=first + n, title="Fix", timezone=ZONE, status="active", created_at=now)
        for n in range(count)
    ])  # fmt: skip
    lines = EngagementLine.objects.bulk_create([
        EngagementLine(engagement=job, site=site, what="Install the fix", units=18, unit_price=100, estimated_minutes=45,
                       position=1)
        for job, site in zip(jobs, sites, strict=True)
    ])  # fmt: skip
    orders = WorkOrder.objects.bulk_create([
        WorkOrder(engagement=job, prime=prime, client=site.client, site=site, number=first + n, title="18 computers",
                  status="offered", routing="first_accept", created_at=now, **_terms(now))
        for n, (job, site) in enumerate(zip(jobs, sites, strict=True))
    ])  # fmt: skip
    WorkOrderLine.objects.bulk_create(
        [
            WorkOrderLine(work_order=order, line=line, units=18)
            for order, line in zip(orders, lines, strict=True)
        ]
    )
    return orders


def _offer(order: WorkOrder, firm: Firm, place: int, *, now: datetime) -> Offer:
    return Offer(
        work_order=order, firm=firm, round=1, position=place, status="sent", revision_id=new_id(), sent_at=now,
        respond_by=now + timedelta(days=5), created_at=now,
    )  # fmt: skip


def _revision(offer: Offer, *, now: datetime) -> OfferRevision:
    return OfferRevision(
        id=offer.revision_id, offer=offer, number=1, side="prime", units=18, created_at=now, **_terms(now)
    )
