"""API keys: a member's, never stronger than the member."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from partnernet.core.models import Entity

SCOPES = ("read", "engagements", "offers", "billing", "webhooks")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """The vocabulary of keys."""

    def visible_to(self, firm: UUID) -> Self:
        return self.filter(member__firm=firm)

    def usable(self) -> Self:
        """Not revoked, and its member still in the firm."""
        return self.filter(
            revoked_at__isnull=True,
            member__is_active=True,
            member__user__is_active=True,
            member__firm__status="active",
        )

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class ApiKey(Entity):
    """The SHA-256 of a 256-bit secret that was shown once, with what it may do."""

    member = models.ForeignKey("partners.Member", on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters, to tell keys apart.")
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="api_key_hash_once"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="api_key_revoked_at_goes_with_revoked_by",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=list(SCOPES)), name="api_key_scopes_are_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
