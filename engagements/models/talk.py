"""What firms ask before a deal, and what they write to each other, or among themselves, during one."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from engagements.models.offers import Assignment, Offer
from engagements.models.orders import WorkOrder
from partnernet.core.models import Entity
from partners.models import Firm, Member

MOST_QUESTIONS = 3
"""Of each firm in each round: an offer is one firm's in one round."""


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """All to the firm that gives the work; to a firm that was asked its own, and what was answered in its round."""
        given = Q(offer__work_order__in=WorkOrder.objects.given_by(firm_id))
        return self.filter(given | self._read_by_the_asked(firm_id))

    def in_round_of(self, offer: Offer) -> Self:
        return self.filter(offer__work_order=offer.work_order_id, offer__round=offer.round)

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)

    def in_order(self) -> Self:
        return self.order_by("asked_at", "pk")

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    @staticmethod
    def _read_by_the_asked(firm_id: UUID | None) -> Q:
        beside = Offer.objects.received_by(firm_id).filter(
            work_order=OuterRef("offer__work_order"), round=OuterRef("offer__round")
        )
        return Q(offer__firm=firm_id) | Q(answered_at__isnull=False) & Q(Exists(beside))


class Question(Entity):
    """What a firm asks about an offer. The answer goes to every firm of the round; who asked is between the two."""

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="question_number_per_offer"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_QUESTIONS),
                name="question_at_most_three_per_offer",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="question_answered_at_goes_with_answered_by",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def status(self) -> str:
        return "asked" if self.answered_at is None else "answered"


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, member: Member) -> Self:
        """What this person may read: the other firm never reads what is internal, a technician only what is shared."""
        shared = Q(audience=Message.Audience.SHARED)
        if member.role == Member.Role.TECHNICIAN:
            # Own orders by key, not as a join: several visits of one order would repeat each message.
            mine = member.visits.values("work_order")
            return self.filter(shared, assignment__firm=member.firm_id, work_order__in=mine)
        ours = shared & (Q(work_order__prime=member.firm_id) | Q(assignment__firm=member.firm_id))
        return self.filter(ours | Q(audience=Message.Audience.INTERNAL, firm=member.firm_id))

    def unread_by(self, member: Member) -> Self:
        """Visible, of somebody else, and younger than the mark that the person has set on the order."""
        seen = ThreadMark.objects.filter(
            work_order=OuterRef("work_order"), member=member, read_at__gte=OuterRef("written_at")
        )
        return self.visible_to(member).exclude(author=member).filter(~Exists(seen))

    def with_people(self) -> Self:
        return self.select_related("author__user", "firm")

    def in_order(self) -> Self:
        return self.order_by("written_at", "pk")


class Message(Entity):
    """A few words beside a work order. Shared ones belong to the deal that stood: the next firm does not read them."""

    class Audience(models.TextChoices):
        SHARED = "shared", "Both firms"
        INTERNAL = "internal", "Only our firm"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="messages")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="messages"
    )
    audience = models.CharField(max_length=8, choices=Audience.choices)
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(audience="internal") | Q(audience="shared", assignment__isnull=False),
                name="message_shared_within_a_deal",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
        ]
        indexes = [models.Index(fields=["work_order", "written_at", "id"], name="message_of_order")]

    def __str__(self) -> str:
        return self.text


class ThreadMark(Entity):
    """Up to when a person has read what is written beside an order."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "work_order"], name="thread_mark_one_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} read until {self.read_at:%Y-%m-%d %H:%M}"
