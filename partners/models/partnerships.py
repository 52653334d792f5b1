"""What one firm notes about another. Only the noting firm ever sees it."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from partnernet.core.models import Entity


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    """The vocabulary of partnerships."""

    def visible_to(self, firm: UUID) -> Self:
        return self.filter(owner=firm)

    def on_bench(self) -> Self:
        return self.filter(bench=True)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Partnership(Entity):
    """Two firms as seen by one of them, the owner of the row."""

    class Vetting(models.TextChoices):
        NONE = "none", "Not vetted"
        INVITED = "invited", "Invited"
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        CONDITIONAL = "conditional", "Approved with conditions"
        SUSPENDED = "suspended", "Suspended"
        REJECTED = "rejected", "Rejected"

    owner = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="partnerships")
    other = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="noted_by")
    bench = models.BooleanField(default=False)
    blocked = models.BooleanField(default=False)
    known_since = models.PositiveSmallIntegerField(null=True, blank=True, help_text="A year.")
    notes = models.TextField(blank=True, default="")
    exposure_limit = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="How much unpaid work for the other we carry, in our currency; empty: no limit.",
    )
    vetting_status = models.CharField(max_length=12, choices=Vetting, default=Vetting.NONE)
    last_contact_on = models.DateField(null=True, blank=True)
    next_touch_on = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "other"], name="partnership_once_per_pair"),
            models.CheckConstraint(condition=~Q(owner=F("other")), name="partnership_is_with_another_firm"),
            models.CheckConstraint(
                condition=Q(exposure_limit__isnull=True) | Q(exposure_limit__gte=0),
                name="partnership_exposure_limit_is_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(bench=True, blocked=True), name="partnership_bench_or_blocked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} on {self.other_id}"
