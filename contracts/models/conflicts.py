"""The blind conflict check: does this firm serve that client already? Asked by keyed hashes, answered without a name."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from clients.models import Client
from partnernet.core.models import Entity, User
from partners.models import Firm


class ConflictOptIn(Entity):
    """A firm takes part: its clients' web domains are compared, and it may have others compared. Off until an owner turns it on."""

    firm = models.OneToOneField(Firm, models.PROTECT, related_name="conflict_opt_in")
    turned_on_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    turned_on_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.firm_id} since {self.turned_on_at:%Y-%m-%d}"


class ClientMark(Entity):
    """The keyed hash of one web domain of one firm's clients. It says nothing without our key."""

    firm = models.ForeignKey(Firm, models.CASCADE, db_index=False, related_name="+")
    mark = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "mark"], name="client_mark_once_per_firm"),
            models.CheckConstraint(condition=Q(mark__regex=r"^[0-9a-f]{64}$"), name="client_mark_is_a_hash"),
        ]

    def __str__(self) -> str:
        return self.mark[:8]


class ConflictCheckQuerySet(models.QuerySet["ConflictCheck"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Both sides see that a check was made; of what, only the firm that asked."""
        return self.filter(Q(prime=firm) | Q(sub=firm))

    def since(self, instant: datetime) -> Self:
        return self.filter(checked_at__gt=instant)

    def newest_first(self) -> Self:
        return self.order_by("-checked_at", "-pk")


class ConflictCheck(Entity):
    """One comparison, made when an offer left. Its client is the asking firm's own, and shown to nobody else."""

    class Result(models.TextChoices):
        MAY_SERVE = "may_serve", "May already serve this client"
        NOTHING_KNOWN = "nothing_known", "Nothing known"

    prime = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="+")
    sub = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="+")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    result = models.CharField(max_length=13, choices=Result)
    checked_at = models.DateTimeField()

    objects = ConflictCheckQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=["may_serve", "nothing_known"]), name="conflict_check_result_known"
            ),
            models.CheckConstraint(condition=~Q(prime=F("sub")), name="conflict_check_of_two_firms"),
        ]
        indexes = [
            models.Index(fields=["prime", "-checked_at"], name="conflict_check_of_prime"),
            models.Index(fields=["sub", "-checked_at"], name="conflict_check_of_sub"),
        ]

    def __str__(self) -> str:
        return f"{self.prime_id} asked about {self.sub_id}"
