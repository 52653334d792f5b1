"""A firm says that a signature in its name is not its own."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from contracts.models.agreements import Agreement, Signature
from partnernet.core.models import Entity, User
from partners.models import Firm


class SignatureDisputeQuerySet(models.QuerySet["SignatureDispute"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Both firms: neither may go on as if nothing were said."""
        return self.filter(Q(agreement__proposer=firm) | Q(agreement__other=firm))

    def standing(self) -> Self:
        return self.filter(status=SignatureDispute.Status.OPEN)

    def with_people(self) -> Self:
        return self.select_related("signature", "firm", "raised_by", "closed_by")

    def newest_first(self) -> Self:
        return self.order_by("-raised_at", "-pk")


class SignatureDispute(Entity):
    """“I did not sign this.” While it stands, no new work begins under the agreement; running work goes on.

    `evidence` is what was recorded of the signature, as canonical JSON gathered when it was disputed, with its SHA-256. Under a proposal
    that ends, or whose signature is taken back, it is closed with it: there is nothing left to dispute.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Disputed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SETTLED = "settled", "Settled"
        CLOSED = "closed", "Closed with the proposal"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signature_disputes")
    signature = models.ForeignKey(Signature, models.PROTECT, related_name="disputes")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    reason = models.TextField()
    evidence = models.TextField()
    evidence_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)

    objects = SignatureDisputeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["signature"], condition=Q(status="open"), name="signature_dispute_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="signature_dispute_says_why"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None, closed_by=None, outcome="")
                | Q(status="withdrawn", closed_at__isnull=False, closed_by__isnull=False)
                | Q(status="settled", closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")
                | Q(status="closed", closed_at__isnull=False) & ~Q(outcome=""),
                name="signature_dispute_status_known_and_whole",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("raised_at")),
                name="signature_dispute_closed_after_it_was_raised",
            ),
        ]
        indexes = [
            models.Index(fields=["agreement"], condition=Q(status="open"), name="signature_dispute_standing")
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} disputes {self.signature_id}"
