"""The client asked the sub for more, and the sub said so."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from clients.models import Client
from contracts.workflow import PRIME, SUB
from partnernet.core.models import Entity, EventBase
from partners.models import Firm, Member

UNANSWERED = ("reported", "acknowledged")


class ApproachReportQuerySet(models.QuerySet["ApproachReport"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """Both firms keep what was passed on."""
        return self.filter(Q(prime=firm_id) | Q(sub=firm_id))

    def unanswered(self) -> Self:
        """Those that the prime still has to answer; an offered release waits for the sub."""
        return self.filter(status__in=UNANSWERED, fee_percent=None)

    def silent(self, now: datetime) -> Self:
        """Those whose time to answer has passed, and whose owner was not told yet."""
        return self.unanswered().filter(answer_by__lte=now, escalated_at=None)

    def with_people(self) -> Self:
        return self.select_related(
            "client", "prime", "sub", "reported_by__user", "acknowledged_by__user", "answered_by__user"
        )

    def newest_first(self) -> Self:
        return self.order_by("-reported_at", "-pk")

    def owed_first_offer(self, order_id: UUID) -> Self:
        """Those that became this work: whoever passed it on is asked first."""
        return self.filter(status="new_work_order", became_id=order_id)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class ApproachReport(Entity):
    """An opportunity for the prime, and dated evidence of good faith for the sub.

    `in_time` is the safe harbour: passed on within the agreement's business days of the talk, it is presumed that nobody solicited.
    `became_id` names the change or the work order that it became; `fee_percent` is the referral fee of a release.
    """

    class Status(models.TextChoices):
        REPORTED = "reported", "Passed on"
        ACKNOWLEDGED = "acknowledged", "Heard"
        REFERRED_BACK = "referred_back", "Taken over"
        CHANGE_ORDER = "change_order", "A change of the work"
        NEW_WORK_ORDER = "new_work_order", "New work"
        RELEASED = "released", "Released"
        DECLINED = "declined", "Not done"
        CLOSED = "closed", "Closed"

    prime = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="approaches_heard")
    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="approaches_reported")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="approach_reports")
    work_order_id = models.UUIDField()
    what = models.CharField(max_length=500)
    who = models.CharField(max_length=120, blank=True)
    urgent = models.BooleanField(default=False)
    quoted = models.BooleanField(default=False)
    asked_on = models.DateField()
    in_time = models.BooleanField()
    status = models.CharField(max_length=14, choices=Status, default=Status.REPORTED)
    reported_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    became_id = models.UUIDField(null=True, blank=True)
    fee_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ApproachReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(prime=F("sub")), name="approach_report_between_two_firms"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="approach_report_acknowledged_at_goes_with_by",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "reported",
                        "acknowledged",
                        "referred_back",
                        "change_order",
                        "new_work_order",
                        "released",
                        "declined",
                        "closed",
                    ]
                ),
                name="approach_report_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNANSWERED, answered_at=None, answered_by=None)
                | (~Q(status__in=UNANSWERED) & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="approach_report_answer_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["change_order", "new_work_order"]) | Q(became_id__isnull=False),
                name="approach_report_became_something",
            ),
            models.CheckConstraint(
                condition=Q(fee_percent=None) | Q(fee_percent__gte=0, fee_percent__lte=50),
                name="approach_report_fee_up_to_half",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at=None)),
                name="approach_report_closed_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["prime", "-reported_at", "-id"], name="approach_report_of_prime"),
            models.Index(fields=["work_order_id"], name="approach_report_of_order"),
            models.Index(
                fields=["answer_by"],
                condition=Q(status__in=UNANSWERED, escalated_at=None),
                name="approach_report_to_escalate",
            ),
            models.Index(
                fields=["became_id"], condition=Q(became_id__isnull=False), name="approach_report_became"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def side_of(self, firm_id: UUID | None) -> str:
        """Return the side a firm stands on, or "" for a stranger."""
        return {self.prime_id: PRIME, self.sub_id: SUB}.get(firm_id, "") if firm_id else ""

    @property
    def fee_offered(self) -> Decimal | None:
        """The fee at which a release waits for the sub's yes."""
        return self.fee_percent if self.status in UNANSWERED else None


class ApproachEvent(EventBase):
    """One line of what became of a report."""

    report = models.ForeignKey(ApproachReport, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["report", "occurred_at", "id"], name="approach_event_of_report")]

    def __str__(self) -> str:
        return f"{self.step} {self.report_id}"
