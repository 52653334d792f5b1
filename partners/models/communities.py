"""Groups of the trade that a firm belongs to: IAMCP, ASCII, GTIA, NSITSP, a local user group."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import Lower

from partnernet.core.models import Entity, User

STANDING = ("asked", "confirmed")


class CommunityQuerySet(models.QuerySet["Community"]):
    """The vocabulary of communities. Everybody may know which there are; who asked to be confirmed is for those who confirm."""

    def looked_after_by(self, user: User) -> Self:
        """Those whose memberships this person confirms: its admin; where nobody else is named, the network's operator."""
        return self.filter(Q(admin=user) | Q(admin=None)) if user.is_staff else self.filter(admin=user)

    def with_counts(self) -> Self:
        """Add `confirmed` and `waiting`, how many firms of each."""
        return self.annotate(
            confirmed=Count("memberships", filter=Q(memberships__status="confirmed")),
            waiting=Count("memberships", filter=Q(memberships__status="asked")),
        )

    def by_name(self) -> Self:
        return self.order_by(Lower("name"), "pk")


class Community(Entity):
    """A group whose admin says who belongs to it. The operator puts it on the list."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60)
    website = models.CharField(max_length=253, blank=True, default="", help_text="Its web domain.")
    admin = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="communities",
        help_text="Who confirms its members; empty: the network's operator does.",
    )  # fmt: skip
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "communities"
        constraints = [
            models.UniqueConstraint(Lower("name"), name="community_once_by_name"),
            models.UniqueConstraint(fields=["slug"], name="community_slug_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="community_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["CommunityMembership"]):
    """The vocabulary of belonging to communities."""

    def visible_to(self, firm: UUID) -> Self:
        """A firm reads all that became of its own; of others it learns no more than what is confirmed."""
        return self.filter(firm=firm)

    def standing(self) -> Self:
        """Asked for or confirmed."""
        return self.filter(status__in=STANDING)

    def confirmed(self) -> Self:
        return self.filter(status="confirmed")

    def counted_on(self, day: date) -> Self:
        """Those that were confirmed by that day (UTC) and had not ended by then."""
        ended = Q(ended_at__isnull=True) | Q(ended_at__date__gt=day)
        return self.filter(ended, status__in=("confirmed", "ended"), decided_at__date__lte=day)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class CommunityMembership(Entity):
    """A firm says that it belongs to a community; its admin confirms it, or says why not. It counts while it is confirmed."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting to be confirmed"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Not confirmed"
        ENDED = "ended", "Ended"

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="memberships")
    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="communities")
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    proof = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="A member number, or since when; the admin reads it.",
    )
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why not, or why no longer.")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["community", "firm"],
                condition=Q(status__in=STANDING),
                name="community_membership_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("asked", "confirmed", "refused", "ended")),
                name="community_membership_status_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, status__in=("asked", "ended"))
                | Q(
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    status__in=("confirmed", "refused", "ended"),
                ),
                name="community_membership_decided_at_goes_with_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False, ended_by__isnull=False)
                | (~Q(status="ended") & Q(ended_at__isnull=True, ended_by__isnull=True)),
                name="community_membership_ended_at_goes_with_ended_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""),
                name="community_membership_refused_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["firm", "community"],
                condition=Q(status="confirmed"),
                name="community_membership_holds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm_id} in {self.community_id}"
