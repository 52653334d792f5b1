"""One firm says that the other broke a promise: the claim, what shows it, and what became of it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from contracts.models.agreements import Agreement
from contracts.models.protection import ProtectedClient
from contracts.workflow import CLAIM_OPEN, CLAIMANT, RESPONDENT
from partnernet.core.models import Entity, EventBase, User
from partnernet.core.money import amount_field, currency_field
from partners.models import Firm

STATUSES = (
    "draft", "filed", "notice_served", "responded", "no_response", "cure_period", "negotiation", "mediation", "settled",
    "upheld", "partly_upheld", "dismissed", "withdrawn", "suspended", "time_barred", "closed",
)  # fmt: skip
NOT_SERVED = ("draft", "filed")


class FeeSeal(Entity):
    """What a protected client was worth when the notice was served: only its own firm reads it, both hold its keyed hash."""

    protected_client = models.OneToOneField(ProtectedClient, models.PROTECT, related_name="fee_seal")
    text = models.TextField()
    key = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seal__regex=r"^[0-9a-f]{64}$"), name="fee_seal_is_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.protected_client_id} {self.seal[:8]}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """The claimant sees its own; the other firm what it was served with. Nobody else ever sees one."""
        return self.filter(Q(claimant=firm) | Q(respondent=firm, served_at__isnull=False))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def with_parties(self) -> Self:
        return self.select_related(
            "claimant", "respondent", "agreement__current_revision", "protected_client", "settlement_by", "outcome_by"
        )  # fmt: skip

    def due(self, now: datetime) -> Self:
        return self.filter(due_at__lte=now)

    def silent_about_an_outcome(self, now: datetime) -> Self:
        return self.filter(outcome_until__lte=now)

    def still_open(self) -> Self:
        return self.filter(status__in=[*CLAIM_OPEN, "suspended"])

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Claim(Entity):
    """PartnerNet keeps what the firms do and what came of it; it judges nothing.

    `due_at` is the end of the present step: of the days of the firm that must act. What was claimed, what the formula comes to,
    what both agreed on and what was paid are four amounts. An open claim changes no score, and only owners read it.
    """

    class Kind(models.TextChoices):
        CLIENT = "client", "A protected client"
        PERSON = "person", "A protected person"
        CONDUCT = "conduct", "Conduct or confidentiality, without money"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        FILED = "filed", "Filed"
        NOTICE_SERVED = "notice_served", "Notice served"
        RESPONDED = "responded", "Answered"
        NO_RESPONSE = "no_response", "Not answered in time"
        CURE_PERIOD = "cure_period", "Being put right"
        NEGOTIATION = "negotiation", "Owners talk"
        MEDIATION = "mediation", "In mediation"
        SETTLED = "settled", "Settled"
        UPHELD = "upheld", "Upheld"
        PARTLY_UPHELD = "partly_upheld", "Partly upheld"
        DISMISSED = "dismissed", "Dismissed"
        WITHDRAWN = "withdrawn", "Withdrawn"
        SUSPENDED = "suspended", "Before a court"
        TIME_BARRED = "time_barred", "Too late"
        CLOSED = "closed", "Closed"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="claims")
    claimant = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="claims_made")
    respondent = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="claims_heard")
    kind = models.CharField(max_length=8, choices=Kind)
    protected_client = models.ForeignKey(
        ProtectedClient, models.PROTECT, null=True, blank=True, related_name="claims"
    )
    person_name = models.CharField(max_length=120, blank=True)
    what = models.TextField()
    breach_on = models.DateField()
    known_on = models.DateField()
    file_by = models.DateField(help_text="The last day on which it can be filed.")
    status = models.CharField(max_length=13, choices=Status, default=Status.DRAFT)
    suspended_from = models.CharField(max_length=13, blank=True)

    currency = currency_field()
    claimed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    computed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    reckoning = models.JSONField(default=list, blank=True)
    opened = models.JSONField(default=dict, blank=True)
    agreed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    paid = amount_field(default=0)

    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    response = models.TextField(blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    cured = models.TextField(blank=True)
    mediator = models.CharField(max_length=200, blank=True)

    settlement_by = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    settlement_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    settlement_text = models.CharField(max_length=1000, blank=True)
    settlement_admits = models.BooleanField(default=False)
    outcome_by = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    outcome_status = models.CharField(max_length=13, blank=True)
    outcome_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    outcome_until = models.DateTimeField(null=True, blank=True)
    how_decided = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="claim_status_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["client", "person", "conduct"]), name="claim_kind_known"
            ),
            models.CheckConstraint(condition=~Q(claimant=F("respondent")), name="claim_between_two_firms"),
            models.CheckConstraint(condition=~Q(what=""), name="claim_says_what"),
            models.CheckConstraint(
                condition=Q(kind="client", protected_client__isnull=False, person_name="")
                | (Q(kind="person", protected_client=None) & ~Q(person_name=""))
                | Q(kind="conduct", protected_client=None, person_name=""),
                name="claim_about_what_its_kind_says",
            ),
            models.CheckConstraint(
                condition=~Q(kind="conduct") | Q(claimed=None, computed=None, agreed=None, paid=0),
                name="claim_about_conduct_is_without_money",
            ),
            models.CheckConstraint(
                condition=Q(breach_on__lte=F("known_on"), known_on__lte=F("file_by")),
                name="claim_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", filed_at=None)
                | Q(status__in=["time_barred", "withdrawn", "closed"])
                | Q(filed_at__isnull=False),
                name="claim_filed_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "filed"], served_at=None)
                | Q(status__in=["time_barred", "withdrawn", "closed"])
                | Q(served_at__gte=F("filed_at")),
                name="claim_served_after_filing",
            ),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None)
                | Q(read_at__gte=F("served_at"), read_by__isnull=False),
                name="claim_read_after_serving",
            ),
            models.CheckConstraint(
                condition=Q(status="suspended", suspended_from__in=CLAIM_OPEN)
                | (~Q(status="suspended") & Q(suspended_from="")),
                name="claim_suspended_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(settlement_by=None, settlement_amount=None, settlement_text="")
                | (Q(settlement_by__isnull=False) & ~Q(settlement_text="")),
                name="claim_settlement_whole",
            ),
            models.CheckConstraint(
                condition=Q(outcome_by=None, outcome_status="", outcome_until=None)
                | Q(
                    outcome_by__isnull=False,
                    outcome_status__in=["upheld", "partly_upheld", "dismissed"],
                    outcome_until__isnull=False,
                ),
                name="claim_outcome_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["settled", "upheld", "partly_upheld", "dismissed"])
                | Q(decided_at__isnull=False),
                name="claim_decided_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["claimant", "-id"], name="claim_of_claimant"),
            models.Index(fields=["respondent", "-id"], name="claim_of_respondent"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="claim_due"),
            models.Index(
                fields=["outcome_until"], condition=Q(outcome_until__isnull=False), name="claim_outcome_due"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """A short name that both firms can say on the phone."""
        return f"CL-{self.id.hex[-6:].upper()}"

    @property
    def about(self) -> str:
        """What it is about, in a few words; load the protected client first."""
        if self.protected_client:
            return self.protected_client.client_name
        return self.person_name or "Conduct or confidentiality"

    def side_of(self, firm_id: UUID | None) -> str:
        """Return the side a firm stands on, or "" for a stranger."""
        return (
            {self.claimant_id: CLAIMANT, self.respondent_id: RESPONDENT}.get(firm_id, "") if firm_id else ""
        )

    def across(self, firm_id: UUID | None) -> Firm:
        return self.respondent if firm_id == self.claimant_id else self.claimant


class ClaimEvidence(Entity):
    """A paper that somebody handed in for a claim: whence, of which day, and its hash. Never changed, never deleted."""

    class Kind(models.TextChoices):
        EMAIL = "email", "Email or letter"
        MESSAGE = "message", "Message or post aimed at somebody"
        POST = "post", "Post to the public"
        QUOTE = "quote", "Quote or proposal"
        INVOICE = "invoice", "Invoice"
        OFFER = "offer", "Job offer"
        STATEMENT = "statement", "Statement of somebody"
        DECISION = "decision", "Decision of a court, an arbitrator or a mediator"
        OTHER = "other", "Something else"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=10, choices=Kind)
    source = models.CharField(max_length=200)
    event_on = models.DateField()
    redacted = models.BooleanField(default=False)
    file = models.FileField(upload_to="claims/%Y/%m/")
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "claim evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$") & ~Q(source=""),
                name="evidence_with_hash_and_source",
            ),
            models.UniqueConstraint(fields=["claim", "sha256"], name="evidence_handed_in_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.source}"


class ClaimEvent(EventBase):
    """One line of a claim's history."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["claim", "occurred_at", "id"], name="claim_event_of_claim")]

    def __str__(self) -> str:
        return f"{self.step} {self.claim_id}"
