"""What happened, for a firm's programs: one row a firm and event, as few facts as will do, in the order of writing."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contracts.models.agreements import Agreement
from partnernet.core.models import Entity
from partners.models import Firm


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Only the firm that it was written for."""
        return self.filter(firm=firm)

    def without_claims(self) -> Self:
        """Claims are a matter of owners."""
        return self.exclude(name__startswith="claim.")

    def settled(self, before: datetime) -> Self:
        """Keep what nothing can be put in front of any more; `before` is `clock.settled()`."""
        return self.filter(recorded_at__lt=before)

    def after(self, last: "Announcement") -> Self:
        return self.filter(
            Q(recorded_at__gt=last.recorded_at) | Q(recorded_at=last.recorded_at, pk__gt=last.pk)
        )

    def in_order(self) -> Self:
        return self.order_by("recorded_at", "pk")


class Announcement(Entity):
    """One event as one firm may know it, written in the transaction of the step. Never changed, never deleted.

    `subject_id` is the key of what the name's first part says, `status` how that stood after the step, `by_firm` who took it
    (nobody: the clock). There are no words and no names of people in it: who may read those asks for the subject.
    """

    firm = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="+")
    name = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    status = models.CharField(max_length=20)
    by_firm = models.UUIDField(null=True, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(name__regex=r"^[a-z_]+\.[a-z_]+$"), name="announcement_name_in_two_parts"
            ),
        ]
        indexes = [models.Index(fields=["firm", "recorded_at", "id"], name="announcement_of_firm")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_id}"

    @property
    def subject(self) -> str:
        """What it is about: the first part of its name."""
        return self.name.partition(".")[0]
