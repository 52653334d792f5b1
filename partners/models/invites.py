"""Invitations: of a person into one's own firm, and of another firm into the network."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from partnernet.core.models import Entity
from partnernet.core.notify import Addressee
from partners.models.members import Member

_OPEN = Q(accepted_at__isnull=True, revoked_at__isnull=True)
_UNCLAIMED = Q(status__in=("draft", "sent"))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """The vocabulary of members' invitations."""

    def visible_to(self, firm: UUID) -> Self:
        return self.filter(firm=firm)

    def open(self) -> Self:
        """Neither used nor taken back; it may have lapsed."""
        return self.filter(_OPEN)

    def lapsed(self, now: datetime) -> Self:
        return self.filter(_OPEN, expires_at__lte=now)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Invitation(Entity):
    """Asks one address to become a member. Its secret is in the mail; here is only what it opens."""

    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=150, blank=True, default="")
    role = models.CharField(max_length=12, choices=Member.Role)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "firm", Lower("email"), condition=_OPEN, name="invitation_once_open_per_firm_and_email"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_goes_with_accepted_by",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revoked_at_goes_with_revoked_by",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="invitation_expires_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"


class FirmInviteQuerySet(models.QuerySet["FirmInvite"]):
    """The vocabulary of firms' invitations."""

    def visible_to(self, firm: UUID) -> Self:
        """Those it sent, and those that led to its own card."""
        return self.filter(Q(firm=firm) | Q(card=firm))

    def sent_by(self, firm: UUID) -> Self:
        return self.filter(firm=firm)

    def open(self) -> Self:
        """Neither answered by joining nor taken back."""
        return self.filter(_UNCLAIMED)

    def waiting(self) -> Self:
        """Sent and not answered."""
        return self.filter(status=FirmInvite.Status.SENT)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class FirmInvite(Entity):
    """One firm asks another to join, and may enclose an agreement and an offer for it to see first.

    What is enclosed is named by plain ids: agreements and offers live above this app.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Not sent"
        SENT = "sent", "Waiting for an answer"
        CLAIMED = "claimed", "Joined"
        REVOKED = "revoked", "Taken back"

    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="firm_invites")
    card = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="invited_by")
    email = models.EmailField()
    contact_name = models.CharField(max_length=150, blank=True, default="")
    message = models.TextField(blank=True, default="")
    agreement_id = models.UUIDField(null=True, blank=True)
    offer_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = FirmInviteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "card"], condition=_UNCLAIMED, name="firm_invite_once_open_per_pair"
            ),
            models.CheckConstraint(
                condition=Q(status="draft", sent_at__isnull=True)
                | Q(status="revoked")
                | Q(status__in=("sent", "claimed"), sent_at__isnull=False),
                name="firm_invite_sent_at_goes_with_status",
            ),
            models.CheckConstraint(
                condition=Q(status="claimed", claimed_at__isnull=False, claimed_by__isnull=False)
                | (~Q(status="claimed") & Q(claimed_at__isnull=True, claimed_by__isnull=True)),
                name="firm_invite_claimed_at_goes_with_claimed_by",
            ),
            models.CheckConstraint(
                condition=Q(status="revoked", revoked_at__isnull=False, revoked_by__isnull=False)
                | (~Q(status="revoked") & Q(revoked_at__isnull=True, revoked_by__isnull=True)),
                name="firm_invite_revoked_at_goes_with_revoked_by",
            ),
            models.CheckConstraint(
                condition=~Q(firm=models.F("card")), name="firm_invite_is_for_another_firm"
            ),
        ]
        indexes = [models.Index(Lower("email"), name="firm_invite_email")]

    def __str__(self) -> str:
        return self.email

    def addressee(self) -> Addressee:
        """Whom the invitation is for: nobody with an account yet."""
        return Addressee(email=self.email, name=self.contact_name)
