"""What a firm off the network answered, as written down by the firm that gave it the work."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from engagements.models.orders import WorkOrder
from partnernet.core.models import Entity
from partners.models import Firm, Member

STEPS = (
    "accept", "decline", "agree", "refuse", "on_it", "ticket", "arrive", "leave", "hand_in", "back_out",
)  # fmt: skip
"""What a firm can have said: to an offer, to a change, to a call-off, and about the work itself."""


class RecordedAnswerQuerySet(models.QuerySet["RecordedAnswer"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Keep what a firm wrote down itself."""
        return self.filter(by__firm=firm)

    def of_work(self, order: UUID) -> Self:
        """What was written down about the work itself, not about whether it is taken."""
        return self.filter(work_order=order, step__in=("arrive", "leave", "hand_in", "ticket"))

    def objected(self) -> Self:
        return self.exclude(objected_at=None)

    def with_people(self) -> Self:
        return self.select_related("by__user", "firm")


class RecordedAnswer(Entity):
    """One answer, *recorded by us*: with whom, how and when it was agreed. The other side gets a copy and may object."""

    class Channel(models.TextChoices):
        PHONE = "phone", "By phone"
        EMAIL = "email", "By email"
        IN_PERSON = "in_person", "In person"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="recorded_answers")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10)
    said = models.CharField(max_length=300)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    with_whom = models.CharField(max_length=120)
    agreed_at = models.DateTimeField()
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    objected_at = models.DateTimeField(null=True, blank=True)
    objection = models.CharField(max_length=500, blank=True)

    objects = RecordedAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(step__in=STEPS),
                name="recorded_step_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["phone", "email", "in_person"]) & ~Q(with_whom="") & ~Q(said=""),
                name="recorded_says_how_and_with_whom",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__lte=F("recorded_at")), name="recorded_after_it_was_agreed"
            ),
            models.CheckConstraint(
                condition=Q(objected_at=None, objection="") | Q(objected_at__gte=F("recorded_at")),
                name="recorded_objection_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.said
