"""What a prime says is wrong with an invoice: lines that should be revised, or that it disputes."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from billing.models.invoices import Invoice, InvoiceLine
from partnernet.core.models import Entity
from partnernet.core.money import amount_field
from partners.models import Member


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)

    def disputes(self) -> Self:
        return self.filter(kind=Objection.Kind.DISPUTE)


class Objection(Entity):
    """A revision that was asked for, or a dispute. Owners talk until `talk_by`; then it is *unresolved*, or a mediator helps whom both chose."""

    class Kind(models.TextChoices):
        REVISION = "revision", "Asked to revise"
        DISPUTE = "dispute", "Disputed"

    class Outcome(models.TextChoices):
        REVISED = "revised", "Sent again"
        WITHDRAWN = "withdrawn", "Withdrawn"
        CREDITED = "credited", "Credited"
        VOIDED = "voided", "Given up"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="objections")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    raised_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    talk_by = models.DateTimeField(null=True, blank=True)
    mediator = models.CharField(max_length=200, blank=True)
    mediator_named_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mediator_agreed_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mediator_agreed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(ended_at=None), name="objection_one_standing_per_invoice"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="objection_ended_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(kind="dispute", talk_by__isnull=False) | Q(kind="revision", talk_by=None),
                name="objection_dispute_has_its_term",
            ),
            models.CheckConstraint(
                condition=Q(mediator="", mediator_named_by=None, mediator_agreed_by=None)
                | ~Q(mediator="") & Q(mediator_named_by__isnull=False),
                name="objection_mediator_named_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(mediator_agreed_at=None, mediator_agreed_by=None)
                | Q(mediator_agreed_at__isnull=False, mediator_agreed_by__isnull=False),
                name="objection_mediator_agreed_at_goes_with_agreed_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["talk_by"], condition=Q(ended_at=None, kind="dispute"), name="objection_to_talk"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.invoice_id}"

    def unresolved(self, now: datetime) -> bool:
        """Say whether the time to talk has run out without an end and without a mediator."""
        return bool(
            self.talk_by and self.talk_by <= now and self.ended_at is None and self.mediator_agreed_at is None
        )


class ObjectionLine(Entity):
    """How much of a line is wrong, and why."""

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="objections")
    amount = amount_field()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["objection", "line"], name="objection_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="objection_line_has_an_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_line_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.line_id}: {self.reason}"
