"""Going there: visits and what is done on them, for the order of `tests.factories.engagements`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from engagements import models
from tests.factories.engagements import FEBRUARY_12, AssignmentFactory, EngagementFactory, WorkOrderFactory
from tests.factories.partners import MemberFactory, OffNetworkFirmFactory

NINE = datetime(2007, 3, 8, 14, tzinfo=UTC)


class VisitFactory(DjangoModelFactory[models.Visit]):
    class Meta:
        model = models.Visit

    work_order = factory.SubFactory(WorkOrderFactory)
    site = factory.LazyAttribute(lambda visit: visit.work_order.site)


class TaskFactory(DjangoModelFactory[models.Task]):
    class Meta:
        model = models.Task

    work_order = factory.SubFactory(WorkOrderFactory)
    position = factory.Sequence(lambda n: n + 100)
    text = "Test calendar and mail"


class AccessGrantFactory(DjangoModelFactory[models.AccessGrant]):
    class Meta:
        model = models.AccessGrant

    work_order = factory.SubFactory(WorkOrderFactory)
    what = "Key to the server room"
    handed_over_at = NINE


class RecordedAnswerFactory(DjangoModelFactory[models.RecordedAnswer]):
    """What Lou said on the phone."""

    class Meta:
        model = models.RecordedAnswer

    work_order = factory.SubFactory(WorkOrderFactory)
    firm = factory.LazyAttribute(lambda kept: OffNetworkFirmFactory(kept_by=kept.by.firm))
    step = "accept"
    said = "Lou's IT takes WO-1042."
    channel = "phone"
    with_whom = "Lou"
    agreed_at = NINE
    by = factory.SubFactory(MemberFactory)
    recorded_at = NINE


class DeliverableFactory(DjangoModelFactory[models.Deliverable]):
    class Meta:
        model = models.Deliverable

    work_order = factory.SubFactory(WorkOrderFactory)
    kind = "photo"
    file = factory.LazyFunction(lambda: ContentFile(b"a photo", "photo.jpg"))
    name = "rack.jpg"
    content_type = "image/jpeg"
    size = 7
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(MemberFactory)
    uploaded_at = NINE


class BriefingReadFactory(DjangoModelFactory[models.BriefingRead]):
    class Meta:
        model = models.BriefingRead

    engagement = factory.SubFactory(EngagementFactory)
    member = factory.SubFactory(MemberFactory)
    text_sha256 = "0" * 64
    acknowledged_at = FEBRUARY_12


class ProblemFactory(DjangoModelFactory[models.Problem]):
    class Meta:
        model = models.Problem

    work_order = factory.SubFactory(WorkOrderFactory)
    kind = "access"
    text = "Nobody opens."
    opened_by = factory.SubFactory(MemberFactory)
    opened_at = NINE


class SubmissionFactory(DjangoModelFactory[models.Submission]):
    """18 computers in five hours and a half, at $75."""

    class Meta:
        model = models.Submission

    work_order = factory.SubFactory(WorkOrderFactory)
    number = 1
    units = 18
    hours = Decimal("5.50")
    currency = "USD"
    base = Decimal("1350.00")
    amount = Decimal("1350.00")
    client_asked_for_more = False
    submitted_by = factory.SubFactory(MemberFactory)
    submitted_at = NINE + timedelta(hours=6)
    silence_at = NINE + timedelta(days=11)


class ChangeRequestFactory(DjangoModelFactory[models.ChangeRequest]):
    """The sub asks for $50 that it spent."""

    class Meta:
        model = models.ChangeRequest

    assignment = factory.SubFactory(AssignmentFactory)
    kind = "expense"
    side = "sub"
    text = "A replacement cable"
    amount = Decimal("50.00")
    asked_by = factory.SubFactory(MemberFactory)
    asked_at = NINE
