"""What two firms say of each other after working together, neither seeing the other's words first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from partnernet.core.models import Entity
from partners.models.firms import Firm
from partners.opinion import LEAST, MOST, QUESTIONS, Opinion


class RatingRoundQuerySet(models.QuerySet["RatingRound"]):
    """The vocabulary of rating rounds."""

    def visible_to(self, firm: UUID) -> Self:
        return self.filter(Q(prime=firm) | Q(sub=firm))

    def open(self) -> Self:
        return self.filter(status=RatingRound.Status.OPEN)

    def due(self, now: datetime) -> Self:
        """Open, and the days for it are over."""
        return self.open().filter(closes_at__lte=now)

    def awaiting(self, firm: UUID, now: datetime) -> Self:
        """Open, with nothing said by this firm yet."""
        said = Rating.objects.filter(round=OuterRef("pk"), firm=firm)
        return self.visible_to(firm).open().filter(~Exists(said), closes_at__gt=now)

    def with_firms(self) -> Self:
        return self.select_related("prime", "sub")

    def with_ratings(self) -> Self:
        """Fetch what stands of both firms, in one query."""
        standing = Rating.objects.standing().select_related("rated_by")
        return self.prefetch_related(Prefetch("ratings", standing, to_attr="said"))

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class RatingRound(Entity):
    """Two firms and one job that they worked on together: each may rate the other, once, unseen for seven days.

    `work` names what they did as both know it. `prime` hired `sub`.
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        REVEALED = "revealed", "Shown to both"
        LAPSED = "lapsed", "Nobody answered"

    prime = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    engagement_id = models.UUIDField()
    work = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = RatingRoundQuerySet.as_manager()

    if TYPE_CHECKING:  # added by `with_ratings`
        said: list[Rating]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engagement_id", "sub"], name="rating_round_once_per_pair_and_job"
            ),
            models.CheckConstraint(condition=~Q(prime=F("sub")), name="rating_round_between_two_firms"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True)
                | Q(status__in=("revealed", "lapsed"), closed_at__isnull=False),
                name="rating_round_closed_at_goes_with_status",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="rating_round_closes_after_it_opens"
            ),
        ]
        indexes = [
            models.Index(fields=["prime", "-id"], name="rating_round_given"),
            models.Index(fields=["sub", "-id"], name="rating_round_taken"),
            models.Index(fields=["closes_at", "id"], condition=Q(status="open"), name="rating_round_due"),
        ]

    def __str__(self) -> str:
        return f"Rating of {self.work}"

    def side_of(self, firm_id: UUID | None) -> str:
        """Return `party` for either firm, else `stranger`; the workflow table asks for it."""
        return "party" if firm_id in (self.prime_id, self.sub_id) else "stranger"

    def other_than(self, firm_id: UUID) -> Firm:
        """Return the firm that this one worked with."""
        return self.sub if firm_id == self.prime_id else self.prime


class RatingQuerySet(models.QuerySet["Rating"]):
    """The vocabulary of ratings."""

    def standing(self) -> Self:
        """Those that no later one has raised."""
        return self.filter(superseded_by=None)


class Rating(Entity):
    """What one firm says of the other. Once both can see it, a better one may supersede it; none is changed."""

    round = models.ForeignKey(RatingRound, on_delete=models.PROTECT, related_name="ratings")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+", help_text="Who says it.")
    about = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    again = models.BooleanField(help_text="Would work with them again.")
    performs = models.PositiveSmallIntegerField(null=True, blank=True)
    commitment = models.PositiveSmallIntegerField(null=True, blank=True)
    reliability = models.PositiveSmallIntegerField(null=True, blank=True)
    trustworthy = models.PositiveSmallIntegerField(null=True, blank=True)
    credit = models.PositiveSmallIntegerField(null=True, blank=True)
    rapport = models.PositiveSmallIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=5, decimal_places=4, help_text="0 to 1.")
    rated_at = models.DateTimeField()
    rated_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "firm"], condition=Q(supersedes__isnull=True), name="rating_once_per_firm"
            ),
            models.CheckConstraint(condition=~Q(firm=F("about")), name="rating_is_of_another_firm"),
            models.CheckConstraint(condition=Q(value__range=(0, 1)), name="rating_value_0_to_1"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (LEAST, MOST)}),
                    name=f"rating_{name}_1_to_5",
                )
                for name in QUESTIONS
            ),
        ]

    def __str__(self) -> str:
        return f"{'Would' if self.again else 'Would not'} work with them again"

    @property
    def points(self) -> int:
        """Return the value as scores show it, 0 to 100."""
        return round(self.value * 100)

    @property
    def opinion(self) -> Opinion:
        """What was said, as a value."""
        return Opinion(self.again, **{name: getattr(self, name) for name in QUESTIONS})

    @property
    def answered(self) -> list[tuple[str, int]]:
        """The questions that were answered, with their answers."""
        given = self.opinion.answers()
        return [(words, answer) for name, words in QUESTIONS.items() if (answer := given[name]) is not None]
