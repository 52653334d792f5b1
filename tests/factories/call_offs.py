"""Cover that runs, and what happens under it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from engagements import models
from tests.factories.engagements import (
    AssignmentFactory,
    EngagementFactory,
    OfferFactory,
    OfferRevisionFactory,
    WorkOrderFactory,
)
from tests.factories.partners import FirmFactory, MemberFactory

DAY = timedelta(days=1)
MARCH_6 = datetime(2007, 3, 6, 15, tzinfo=UTC)
COVER = {
    "schedule_kind": "cover", "pay_kind": "hourly", "amount": Decimal(80), "cap_hours": Decimal(40),
    "not_to_exceed": Decimal(3200), "response_minutes": 30, "weekly_minimum": Decimal(5), "weekly_maximum": Decimal(20),
    "starts_local": datetime(2007, 3, 6, 9), "starts_at": datetime(2007, 3, 6, 14, tzinfo=UTC),
    "ends_local": datetime(2007, 3, 19, 17), "ends_at": datetime(2007, 3, 19, 21, tzinfo=UTC),
}  # fmt: skip


def around(now: datetime) -> dict[str, datetime]:
    """Return the dates of cover that runs now."""
    first, last = now - 3 * DAY, now + 10 * DAY
    walls = {name: at.replace(tzinfo=None) for name, at in (("starts_local", first), ("ends_local", last))}
    return walls | {"starts_at": first, "ends_at": last}


def cover_order(prime, sub, *, technician=None, engagement=None, **more) -> models.WorkOrder:
    """Return cover that a firm keeps for another, as bound."""
    engagement = engagement or EngagementFactory(firm=prime)
    order = WorkOrderFactory(engagement=engagement, title="Cover", **COVER | more)
    offer = OfferFactory(work_order=order, firm=sub)
    offer.revision = OfferRevisionFactory(offer=offer, units=1, **COVER | more)
    offer.status, offer.sent_at, offer.respond_by = "accepted", MARCH_6 - DAY, MARCH_6 - DAY
    offer.save()
    AssignmentFactory(work_order=order, offer=offer, firm=sub, technician=technician)
    models.WorkOrder.objects.filter(pk=order.pk).update(
        sub=sub, status="in_progress", assigned_at=MARCH_6 - DAY
    )
    return models.WorkOrder.objects.get(pk=order.pk)


class CallOffFactory(DjangoModelFactory[models.CallOff]):
    class Meta:
        model = models.CallOff

    work_order = factory.LazyFunction(lambda: cover_order(FirmFactory(), FirmFactory()))
    client = factory.LazyAttribute(lambda each: each.work_order.client)
    site = factory.LazyAttribute(lambda each: each.work_order.site)
    number = factory.Sequence(lambda n: n + 1)
    ticket = factory.Sequence(lambda n: f"T-{n + 1}")
    what = "The server does not answer"
    cap_hours = Decimal(3)
    called_by = factory.LazyAttribute(lambda each: MemberFactory(firm=each.work_order.prime))
    called_at = MARCH_6
    answer_by = MARCH_6 + timedelta(minutes=30)


class TimeEntryFactory(DjangoModelFactory[models.TimeEntry]):
    class Meta:
        model = models.TimeEntry

    work_order = factory.LazyFunction(lambda: cover_order(FirmFactory(), FirmFactory()))
    person = factory.LazyAttribute(lambda each: MemberFactory(firm=each.work_order.sub))
    worked_on = date(2007, 3, 6)
    minutes = 45
    logged_by = factory.LazyAttribute(lambda each: each.person)
    logged_at = MARCH_6
