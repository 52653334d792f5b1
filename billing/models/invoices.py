"""What a sub bills a prime: one invoice for each approved submission, line by line."""

from datetime import date
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Now

from billing.models.payments import PaymentAllocation
from engagements.models import Assignment, Submission, WorkOrder
from partnernet.core.models import Entity, EventBase
from partnernet.core.money import amount_field, currency_field
from partners.models import Firm

MONEY = DecimalField(max_digits=12, decimal_places=2)
# Something of it may still be owed. A draft is nobody's business but its writer's.
OPEN = ("submitted", "revise", "disputed", "approved")


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """The firm that bills, and once it is no draft, the firm that pays."""
        return self.filter(Q(sub=firm_id) | Q(prime=firm_id) & ~Q(status="draft"))

    def to_pay(self, firm_id: UUID | None) -> Self:
        return self.filter(prime=firm_id).exclude(status="draft")

    def to_receive(self, firm_id: UUID | None) -> Self:
        return self.filter(sub=firm_id)

    def unpaid(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, today: date) -> Self:
        return self.unpaid().filter(due_on__lt=today)

    def by_due_day(self) -> Self:
        return self.order_by("due_on", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-pk")

    def with_parties(self) -> Self:
        return self.select_related("prime", "sub", "work_order", "submission")

    def with_paid(self) -> Self:
        """Add what was announced and confirmed as paid, credited and held, what is open, and what is `payable`.

        `amount` = `confirmed` + `credited` + `open_amount`, always; of what is open, `payable` is agreed on and not announced yet.
        """
        paid = PaymentAllocation.objects.standing().filter(invoice=OuterRef("pk"))
        lines = InvoiceLine.objects.filter(invoice=OuterRef("pk"))
        return self.annotate(
            announced=_sum(paid, "amount"),
            confirmed=_sum(paid.filter(payment__confirmed_at__isnull=False), "amount"),
            credited=_sum(lines, "credited"),
            held=_sum(lines, "held"),
        ).annotate(
            open_amount=F("amount") - F("confirmed") - F("credited"),
            payable=F("amount") - F("announced") - F("credited") - F("held"),
        )

    def with_something_due(self) -> Self:
        """With what was paid; of what is open, some is agreed on, so it can be late."""
        return self.with_paid().filter(Q(open_amount__gt=F("held")))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


def _sum(rows: "models.QuerySet[PaymentAllocation] | models.QuerySet[InvoiceLine]", column: str) -> Coalesce:
    total = rows.order_by().values("invoice").annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(total, output_field=MONEY), Value(Decimal(0), output_field=MONEY))


class Invoice(Entity):
    """Drafted by the approval of work. Equal to it, it is approved by itself; it never asks for more.

    `due_on` is the day on which the next of its lines that both agree on is due.
    """

    class Kind(models.TextChoices):
        WORK = "work", "Approved work"
        FEE = "fee", "Fee for a late end"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waiting for approval"
        REVISE = "revise", "To be revised"
        DISPUTED = "disputed", "Disputed"
        APPROVED = "approved", "To be paid"
        PAID = "paid", "Paid"
        VOID = "void", "Void"

    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, db_index=False, related_name="invoices_issued")
    prime = models.ForeignKey(
        Firm, on_delete=models.PROTECT, db_index=False, related_name="invoices_received"
    )
    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.WORK)
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="fee_invoices"
    )
    number = models.PositiveIntegerField()
    currency = currency_field()
    amount = amount_field()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.APPROVED)
    issued_on = models.DateField()
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["draft", "submitted", "revise", "disputed", "approved", "paid", "void"]
                ),
                name="invoice_status_known",
            ),
            models.UniqueConstraint(fields=["sub", "number"], name="invoice_number_per_sub"),
            models.UniqueConstraint(
                fields=["submission"], condition=~Q(status="void"), name="invoice_one_for_a_submission"
            ),
            models.UniqueConstraint(
                fields=["assignment"], condition=~Q(status="void"), name="invoice_one_fee_for_an_assignment"
            ),
            models.CheckConstraint(
                condition=Q(kind="work", submission__isnull=False, assignment=None)
                | Q(kind="fee", submission=None, assignment__isnull=False),
                name="invoice_is_for_work_or_a_fee",
            ),
            models.CheckConstraint(condition=~Q(sub=F("prime")), name="invoice_between_two_firms"),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="invoice_due_after_issue"),
            models.CheckConstraint(
                condition=(Q(status="paid") & Q(paid_on__isnull=False))
                | (~Q(status="paid") & Q(paid_on=None)),
                name="invoice_paid_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["prime", "due_on", "id"], condition=Q(status__in=OPEN), name="invoice_open_to_pay"
            ),
            models.Index(
                fields=["sub", "due_on", "id"], condition=Q(status__in=OPEN), name="invoice_open_to_receive"
            ),
            models.Index(fields=["prime", "-id"], name="invoice_received"),
            models.Index(fields=["sub", "-id"], name="invoice_issued"),
            models.Index(fields=["due_on"], condition=Q(status__in=OPEN), name="invoice_open_due"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"INV-{self.number:04d}"

    def side_of(self, firm_id: UUID | None) -> str:
        """Return "prime", "sub", or an empty word for anybody else."""
        if firm_id is None:
            return ""
        return "prime" if firm_id == self.prime_id else "sub" if firm_id == self.sub_id else ""


class InvoiceLine(Entity):
    """One thing that is billed, with a clock of its own. Of `amount`, some may be `credited`, and some is `held` while both talk.

    `approved` is what the approved work comes to: no revision asks for more. It can be contested until `contest_by`.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=200)
    amount = amount_field()
    approved = amount_field()
    credited = amount_field(default=0)
    held = amount_field(default=0)
    submitted_on = models.DateField()
    contest_by = models.DateField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, credited__gte=0, held__gte=0),
                name="invoice_line_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(amount__lte=F("approved")), name="invoice_line_within_approved_work"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=F("credited") + F("held")), name="invoice_line_holds_what_is_taken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.what}"


class InvoiceEvent(EventBase):
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["invoice", "occurred_at", "id"], name="invoice_history")]
