"""People in firms."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from partnernet.core.models import Entity
from partnernet.core.notify import Addressee


class MemberQuerySet(models.QuerySet["Member"]):
    """The vocabulary of members."""

    def active(self) -> Self:
        return self.filter(is_active=True, user__is_active=True)

    def of(self, firm: UUID) -> Self:
        return self.filter(firm=firm)

    def in_role(self, *roles: str) -> Self:
        return self.filter(role__in=roles)

    def addressees(self, firm_id: UUID, *roles: str) -> list[Addressee]:
        """Say who in a firm hears news meant for these roles; without roles, everybody in it."""
        return self.addressees_of([firm_id], *roles)[firm_id]

    def addressees_of(self, firm_ids: Iterable[UUID], *roles: str) -> dict[UUID, list[Addressee]]:
        """Say the same of several firms, in one query."""
        found: dict[UUID, list[Addressee]] = {firm_id: [] for firm_id in firm_ids}
        members = self.filter(firm__in=found)
        if roles:
            members = members.filter(role__in=roles)
        rows = members.order_by("joined_at", "id").values_list(
            "user__email", "user__name", "user_id", "firm_id"
        )
        for email, name, user_id, firm_id in rows:
            found[firm_id].append(Addressee(email, name, user_id, firm_id))
        return found

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Member(Entity):
    """A person in a firm, in one role. A removed member keeps the row: history points at it."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        DISPATCHER = "dispatcher", "Dispatcher"
        FINANCE = "finance", "Finance"
        TECHNICIAN = "technician", "Technician"
        VIEWER = "viewer", "Viewer"

    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="memberships")
    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="members")
    role = models.CharField(max_length=12, choices=Role)
    title = models.CharField(max_length=100, blank=True, default="")
    approval_limit = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="In the firm's currency; empty: no limit.",
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "firm"], name="member_once_per_firm"),
            models.CheckConstraint(
                condition=Q(is_active=True, removed_at__isnull=True, removed_by__isnull=True)
                | Q(is_active=False, removed_at__isnull=False, removed_by__isnull=False),
                name="member_removed_at_goes_with_removed_by",
            ),
            models.CheckConstraint(
                condition=Q(role__in=("owner", "dispatcher", "finance", "technician", "viewer")),
                name="member_role_is_known",
            ),
            models.CheckConstraint(
                condition=Q(approval_limit__isnull=True) | Q(approval_limit__gte=0),
                name="member_approval_limit_is_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["firm", "role"], name="member_firm_role")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user_id}"

    def addressee(self) -> Addressee:
        """Say where this person is reached; reads `user`, which the caller has selected."""
        return Addressee(
            email=self.user.email, name=self.user.name, user_id=self.user_id, firm_id=self.firm_id
        )
