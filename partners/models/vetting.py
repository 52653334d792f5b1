"""What a firm found out about another before it lets it near a client. Only the firm that asks ever sees it."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from partnernet.core.models import Entity
from partners.opinion import QUESTIONS

OWN = "own"


class VettingAnswerQuerySet(models.QuerySet["VettingAnswer"]):
    """The vocabulary of vetting."""

    def visible_to(self, firm: UUID) -> Self:
        return self.filter(owner=firm)

    def about(self, firm: UUID) -> Self:
        return self.filter(other=firm)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class VettingAnswer(Entity):
    """One question about another firm: one of the six, or one in our own words; what we found, how, and when."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    owner = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="vetting")
    other = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=12, choices=[*QUESTIONS.items(), (OWN, "Our own question")])
    words = models.CharField(max_length=200, blank=True, default="", help_text="Our own question.")
    answer = models.CharField(max_length=6, choices=Answer)
    evidence = models.CharField(
        max_length=1000, blank=True, default="", help_text="Whom we asked, what we saw."
    )
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")

    objects = VettingAnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "other", "question", "words"], name="vetting_answer_once_per_question"
            ),
            models.CheckConstraint(condition=~Q(owner=F("other")), name="vetting_answer_about_another_firm"),
            models.CheckConstraint(
                condition=Q(question="own") & ~Q(words="") | ~Q(question="own") & Q(words=""),
                name="vetting_answer_words_for_our_own_questions",
            ),
            models.CheckConstraint(
                condition=Q(question__in=[*QUESTIONS, OWN], answer__in=("yes", "partly", "no")),
                name="vetting_answer_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words or QUESTIONS[self.question]}: {self.get_answer_display()}"
