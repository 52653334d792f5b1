from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Now

from contracts.rendering import Clause, Wording
from contracts.values import Variable
from partnernet.core.models import Entity, EventBase


class AgreementTemplate(Entity):
    """A kind of contract, whatever its wording of the day."""

    class Kind(models.TextChoices):
        MASTER_SUBCONTRACT = "master_subcontract", "Subcontract agreement"
        NDA = "nda", "Confidentiality agreement"
        AMENDMENT = "amendment", "Amendment"
        PAPER = "paper", "Agreement on paper"

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["master_subcontract", "nda", "amendment", "paper"]),
                name="template_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.title


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    def published(self) -> Self:
        return self.filter(status=TemplateVersion.Status.PUBLISHED)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def newest_of(self, key: str) -> Self:
        return self.filter(template__key=key).order_by("-published_at", "-pk")

    def with_wording(self) -> Self:
        """Load clauses and variables, in their order, and the template."""
        return self.select_related("template").prefetch_related(
            models.Prefetch("clauses", ClauseVersion.objects.order_by("number")),
            models.Prefetch("variables", VariableDefinition.objects.order_by("position")),
        )


class TemplateVersion(Entity):
    """One wording of a template. Once published its text never changes; a trigger in the database refuses it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        DEPRECATED = "deprecated", "Deprecated"
        WITHDRAWN = "withdrawn", "Withdrawn"

    template = models.ForeignKey(AgreementTemplate, models.PROTECT, related_name="versions")
    label = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    text_sha256 = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    # Until then new work may still be offered under agreements that stand on a withdrawn text.
    new_work_until = models.DateTimeField(null=True, blank=True)
    # The author's answers to the checker's questions: `contracts.facts.QUESTIONS`. No part of the text.
    says = models.JSONField(default=dict, blank=True)
    reviewed_by = models.CharField(max_length=200, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "label"], name="template_version_label_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in_review"], published_at=None)
                | models.Q(
                    status__in=["published", "deprecated", "withdrawn"],
                    published_at__isnull=False,
                    text_sha256__regex=r"^[0-9a-f]{64}$",
                ),
                name="template_version_published_with_hash",
            ),
            models.CheckConstraint(
                condition=models.Q(status="withdrawn", withdrawn_at__isnull=False)
                & ~models.Q(withdrawn_reason="")
                | ~models.Q(status="withdrawn") & models.Q(withdrawn_at=None, withdrawn_reason=""),
                name="template_version_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(new_work_until=None) | models.Q(status="withdrawn"),
                name="template_version_runs_out_when_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_by="", reviewed_on=None)
                | ~models.Q(reviewed_by="") & models.Q(reviewed_on__isnull=False),
                name="template_version_review_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.label}"

    def takes_new_work(self, now: datetime) -> bool:
        """Say whether work may be offered under agreements that stand on this text; load `status` and `new_work_until`."""
        if self.status != TemplateVersion.Status.WITHDRAWN:
            return True
        return self.new_work_until is not None and now < self.new_work_until

    @property
    def review(self) -> str:
        """Say who has looked at this text."""
        return (
            f"Reviewed by {self.reviewed_by}, {self.reviewed_on:%B %Y}"
            if self.reviewed_on
            else "Reviewed by no lawyer yet"
        )

    def wording(self) -> Wording:
        """Return the text as the pure modules take it; load it by `with_wording()` first."""
        clauses = (clause.pure() for clause in self.clauses.all())
        variables = (variable.pure() for variable in self.variables.all())
        return Wording(self.template.title, self.label, tuple(clauses), tuple(variables))


class ClauseVersion(Entity):
    """One clause of one version."""

    class Lock(models.TextChoices):
        LOCKED = "locked", "Locked"
        CHOICE = "choice", "Choice"
        FREE = "free", "Free"

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    text = models.TextField()
    lock = models.CharField(max_length=6, choices=Lock)
    switch = models.CharField(max_length=60, blank=True)
    rationale = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="clause_key_once_per_version"),
            models.UniqueConstraint(fields=["version", "number"], name="clause_number_once_per_version"),
            models.CheckConstraint(
                condition=models.Q(lock__in=["locked", "choice", "free"]), name="clause_lock_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def pure(self) -> Clause:
        return Clause(self.key, self.number, self.title, self.text, self.lock, self.rationale, self.switch)


class VariableDefinition(Entity):
    """One line of the cover page of one version."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="variables")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    required = models.BooleanField(default=True)
    default = models.JSONField(null=True, blank=True)
    minimum = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    maximum = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    choices = models.JSONField(default=list, blank=True)
    help = models.CharField(max_length=300, blank=True)
    group = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="variable_key_once_per_version"),
            models.UniqueConstraint(
                fields=["version", "position"], name="variable_position_once_per_version"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def pure(self) -> Variable:
        choices = tuple((key, text) for key, text in self.choices)
        return Variable(
            key=self.key,
            label=self.label,
            kind=self.kind,
            required=self.required,
            default=self.default,
            minimum=self.minimum and self.minimum.normalize(),
            maximum=self.maximum and self.maximum.normalize(),
            choices=choices,
            help=self.help,
            group=self.group,
        )


class TemplateEvent(EventBase):
    """One line of the history of a version: who made, sent, published, withdrew it."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="events")

    def __str__(self) -> str:
        return f"{self.step} {self.version_id}"
