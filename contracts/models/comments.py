"""Words beside a proposal: about a clause, a value or the whole. They never change the text."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from contracts.models.agreements import Agreement, AgreementRevision
from partnernet.core.models import Entity
from partners.models import Firm, Member


class AgreementCommentQuerySet(models.QuerySet["AgreementComment"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """What was said to both firms, and what our own people say among themselves."""
        party = Q(agreement__proposer=firm) | Q(agreement__other=firm) & ~Q(agreement__status="draft")
        shared = Q(audience=AgreementComment.Audience.SHARED) & party
        return self.filter(shared | Q(audience=AgreementComment.Audience.INTERNAL, firm=firm))

    def unresolved(self) -> Self:
        return self.filter(resolved_at=None)

    def with_people(self) -> Self:
        return self.select_related("author__user", "firm", "resolved_by__user", "revision")

    def in_order(self) -> Self:
        return self.order_by("written_at", "pk")


class AgreementComment(Entity):
    """What a member of either firm says to the terms. Its words stay; only whether it is settled changes."""

    class Audience(models.TextChoices):
        SHARED = "shared", "Both firms"
        INTERNAL = "internal", "Only our firm"

    class About(models.TextChoices):
        WHOLE = "whole", "The whole"
        CLAUSE = "clause", "A clause"
        VALUE = "value", "A value of the cover page"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="comments")
    # The text that was on the table when it was written.
    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="+")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=8, choices=Audience)
    about = models.CharField(max_length=6, choices=About, default=About.WHOLE)
    key = models.CharField(max_length=60, blank=True)
    heading = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField()
    resolved_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementCommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=["shared", "internal"]), name="agreement_comment_audience_known"
            ),
            models.CheckConstraint(
                condition=Q(about="whole", key="") | Q(about__in=["clause", "value"]) & ~Q(key=""),
                name="agreement_comment_about_something",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="agreement_comment_says_something"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="agreement_comment_resolution_whole",
            ),
        ]
        indexes = [models.Index(fields=["agreement", "written_at", "id"], name="comment_of_agreement")]

    def __str__(self) -> str:
        return self.text
