"""An agreement on paper: the signed original as it was handed in, and when its firm last said that it still holds."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models

from contracts.models.agreements import PAPER_STANDING, Agreement
from partnernet.core.models import Entity, User
from partners.models import Firm


class PaperOriginalQuerySet(models.QuerySet["PaperOriginal"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(models.Q(agreement__proposer=firm) | models.Q(agreement__other=firm))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def to_ask(self, now: datetime) -> Self:
        """Keep those whose firm has not said for a year that they still hold."""
        standing = models.Q(agreement__status__in=PAPER_STANDING, agreement__ends_at__gt=now)
        return self.filter(standing, ask_at__lte=now, answer_by=None)


class PaperOriginal(Entity):
    """The file of an agreement on paper with its fingerprint: never changed, never deleted.

    `ask_at` is when its firm is asked again; once asked, it covers new work only until `answer_by`.
    """

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="paper")
    signed_on = models.DateField()
    ends_on = models.DateField()
    file = models.FileField(upload_to="agreements-on-paper/%Y/%m/")
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    held_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    affirmed_at = models.DateTimeField()
    ask_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    objection = models.TextField(blank=True)

    objects = PaperOriginalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0),
                name="paper_file_with_its_hash",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("signed_on")), name="paper_ends_after_it_was_signed"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    affirmed_at__gte=models.F("stated_at"), ask_at__gt=models.F("affirmed_at")
                ),
                name="paper_is_asked_about_later",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answered_by=None, objection="")
                | models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="paper_answer_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=models.Q(answer_by=None), name="paper_to_ask"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def is_stale(self, now: datetime) -> bool:
        """Say whether its firm was asked again, and has let the time to answer pass."""
        return self.answer_by is not None and self.answer_by <= now
