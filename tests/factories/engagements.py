"""A job of Halcyon Managed in February 2007, an order of it, an offer to Blue Mesa."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from engagements import models
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.partners import FirmFactory, MemberFactory

FEBRUARY_12 = datetime(2007, 2, 12, 15, tzinfo=UTC)


class EngagementFactory(DjangoModelFactory[models.Engagement]):
    class Meta:
        model = models.Engagement

    firm = factory.SubFactory(FirmFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = "Daylight saving fix"
    unit_noun = "computer"
    currency = "USD"
    timezone = "America/New_York"
    deadline_local = datetime(2007, 3, 11, 0, 0)
    deadline_at = datetime(2007, 3, 11, 5, 0, tzinfo=UTC)
    status = "active"
    created_at = FEBRUARY_12


class EngagementLineFactory(DjangoModelFactory[models.EngagementLine]):
    class Meta:
        model = models.EngagementLine

    engagement = factory.SubFactory(EngagementFactory)
    site = factory.LazyAttribute(lambda line: SiteFactory(client=ClientFactory(firm=line.engagement.firm)))
    what = "Install the fix"
    units = 40
    unit_price = Decimal("100.00")
    estimated_minutes = 45
    position = factory.Sequence(lambda n: n + 1)


class CrewMemberFactory(DjangoModelFactory[models.CrewMember]):
    class Meta:
        model = models.CrewMember

    engagement = factory.SubFactory(EngagementFactory)
    name = factory.Sequence(lambda n: f"Engineer {n}")
    timezone = "America/New_York"
    hours = factory.LazyFunction(lambda: [[weekday, 540, 1020] for weekday in range(5)])


class UnitReportFactory(DjangoModelFactory[models.UnitReport]):
    class Meta:
        model = models.UnitReport

    line = factory.SubFactory(EngagementLineFactory)
    firm = factory.LazyAttribute(lambda report: report.line.engagement.firm)
    units = 1
    minutes = 62
    reported_at = FEBRUARY_12


class EngagementEventFactory(DjangoModelFactory[models.EngagementEvent]):
    class Meta:
        model = models.EngagementEvent

    engagement = factory.SubFactory(EngagementFactory)
    step = "create"
    side = "prime"
    role = "owner"
    door = "web"
    occurred_at = FEBRUARY_12


class TermsFactory(DjangoModelFactory[models.WorkOrder]):
    """18 computers at $75, arriving on 8 March between 9 and 11 in New York."""

    class Meta:
        abstract = True

    currency = "USD"
    pay_kind = "per_unit"
    amount = Decimal("75.00")
    not_to_exceed = Decimal("1350.00")
    schedule_kind = "arrival_window"
    timezone = "America/New_York"
    starts_local = datetime(2007, 3, 8, 9)
    starts_at = datetime(2007, 3, 8, 14, tzinfo=UTC)
    ends_local = datetime(2007, 3, 8, 11)
    ends_at = datetime(2007, 3, 8, 16, tzinfo=UTC)


class WorkOrderFactory(TermsFactory):
    class Meta:
        model = models.WorkOrder

    engagement = factory.SubFactory(EngagementFactory)
    prime = factory.LazyAttribute(lambda order: order.engagement.firm)
    site = factory.LazyAttribute(lambda order: SiteFactory(client=ClientFactory(firm=order.prime)))
    client = factory.LazyAttribute(lambda order: order.site.client)
    number = factory.Sequence(lambda n: n + 5001)
    title = "18 computers: install the fix"
    created_at = FEBRUARY_12


class WorkOrderLineFactory(DjangoModelFactory[models.WorkOrderLine]):
    class Meta:
        model = models.WorkOrderLine

    work_order = factory.SubFactory(WorkOrderFactory)
    line = factory.LazyAttribute(
        lambda each: EngagementLineFactory(engagement=each.work_order.engagement, site=each.work_order.site)
    )
    units = 18


class WorkOrderEventFactory(DjangoModelFactory[models.WorkOrderEvent]):
    class Meta:
        model = models.WorkOrderEvent

    work_order = factory.SubFactory(WorkOrderFactory)
    step = "create"
    side = "prime"
    role = "owner"
    door = "web"
    occurred_at = FEBRUARY_12


class OfferFactory(DjangoModelFactory[models.Offer]):
    """An offer that has not left."""

    class Meta:
        model = models.Offer

    work_order = factory.SubFactory(WorkOrderFactory)
    firm = factory.SubFactory(FirmFactory)
    round = 1


class OfferRevisionFactory(TermsFactory):
    class Meta:
        model = models.OfferRevision

    offer = factory.SubFactory(OfferFactory)
    number = 1
    side = "prime"
    units = 18
    created_at = FEBRUARY_12


class MarginApprovalFactory(DjangoModelFactory[models.MarginApproval]):
    class Meta:
        model = models.MarginApproval

    revision = factory.SubFactory(OfferRevisionFactory)
    approved_by = factory.SubFactory(MemberFactory)
    approved_at = FEBRUARY_12
    price = Decimal("1400.00")
    cost = Decimal("1350.00")
    percent = Decimal("3.6")


class FloorRequestFactory(DjangoModelFactory[models.FloorRequest]):
    class Meta:
        model = models.FloorRequest

    revision = factory.SubFactory(OfferRevisionFactory)
    asked_by = factory.SubFactory(MemberFactory, role="dispatcher")
    asked_at = FEBRUARY_12
    price = Decimal("1400.00")
    cost = Decimal("1350.00")
    percent = Decimal("3.6")


class CoverageCheckFactory(DjangoModelFactory[models.CoverageCheck]):
    class Meta:
        model = models.CoverageCheck

    work_order = factory.SubFactory(WorkOrderFactory)
    sub = factory.SubFactory(FirmFactory)
    occasion = "send"
    status = "covered"
    checked_at = FEBRUARY_12


class AssignmentFactory(DjangoModelFactory[models.Assignment]):
    class Meta:
        model = models.Assignment

    work_order = factory.SubFactory(WorkOrderFactory)
    offer = factory.LazyAttribute(lambda each: OfferFactory(work_order=each.work_order))
    firm = factory.LazyAttribute(lambda each: each.offer.firm)
    assigned_at = FEBRUARY_12


class OfferEventFactory(DjangoModelFactory[models.OfferEvent]):
    class Meta:
        model = models.OfferEvent

    offer = factory.SubFactory(OfferFactory)
    step = "send"
    side = "prime"
    role = "owner"
    door = "web"
    occurred_at = FEBRUARY_12


class QuestionFactory(DjangoModelFactory[models.Question]):
    class Meta:
        model = models.Question

    offer = factory.SubFactory(OfferFactory)
    number = 1
    text = "Is there parking behind the house?"
    asked_by = factory.SubFactory(MemberFactory)
    asked_at = FEBRUARY_12


class MessageFactory(DjangoModelFactory[models.Message]):
    class Meta:
        model = models.Message

    work_order = factory.SubFactory(WorkOrderFactory)
    assignment = factory.LazyAttribute(lambda each: AssignmentFactory(work_order=each.work_order))
    audience = "shared"
    firm = factory.LazyAttribute(lambda each: each.work_order.prime)
    author = factory.LazyAttribute(lambda each: MemberFactory(firm=each.firm))
    text = "The server room is behind the second door."
    written_at = FEBRUARY_12


class ThreadMarkFactory(DjangoModelFactory[models.ThreadMark]):
    class Meta:
        model = models.ThreadMark

    work_order = factory.SubFactory(WorkOrderFactory)
    member = factory.SubFactory(MemberFactory)
    read_at = FEBRUARY_12
