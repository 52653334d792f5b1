"""The evidence behind scores, and the scores as last reckoned."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from partnernet.core.models import Entity
from partners import scoring

DIMENSION_CHOICES = {
    scoring.TRUST: "Trust",
    scoring.AS_SUB: "Doing the work",
    scoring.AS_PRIME: "Giving the work",
    scoring.CREDIT: "Pays on time",
}
KIND_CHOICES = {kind: scoring.KINDS[kind].words for kind in scoring.EVENT_KINDS}


class ScoreEventQuerySet(models.QuerySet["ScoreEvent"]):
    """The vocabulary of score events."""

    def about(self, firm: UUID) -> Self:
        return self.filter(firm=firm)

    def until(self, on: date) -> Self:
        return self.filter(occurred_on__lte=on)


class ScoreEvent(Entity):
    """Something that happened and speaks for or against a firm. Never changed: a later row supersedes it."""

    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="score_events")
    dimension = models.CharField(max_length=10, choices=DIMENSION_CHOICES)
    kind = models.CharField(max_length=30, choices=KIND_CHOICES)
    value = models.DecimalField(max_digits=5, decimal_places=4, help_text="0 to 1.")
    occurred_on = models.DateField()
    counterparty = models.ForeignKey(
        "partners.Firm", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject_id = models.UUIDField(
        null=True, blank=True, help_text="The work order or document it comes from."
    )
    fault = models.CharField(
        max_length=200, blank=True, default="", help_text="Set when the cause lay elsewhere."
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ScoreEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__range=(0, 1)), name="score_event_value_0_to_1"),
            models.CheckConstraint(
                condition=~Q(firm=F("counterparty")), name="score_event_counterparty_is_another"
            ),
            models.UniqueConstraint(
                fields=["firm", "kind", "subject_id"],
                condition=Q(supersedes__isnull=True),
                name="score_event_once_per_subject",
            ),
        ]
        indexes = [models.Index(fields=["firm", "occurred_on"], name="score_event_firm_day")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.occurred_on}"

    @property
    def words(self) -> str:
        """Say what happened, as the score's page does."""
        return scoring.KINDS[self.kind].words


class PaymentExperienceQuerySet(models.QuerySet["PaymentExperience"]):
    """The vocabulary of payment experiences."""

    def about(self, payer: UUID) -> Self:
        return self.filter(payer=payer)

    def that_count(self) -> Self:
        """Leave out what the operator excluded, and what nobody knows the day of issue of."""
        return self.filter(issued_on__isnull=False).exclude(exclusion__granted=True)

    def summed_by_days(self) -> Iterable[Mapping[str, Any]]:
        """Return `payer`, `payee`, `currency`, `after` (from issue to payment), their `sum` and how many `invoices`."""
        after = F("paid_on") - F("issued_on")
        rows = self.annotate(after=after).order_by().values("payer", "payee", "currency", "after")
        return rows.annotate(sum=models.Sum("amount"), invoices=models.Count("pk"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class PaymentExperience(Entity):
    """How one invoice was paid, or that it stands open; closed once, when it is paid."""

    payer = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="payment_experiences")
    payee = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="+")
    invoice_id = models.UUIDField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PaymentExperienceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice_id"], name="payment_experience_once_per_invoice"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_experience_amount_is_positive"),
            models.CheckConstraint(
                condition=~Q(payer=F("payee")), name="payment_experience_between_two_firms"
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(issued_on__lte=F("due_on")),
                name="payment_experience_issued_before_due",
            ),
        ]
        indexes = [models.Index(fields=["payer", "due_on"], name="payment_experience_payer_due")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} due {self.due_on}"

    @property
    def words(self) -> str:
        """Say what was paid."""
        return f"An invoice over {self.amount} {self.currency}"

    @property
    def occurred_on(self) -> date:
        return self.paid_on or self.due_on


class ScoreExclusion(Entity):
    """A firm's request that one piece of its own evidence should not count, and the operator's open answer."""

    event = models.OneToOneField(
        ScoreEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="exclusion"
    )
    payment = models.OneToOneField(
        PaymentExperience, null=True, blank=True, on_delete=models.PROTECT, related_name="exclusion"
    )
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=True, payment__isnull=False)
                | Q(event__isnull=False, payment__isnull=True),
                name="score_exclusion_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, granted__isnull=True)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False)
                    & ~Q(answer="")
                ),
                name="score_exclusion_decided_at_goes_with_decided_by",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="score_exclusion_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Exclusion of {self.event_id or self.payment_id}"


class ScoreReply(Entity):
    """What a firm says to one piece of its own evidence, once; whoever sees the evidence with its names sees it too."""

    event = models.OneToOneField(
        ScoreEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="reply"
    )
    payment = models.OneToOneField(
        PaymentExperience, null=True, blank=True, on_delete=models.PROTECT, related_name="reply"
    )
    text = models.TextField()
    replied_at = models.DateTimeField()
    replied_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "score replies"
        constraints = [
            models.CheckConstraint(
                condition=Q(event__isnull=True, payment__isnull=False)
                | Q(event__isnull=False, payment__isnull=True),
                name="score_reply_to_one_thing",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="score_reply_says_something"),
        ]

    def __str__(self) -> str:
        return f"Reply to {self.event or self.payment}"


class ScoreSnapshot(Entity):
    """The network's figures of one day, published: `figures` is what `scoring.Snapshot` needs, medians as text."""

    on = models.DateField()
    figures = models.JSONField()
    published_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["on"], name="score_snapshot_once_a_day")]

    def __str__(self) -> str:
        return f"Snapshot of {self.on}"


class FirmScore(Entity):
    """The latest score of a firm in one dimension, kept so that lists can show and sort by it."""

    firm = models.ForeignKey("partners.Firm", on_delete=models.CASCADE, related_name="scores")
    dimension = models.CharField(max_length=10, choices=DIMENSION_CHOICES)
    snapshot = models.ForeignKey(ScoreSnapshot, on_delete=models.PROTECT, related_name="+")
    points = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    rank = models.FloatField()
    events = models.PositiveIntegerField()
    counterparties = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["firm", "dimension"], name="firm_score_once_per_dimension"),
            models.CheckConstraint(
                condition=Q(
                    points__range=(0, 100), low__range=(0, 100), high__range=(0, 100), rank__range=(0, 100)
                ),
                name="firm_score_0_to_100",
            ),
        ]
        indexes = [models.Index(fields=["dimension", "-rank", "firm"], name="firm_score_rank")]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.points:.1f}"

    @property
    def is_new(self) -> bool:
        """Whether the evidence is too thin to show a number."""
        return scoring.thin(self.events, self.counterparties)
