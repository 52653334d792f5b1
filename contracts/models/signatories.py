"""Who signs for a firm: members with a standing authority, and the one who is named for an agreement."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from contracts.models.agreements import SIDES, Agreement
from partnernet.core.models import Entity, User
from partners.models import Firm, Member


class SigningAuthorityQuerySet(models.QuerySet["SigningAuthority"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(firm=firm)

    def standing(self) -> Self:
        return self.filter(revoked_at=None)


class SigningAuthority(Entity):
    """An owner's word that a member, who is no owner, may bind the firm when the signature is passed on to them."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="signing_authorities")
    member = models.ForeignKey(Member, models.PROTECT, related_name="signing_authorities")
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SigningAuthorityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(revoked_at=None), name="signing_authority_once_a_member"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="signing_authority_revocation_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} since {self.granted_at:%Y-%m-%d}"


_HERE = Q(member__is_active=True, member__user__is_active=True) & ~Q(member__role=Member.Role.TECHNICIAN)


class SignatoryQuerySet(models.QuerySet["Signatory"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Both firms know who signs: it stands in the history that both hold."""
        return self.filter(
            Q(agreement__proposer=firm) | Q(agreement__other=firm) & ~Q(agreement__status="draft")
        )

    def standing(self) -> Self:
        return self.filter(status=Signatory.Status.NAMED)

    def of(self, agreement: Agreement) -> Self:
        return self.filter(agreement=agreement)

    def here(self) -> Self:
        """Keep those who are named and can open their firm's agreements."""
        return self.standing().filter(_HERE)

    def gone(self) -> Self:
        """Keep those who are named and are no longer in their firm, or cannot open its agreements any more."""
        return self.standing().filter(~_HERE)

    def with_people(self) -> Self:
        return self.select_related("member__user", "member__firm")


class Signatory(Entity):
    """The member who is to sign an agreement for one side. At most one is named a side; the others are history."""

    class Status(models.TextChoices):
        NAMED = "named", "Signs"
        PASSED_ON = "passed_on", "Passed it on"
        REPLACED = "replaced", "Replaced"
        LEFT = "left", "Left before signing"
        RELEASED = "released", "No longer named"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatories")
    side = models.CharField(max_length=8)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.NAMED)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SignatoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "side"], condition=Q(status="named"), name="signatory_one_a_side"
            ),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="signatory_side_known"),
            models.CheckConstraint(
                condition=Q(status="named", ended_at=None)
                | Q(status__in=["passed_on", "replaced", "left", "released"], ended_at__isnull=False),
                name="signatory_status_known_with_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} for the {self.side} of {self.agreement_id}"
