"""What the rules found in a text or in terms, and what the firms said to it."""

from typing import Self

from django.db import models

from contracts.models.agreements import SIDES, Agreement, AgreementRevision
from contracts.models.templates import TemplateVersion
from contracts.rules import BLOCK, HIGH, IN_FORCE, SEVERITIES
from partnernet.core.models import Entity, User


class RuleFindingQuerySet(models.QuerySet["RuleFinding"]):
    def standing(self) -> Self:
        """Keep what held when it was last looked at."""
        return self.filter(cleared_at=None)

    def of(self, revision: AgreementRevision) -> Self:
        return self.filter(revision=revision)

    def blocking(self) -> Self:
        return self.filter(severity=BLOCK)

    def to_acknowledge(self) -> Self:
        """Keep what both firms have to know of: what is grave, and what blocks where it is too late to block."""
        return self.filter(models.Q(severity=HIGH) | models.Q(severity=BLOCK, stage=IN_FORCE))

    def not_acknowledged_by_both(self) -> Self:
        said = FindingAcknowledgement.objects.filter(finding=models.OuterRef("pk"))
        by_both = models.Q(*(models.Exists(said.filter(side=side)) for side in SIDES))
        return self.to_acknowledge().exclude(by_both)

    def unanswered_by(self, side: str) -> Self:
        """Keep those to which this side has said nothing yet."""
        return self.exclude(pk__in=FindingAcknowledgement.objects.filter(side=side).values("finding"))

    def gravest_first(self) -> Self:
        rank = models.Case(
            *(models.When(severity=each, then=-place) for place, each in enumerate(SEVERITIES)),
            output_field=models.IntegerField(),
        )
        return self.order_by(rank, "rule", "place", "pk")


class RuleFinding(Entity):
    """What one rule, in one version, found in one revision of an agreement or in one version of a text.

    It is never changed, only cleared when it no longer holds. Other terms are looked at anew, and acknowledged anew.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="findings")
    revision = models.ForeignKey(
        AgreementRevision, models.PROTECT, null=True, blank=True, related_name="findings"
    )
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, blank=True, related_name="findings"
    )
    rule = models.CharField(max_length=12)
    rule_version = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12)
    severity = models.CharField(max_length=5)
    place = models.CharField(max_length=8, blank=True)
    title = models.CharField(max_length=120)
    message = models.TextField()
    source = models.TextField()
    source_url = models.CharField(max_length=300, blank=True)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    objects = RuleFindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    agreement__isnull=False, revision__isnull=False, template_version__isnull=True
                )
                | models.Q(agreement__isnull=True, revision__isnull=True, template_version__isnull=False),
                name="finding_in_terms_or_in_a_text",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=SEVERITIES), name="finding_severity_known"
            ),
            models.UniqueConstraint(
                fields=["revision", "rule", "rule_version", "severity", "place"],
                condition=models.Q(cleared_at=None, revision__isnull=False),
                name="finding_in_terms_stands_once",
            ),
            models.UniqueConstraint(
                fields=["template_version", "rule", "rule_version", "severity", "place"],
                condition=models.Q(cleared_at=None, template_version__isnull=False),
                name="finding_in_a_text_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"

    @property
    def to_be_acknowledged(self) -> bool:
        return self.severity == HIGH or (self.severity == BLOCK and self.stage == IN_FORCE)

    def said_by(self, side: str) -> bool:
        """Say whether a side knows of it; prefetch `acknowledgements`."""
        return any(one.side == side for one in self.acknowledgements.all())

    @property
    def weight(self) -> str:
        """Say in a word how grave it is."""
        return {"info": "To know", "warn": "Mind this", "high": "Grave", "block": "Not possible"}[
            self.severity
        ]

    @property
    def colour(self) -> str:
        return {"info": "azure", "warn": "yellow", "high": "red", "block": "red"}[self.severity]


class FindingAcknowledgement(Entity):
    """That one side knows of a finding and goes on, and why. Never changed, never deleted."""

    finding = models.ForeignKey(RuleFinding, models.PROTECT, related_name="acknowledgements")
    side = models.CharField(max_length=8)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    firm_name = models.CharField(max_length=200)
    reason = models.TextField()
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["finding", "side"], name="acknowledgement_of_a_side_once"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="acknowledgement_side_known"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="acknowledgement_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_name} knows of {self.finding_id}"
