"""An invoice of Blue Mesa for what was approved, and its payment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from billing import models
from tests.factories.partners import FirmFactory, MemberFactory
from tests.factories.visits import SubmissionFactory

MARCH_9 = datetime(2007, 3, 9, 15, tzinfo=UTC)


class InvoiceFactory(DjangoModelFactory[models.Invoice]):
    class Meta:
        model = models.Invoice

    submission = factory.SubFactory(SubmissionFactory)
    work_order = factory.LazyAttribute(lambda invoice: invoice.submission.work_order)
    prime = factory.LazyAttribute(lambda invoice: invoice.work_order.prime)
    sub = factory.SubFactory(FirmFactory)
    number = factory.Sequence(lambda n: n + 1)
    currency = "USD"
    amount = Decimal("1350.00")
    issued_on = date(2007, 3, 9)
    due_on = date(2007, 3, 24)


class InvoiceEventFactory(DjangoModelFactory[models.InvoiceEvent]):
    class Meta:
        model = models.InvoiceEvent

    invoice = factory.SubFactory(InvoiceFactory)
    step = "drafted"
    side = "prime"
    role = "owner"
    door = "web"
    occurred_at = MARCH_9


class PaymentFactory(DjangoModelFactory[models.Payment]):
    class Meta:
        model = models.Payment

    payer = factory.SubFactory(FirmFactory)
    payee = factory.SubFactory(FirmFactory)
    currency = "USD"
    amount = Decimal("1350.00")
    paid_on = date(2007, 3, 20)
    announced_by = factory.SubFactory(MemberFactory)
    announced_at = datetime(2007, 3, 20, 15, tzinfo=UTC)
    silence_at = datetime(2007, 3, 27, 21, tzinfo=UTC)


class PaymentAllocationFactory(DjangoModelFactory[models.PaymentAllocation]):
    class Meta:
        model = models.PaymentAllocation

    payment = factory.SubFactory(PaymentFactory)
    invoice = factory.SubFactory(InvoiceFactory)
    amount = Decimal("1350.00")
