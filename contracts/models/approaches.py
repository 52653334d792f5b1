"""The client asked the sub for more, and the sub said so."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from clients.models import Client
from partnernet.core.models import Entity
from partners.models import Firm, Member


class ApproachReportQuerySet(models.QuerySet["ApproachReport"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """Both firms keep what was passed on."""
        return self.filter(Q(prime=firm_id) | Q(sub=firm_id))

    def unanswered(self) -> Self:
        return self.filter(acknowledged_at=None)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class ApproachReport(Entity):
    """An opportunity for the prime, and dated evidence of good faith for the sub."""

    prime = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="approaches_heard")
    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="approaches_reported")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="approach_reports")
    work_order_id = models.UUIDField()
    what = models.CharField(max_length=500)
    who = models.CharField(max_length=120, blank=True)
    urgent = models.BooleanField(default=False)
    reported_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = ApproachReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(prime=F("sub")), name="approach_report_between_two_firms"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="approach_report_acknowledged_at_goes_with_by",
            ),
        ]
        indexes = [
            models.Index(fields=["prime", "-reported_at", "-id"], name="approach_report_of_prime"),
            models.Index(fields=["work_order_id"], name="approach_report_of_order"),
        ]

    def __str__(self) -> str:
        return self.what
