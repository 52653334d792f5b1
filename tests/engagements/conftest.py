"""A job of the prime with its crew, and a sub that an agreement covers. It is Monday 5 March 2007, 10:00 in New York."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from contracts.models import CoverageOverride
from engagements.actions import offers, orders
from engagements.models import Engagement, EngagementLine, Offer, WorkOrder
from engagements.pay import PER_UNIT, PayTerms
from engagements.values import Asked, OrderDraft, Piece, Recipient, Schedule
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.engagements import CrewMemberFactory, EngagementFactory, EngagementLineFactory
from tests.partners.conftest import api_of, browser_of

__all__ = ["api_of", "browser_of"]
MONDAY = datetime(2007, 3, 5, 15, tzinfo=UTC)
NEW_YORK = "America/New_York"


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2007, 3, day, hour, minute)


def asked(amount: str = "75", **known) -> Asked:
    schedule = Schedule("arrival_window", NEW_YORK, wall(8, 9), wall(8, 11))
    values = {"pay": PayTerms(PER_UNIT, Decimal(amount)), "schedule": schedule} | known
    return Asked(**values)


def cover(prime, sub) -> None:
    """Let the sub work for the prime: an owner allowed it for a month."""
    CoverageOverride.objects.create(
        prime=prime.firm, sub=sub.firm, reason="They have worked with us for years.", created_by=prime.owner.user,
        created_at=MONDAY, expires_at=MONDAY + timedelta(days=30),
    )  # fmt: skip


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def job(prime) -> Engagement:
    engagement = EngagementFactory(firm=prime.firm)
    CrewMemberFactory(engagement=engagement)
    return engagement


@pytest.fixture
def line(job) -> EngagementLine:
    """40 computers of Garden City Dental in Hicksville, sold at $100 and 45 minutes each."""
    client = ClientFactory(firm=job.firm, name="Garden City Dental", industry="Dentist")
    site = SiteFactory(client=client, town="Hicksville", state="NY", postcode="11801", timezone=NEW_YORK)
    return EngagementLineFactory(engagement=job, site=site, units=40)


@pytest.fixture
def order(job, line, prime) -> WorkOrder:
    """A draft order of 18 computers at $75."""
    draft = OrderDraft(asked=asked(), routing="first_accept")
    return orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)[0]


@pytest.fixture
def offer(order, prime, sub) -> Offer:
    """The order, offered to the sub."""
    cover(prime, sub)
    return offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=MONDAY)[0]


@pytest.fixture(scope="session")
def emails() -> Path:
    return settings.BASE_DIR / "templates" / "emails"
