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
        skip_postgeneration_save = True

    submission = factory.SubFactory(SubmissionFactory)
    work_order = factory.LazyAttribute(lambda invoice: invoice.submission.work_order)
    prime = factory.LazyAttribute(lambda invoice: invoice.work_order.prime)
    sub = factory.SubFactory(FirmFactory)
    number = factory.Sequence(lambda n: n + 1)
    currency = "USD"
    amount = Decimal("1350.00")
    issued_on = date(2007, 3, 9)
    due_on = date(2007, 3, 24)
    line = factory.RelatedFactory(
        "tests.factories.billing.InvoiceLineFactory", factory_related_name="invoice"
    )


class InvoiceLineFactory(DjangoModelFactory[models.InvoiceLine]):
    class Meta:
        model = models.InvoiceLine

    invoice = factory.SubFactory(InvoiceFactory, line=None)
    position = 1
    what = "18 computers at $75"
    amount = factory.LazyAttribute(lambda line: line.invoice.amount)
    approved = factory.LazyAttribute(lambda line: line.invoice.amount)
    submitted_on = factory.LazyAttribute(lambda line: line.invoice.issued_on)
    contest_by = date(2007, 3, 19)
    due_on = factory.LazyAttribute(lambda line: line.invoice.due_on)


class ObjectionFactory(DjangoModelFactory[models.Objection]):
    class Meta:
        model = models.Objection

    invoice = factory.SubFactory(InvoiceFactory)
    kind = "dispute"
    raised_by = factory.SubFactory(MemberFactory)
    raised_at = MARCH_9
    talk_by = datetime(2007, 3, 17, 4, tzinfo=UTC)


class ObjectionLineFactory(DjangoModelFactory[models.ObjectionLine]):
    class Meta:
        model = models.ObjectionLine

    objection = factory.SubFactory(ObjectionFactory)
    line = factory.LazyAttribute(lambda wrong: wrong.objection.invoice.lines.get())
    amount = Decimal("150.00")
    reason = "Two of them were not done."


class CreditNoteFactory(DjangoModelFactory[models.CreditNote]):
    class Meta:
        model = models.CreditNote

    invoice = factory.SubFactory(InvoiceFactory)
    sub = factory.LazyAttribute(lambda note: note.invoice.sub)
    number = factory.Sequence(lambda n: n + 1)
    amount = Decimal("150.00")
    reason = "Two of them were not done."
    issued_on = date(2007, 3, 12)
    issued_at = MARCH_9
    issued_by = factory.SubFactory(MemberFactory)


class CreditNoteLineFactory(DjangoModelFactory[models.CreditNoteLine]):
    class Meta:
        model = models.CreditNoteLine

    credit_note = factory.SubFactory(CreditNoteFactory)
    line = factory.LazyAttribute(lambda part: part.credit_note.invoice.lines.get())
    amount = Decimal("150.00")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """Take it off the line as well: the database holds that they agree."""
        line = kwargs["line"]
        line.credited += kwargs["amount"]
        line.save(update_fields=["credited"])
        return super()._create(model_class, *args, **kwargs)


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
