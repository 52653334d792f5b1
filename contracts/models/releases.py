"""A client that the prime lets go: for nothing, or for a part of the first year's revenue that the sub agrees to."""

from typing import Self

from django.db import models

from contracts.models.protection import ProtectedClient
from partnernet.core.models import Entity, User


class ClientReleaseQuerySet(models.QuerySet["ClientRelease"]):
    def offered(self) -> Self:
        return self.filter(status=ClientRelease.Status.OFFERED)

    def newest_first(self) -> Self:
        return self.order_by("-offered_at", "-pk")


class ClientRelease(Entity):
    """The prime's word that a client may become the sub's own. With a fee it waits for the sub's yes."""

    class Status(models.TextChoices):
        OFFERED = "offered", "Offered"
        TAKEN = "taken", "Taken"
        REFUSED = "refused", "Not wanted"
        WITHDRAWN = "withdrawn", "Taken back"

    protected_client = models.ForeignKey(ProtectedClient, models.PROTECT, related_name="releases")
    status = models.CharField(max_length=10, choices=Status, default=Status.OFFERED)
    fee_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="Of the first year's revenue with the client."
    )
    note = models.CharField(max_length=500, blank=True)
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ClientReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["offered", "taken", "refused", "withdrawn"]),
                name="release_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_percent__gte=0, fee_percent__lte=50), name="release_fee_up_to_half"
            ),
            models.UniqueConstraint(
                fields=["protected_client"],
                condition=models.Q(status="offered"),
                name="release_offered_once",
            ),
            models.CheckConstraint(
                condition=models.Q(status="offered", answered_at=None, answered_by=None)
                | ~models.Q(status="offered")
                & models.Q(answered_at__gte=models.F("offered_at"), answered_by__isnull=False),
                name="release_answer_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protected_client_id} {self.status}"
