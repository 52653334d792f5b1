"""What a sub gives back of an invoice that stands: credit notes, numbered in one series with its invoices."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from billing.models.invoices import Invoice, InvoiceLine
from partnernet.core.models import Entity
from partnernet.core.money import amount_field
from partners.models import Firm, Member


class CreditNoteQuerySet(models.QuerySet["CreditNote"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        return self.filter(Q(sub=firm_id) | Q(invoice__prime=firm_id))


class CreditNote(Entity):
    """Takes back a part of an invoice, never more of it than is open. Never changed, never withdrawn."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, db_index=False, related_name="credit_notes")
    number = models.PositiveIntegerField()
    amount = amount_field()
    reason = models.CharField(max_length=1000)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = CreditNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sub", "number"], name="credit_note_number_per_sub"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_note_has_an_amount"),
            models.CheckConstraint(condition=~Q(reason=""), name="credit_note_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"CN-{self.number:04d}"


class CreditNoteLine(Entity):
    """How much of which line."""

    credit_note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credits")
    amount = amount_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["credit_note", "line"], name="credit_note_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="credit_note_line_has_an_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.line_id}"
