"""What a firm decides for itself about a text before it signs: the other firm never sees it."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from contracts.models.agreements import Agreement, AgreementRevision
from partnernet.core.models import Entity, EventBase, User
from partners.models import Firm, Member


class ApprovalDemand(Entity):
    """A firm wants a second person to approve every text before it is signed or accepted. Off until an owner turns it on."""

    class Approver(models.TextChoices):
        OWNER = "owner", "An owner"
        FINANCE = "finance", "Finance, or an owner"

    firm = models.OneToOneField(Firm, models.PROTECT, related_name="approval_demand")
    approver = models.CharField(max_length=7, choices=Approver)
    turned_on_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    turned_on_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__in=["owner", "finance"]), name="approval_demand_of_known_people"
            )
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.get_approver_display()}"

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that approve."""
        return ("owner",) if self.approver == self.Approver.OWNER else ("finance", "owner")


class TextApprovalQuerySet(models.QuerySet["TextApproval"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Only the firm itself."""
        return self.filter(firm=firm)

    def waiting(self) -> Self:
        return self.filter(status=TextApproval.Status.ASKED)

    def approved(self) -> Self:
        return self.filter(status=TextApproval.Status.APPROVED)

    def of(self, agreement: Agreement) -> Self:
        """Keep what is about the text that is on the table now."""
        return self.filter(revision=agreement.current_revision_id)

    def with_people(self) -> Self:
        return self.select_related("asked_by__user", "decided_by__user")

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")


class TextApproval(Entity):
    """A firm's own word to exactly one revision: asked, approved, or refused with a reason. Another revision needs its own."""

    class Status(models.TextChoices):
        ASKED = "asked", "Waits for approval"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Not approved"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="approvals")
    content_sha256 = models.CharField(max_length=64)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)

    objects = TextApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "firm"],
                condition=Q(status__in=["asked", "approved"]),
                name="text_approval_one_a_firm_and_text",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at=None, decided_by=None)
                | Q(status__in=["approved", "refused"], decided_at__isnull=False, decided_by__isnull=False),
                name="text_approval_decision_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="text_approval_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None) | Q(decided_at__gte=F("asked_at")),
                name="text_approval_after_it_was_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.content_sha256[:8]}"


class InHouseEventQuerySet(models.QuerySet["InHouseEvent"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Only the firm itself."""
        return self.filter(firm=firm)


class InHouseEvent(EventBase):
    """One line of what a firm did about an agreement among its own people. Not part of the chain that both firms hold."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="in_house_events")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")

    objects = InHouseEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["agreement", "firm", "occurred_at"], name="in_house_event_history")]
