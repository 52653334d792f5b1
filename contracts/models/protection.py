from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db import models

from clients.models import Client, ClientSuccession
from contracts.models.agreements import Agreement
from partnernet.core.models import Entity, User
from partners.models import Firm


class ProtectedClientQuerySet(models.QuerySet["ProtectedClient"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(models.Q(prime=firm) | models.Q(sub=firm))

    def running_on(self, day: date) -> Self:
        return self.filter(status=ProtectedClient.Status.PROTECTED, protected_until__gte=day)

    def with_parties(self) -> Self:
        return self.select_related("prime", "sub", "agreement").prefetch_related("prior_relationships")

    def soonest_end_first(self) -> Self:
        return self.order_by("protected_until", "client_name", "pk")


class ProtectedClient(Entity):
    """A client of the prime that the sub was told about, under one agreement; one row for each pair.

    `protected_until` is the last service day (at first, the day of the notice) plus the agreement's tail.
    """

    class Status(models.TextChoices):
        PROTECTED = "protected", "Protected"
        RELEASED = "released", "Released"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="protected_clients")
    prime = models.ForeignKey(Firm, models.PROTECT, related_name="clients_protected")
    sub = models.ForeignKey(Firm, models.PROTECT, related_name="clients_served_for_others")
    client = models.ForeignKey(Client, models.PROTECT, related_name="protections")
    client_name = models.CharField(max_length=200)
    formerly = models.CharField(max_length=200, blank=True)
    work_order_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROTECTED)
    notified_at = models.DateTimeField()
    declare_by = models.DateTimeField()
    first_service_on = models.DateField(null=True, blank=True)
    last_service_on = models.DateField(null=True, blank=True)
    tail_months = models.PositiveSmallIntegerField()
    protected_until = models.DateField()
    # Who of the sub opened the notice first. Kept by POST, never by GET.
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ProtectedClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "client"], name="protected_client_once_per_agreement"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["protected", "released"]), name="protected_client_status_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(prime=models.F("sub")), name="protected_client_of_two_firms"
            ),
            models.CheckConstraint(
                condition=models.Q(first_service_on=None, last_service_on=None)
                | models.Q(first_service_on__isnull=False, last_service_on__gte=models.F("first_service_on")),
                name="protected_client_service_days_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(declare_by__gt=models.F("notified_at")),
                name="protected_client_time_to_declare",
            ),
            models.CheckConstraint(
                condition=models.Q(read_at=None, read_by=None)
                | models.Q(read_at__gte=models.F("notified_at"), read_by__isnull=False),
                name="protected_client_read_whole",
            ),
        ]
        indexes = [models.Index(fields=["prime", "protected_until"], name="protected_client_of_prime")]

    def __str__(self) -> str:
        return self.client_name

    def days_left(self, today: date) -> int:
        """Return how many days the protection still runs; 0 when it has ended."""
        return max(0, (self.protected_until - today).days + 1) if self.status == self.Status.PROTECTED else 0

    def may_declare(self, now: datetime) -> bool:
        return self.status == self.Status.PROTECTED and now < self.declare_by


class ProtectionFollowingQuerySet(models.QuerySet["ProtectionFollowing"]):
    def standing(self) -> Self:
        return self.filter(succession__undone_at=None)

    def ending(self) -> Self:
        """Keep those of clients that went on whole, so that every later visit counts for both."""
        return self.filter(succession__kind__in=ClientSuccession.ENDING)


class ProtectionFollowing(Entity):
    """A protection that went on to the client that another became. `made` says that the second one came of it.

    The second one runs at least as long as the first. Kept so that a mistake can be taken back: what it made is released,
    unless the client was served for its own sake since; what it lengthened is reckoned anew.
    """

    succession = models.ForeignKey(ClientSuccession, models.PROTECT, related_name="followings")
    before = models.ForeignKey(ProtectedClient, models.PROTECT, related_name="followed_by")
    after = models.ForeignKey(ProtectedClient, models.PROTECT, related_name="follows")
    made = models.BooleanField()

    objects = ProtectionFollowingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["succession", "before"], name="protection_follows_once"),
            models.CheckConstraint(
                condition=~models.Q(before=models.F("after")), name="protection_follows_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before_id} goes on as {self.after_id}"


class PriorRelationship(Entity):
    """A client that was ours before: declared by the sub within the days the agreement gives, answered by the prime."""

    class Status(models.TextChoices):
        DECLARED = "declared", "Declared"
        RELEASED = "released", "Released"
        DISPUTED = "disputed", "Disputed"

    protected_client = models.ForeignKey(ProtectedClient, models.PROTECT, related_name="prior_relationships")
    status = models.CharField(max_length=10, choices=Status, default=Status.DECLARED)
    evidence = models.TextField()
    evidence_on = models.DateField()
    declared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # Work may start before the answer once an owner of each side has said so; neither gives up its position.
    reserved_by_prime_at = models.DateTimeField(null=True, blank=True)
    reserved_by_sub_at = models.DateTimeField(null=True, blank=True)
    # The paper itself, as it was sent.
    file = models.FileField(upload_to="declarations/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["protected_client"], name="prior_relationship_once"),
            models.CheckConstraint(
                condition=models.Q(file="", file_name="", content_type="", sha256="")
                | ~models.Q(file="")
                & ~models.Q(file_name="")
                & ~models.Q(content_type="")
                & models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="prior_relationship_file_with_hash",
            ),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="prior_relationship_has_evidence"),
            models.CheckConstraint(
                condition=models.Q(status="declared", answered_at=None, answered_by=None)
                | models.Q(
                    status__in=["released", "disputed"], answered_at__isnull=False, answered_by__isnull=False
                ),
                name="prior_relationship_answer_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protected_client_id} {self.status}"

    @property
    def is_reserved(self) -> bool:
        """Say whether owners of both firms let work start while the question is open."""
        return self.reserved_by_prime_at is not None and self.reserved_by_sub_at is not None


class CoverageOverrideQuerySet(models.QuerySet["CoverageOverride"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(models.Q(prime=firm) | models.Q(sub=firm))

    def between(self, one: UUID, other: UUID) -> Self:
        """What either of the two firms allowed the other."""
        return self.filter(models.Q(prime=one, sub=other) | models.Q(prime=other, sub=one))

    def running(self, now: datetime) -> Self:
        return self.filter(expires_at__gt=now)

    def with_parties(self) -> Self:
        return self.select_related("prime", "sub", "created_by")

    def latest_end_first(self) -> Self:
        return self.order_by("-expires_at", "-pk")


class CoverageOverride(Entity):
    """An owner's word that one firm may work without an agreement for a while. Both firms see it."""

    prime = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    sub = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    reason = models.TextField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = CoverageOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & models.Q(expires_at__gt=models.F("created_at")),
                name="override_has_reason_and_end",
            ),
            models.CheckConstraint(condition=~models.Q(prime=models.F("sub")), name="override_of_two_firms"),
        ]
        indexes = [models.Index(fields=["prime", "sub", "-expires_at"], name="override_of_pair")]

    def __str__(self) -> str:
        return f"{self.prime_id} – {self.sub_id} until {self.expires_at:%Y-%m-%d}"
