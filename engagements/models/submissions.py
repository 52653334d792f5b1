"""Work that was handed in: what the prime sees is what it pays for."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from engagements.models.orders import WorkOrder
from partnernet.core.models import Entity
from partnernet.core.money import amount_field, currency_field
from partners.models import Member


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What stands of an order's submissions together: waiting or approved."""

    units: int = 0
    hours: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    expenses: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def waiting(self) -> Self:
        return self.filter(status=Submission.Status.SUBMITTED)

    def standing(self) -> Self:
        """Waiting or approved: what was sent back is handed in anew."""
        return self.exclude(status=Submission.Status.SENT_BACK)

    def together(self) -> HandedIn:
        """Return the sums of these."""
        names = ("units", "hours", "base", "expenses", "amount")
        sums = self.aggregate(**{name: Sum(name) for name in names})
        return HandedIn(**{name: value for name, value in sums.items() if value is not None})

    def silent(self, now: datetime) -> Self:
        """Waiting, though the silence term that both accepted has run out."""
        return self.waiting().filter(silence_at__lte=now)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Submission(Entity):
    """One handing-in of an order: of a part, what was done since the last one, or of all that is left.

    `amount` is reckoned when it is handed in; of all that is left again, when both agree to a change before it is decided.
    Together they are what the work comes to, to the cent.
    """

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "Waiting for approval"
        SENT_BACK = "sent_back", "Sent back"
        APPROVED = "approved", "Approved"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    is_part = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SUBMITTED)
    note = models.TextField(blank=True)
    units = models.PositiveIntegerField()
    hours = models.DecimalField(max_digits=7, decimal_places=2)
    currency = currency_field()
    base = amount_field()
    expenses = amount_field(default=0)
    amount = amount_field()
    client_asked_for_more = models.BooleanField(null=True)
    submitted_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    silence_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    by_silence = models.BooleanField(default=False)
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "sent_back", "approved"]), name="submission_status_known"
            ),
            models.UniqueConstraint(fields=["work_order", "number"], name="submission_number_per_order"),
            models.UniqueConstraint(
                fields=["work_order"],
                condition=Q(status="submitted", is_part=False),
                name="submission_one_whole_waiting_per_order",
            ),
            models.CheckConstraint(
                condition=Q(status="submitted", decided_at=None, decided_by=None, by_silence=False)
                | Q(status="sent_back", decided_at__isnull=False, decided_by__isnull=False, by_silence=False)
                & ~Q(reason="")
                | Q(status="approved", decided_at__isnull=False, decided_by__isnull=False, by_silence=False)
                | Q(status="approved", decided_at__isnull=False, decided_by=None, by_silence=True),
                name="submission_decided_by_somebody_or_silence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["silence_at"], condition=Q(status="submitted"), name="submission_silence_due"
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.work_order_id}"
