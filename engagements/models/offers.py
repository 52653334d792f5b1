"""An offer of a work order to one firm: its revisions, who approved its margin, what covered it, who goes."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from contracts.coverage import OPENS_OFFERS
from contracts.models import Agreement
from engagements.models.orders import WorkOrder
from engagements.models.terms import Terms, terms_constraints
from partnernet.core.fields import LocalTimeField
from partnernet.core.models import Entity, EventBase
from partnernet.core.money import amount_field
from partners.models import Firm, Member

OPEN = ("sent", "countered", "willing")
STATUSES = ("draft", *OPEN, "accepted", "declined", "withdrawn", "expired", "filled")


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """The offers that this firm made, and those made to it that have left the draft."""
        received = Q(firm=firm_id) & ~Q(status=Offer.Status.DRAFT)
        # Not as a join: its rows could only be thrown out after all offers were joined.
        return self.filter(Q(work_order__in=WorkOrder.objects.given_by(firm_id)) | received)

    def received_by(self, firm_id: UUID | None) -> Self:
        return self.filter(firm=firm_id).exclude(status=Offer.Status.DRAFT)

    def locked(self) -> Self:
        """Lock in the one order: by key."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def still_open(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, now: datetime) -> Self:
        """Open, though the time to answer has passed."""
        return self.still_open().filter(respond_by__lte=now)

    def with_terms(self) -> Self:
        return self.select_related(
            "work_order__prime",
            "work_order__client",
            "work_order__site",
            "work_order__engagement",
            "firm",
            "revision",
        )


class Offer(Entity):
    """`revision` is what an acceptance binds, `counter` what the sub asks for instead while it stands countered.

    While it stands willing, the sub is held until `held_until`, and would send `technician` if that is known. Where the terms
    leave the start to the sub, `arrives_local` is what it named when it took the work, on the clock of the place.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Not sent"
        SENT = "sent", "Waiting for an answer"
        COUNTERED = "countered", "Other terms asked"
        WILLING = "willing", "Would do it"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        FILLED = "filled", "Filled"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="offers")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, db_index=False, related_name="offers")
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    revision = models.ForeignKey(
        "engagements.OfferRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    counter = models.ForeignKey(
        "engagements.OfferRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    enclosed_agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    miles = models.PositiveSmallIntegerField(null=True, blank=True)
    waiver_reason = models.CharField(max_length=300, blank=True)
    sent_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    technician = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    arrives_local = LocalTimeField(null=True, blank=True)
    next_firm_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="offer_status_known"),
            models.UniqueConstraint(fields=["work_order", "firm", "round"], name="offer_once_per_round"),
            models.UniqueConstraint(
                fields=["work_order", "round"], condition=Q(status="accepted"), name="offer_accepted_once"
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(sent_at__isnull=False, respond_by__isnull=False, revision__isnull=False),
                name="offer_sent_with_a_time_to_answer",
            ),
            models.CheckConstraint(
                condition=(Q(status="countered") & Q(counter__isnull=False))
                | (~Q(status="countered") & Q(counter=None)),
                name="offer_counter_while_countered",
            ),
            models.CheckConstraint(
                condition=(Q(status="willing") & Q(held_until__isnull=False))
                | (~Q(status="willing") & Q(held_until=None, technician=None)),
                name="offer_held_while_willing",
            ),
            models.CheckConstraint(
                condition=Q(arrives_local=None) | Q(status__in=["willing", "accepted"]),
                name="offer_arrival_named_by_whoever_takes_it",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-id"], name="offer_received"),
            models.Index(fields=["work_order", "round", "position"], name="offer_of_order"),
            models.Index(fields=["respond_by"], condition=Q(status__in=OPEN), name="offer_answer_due"),
            models.Index(
                fields=["held_until"], condition=Q(held_until__isnull=False), name="offer_choice_due"
            ),
            models.Index(
                fields=["next_firm_at"], condition=Q(next_firm_at__isnull=False), name="offer_next_firm_due"
            ),
        ]

    def __str__(self) -> str:
        return f"offer {self.id} {self.status}"

    def side_of(self, firm_id: UUID | None, *, prime_id: UUID) -> str:
        """Return "prime", "sub", or an empty word for anybody else."""
        if firm_id is None:
            return ""
        return "prime" if firm_id == prime_id else "sub" if firm_id == self.firm_id else ""


class OfferRevision(Terms, Entity):
    """Terms as one side put them, never changed afterwards. `changes` compares with the last; notes are not terms."""

    class Side(models.TextChoices):
        PRIME = "prime", "Prime"
        SUB = "sub", "Sub"

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=5, choices=Side.choices)
    author = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    units = models.PositiveIntegerField()
    notes = models.TextField(blank=True)
    changes = models.JSONField(default=dict, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="offer_revision_number"),
            models.CheckConstraint(condition=Q(units__gte=1), name="offer_revision_has_units"),
            *terms_constraints("offer_revision"),
        ]
        indexes = [
            models.Index(
                fields=["lapses_at"], condition=Q(lapses_at__isnull=False), name="offer_revision_lapse_due"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number}"


class MarginApproval(Entity):
    """An owner's yes to terms below the floor."""

    revision = models.OneToOneField(OfferRevision, on_delete=models.CASCADE, related_name="margin_approval")
    approved_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    price = amount_field()
    cost = amount_field()
    percent = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"approval of {self.revision_id}"


class FloorRequestQuerySet(models.QuerySet["FloorRequest"]):
    def of_order(self, order: WorkOrder) -> Self:
        return self.filter(revision__offer__work_order=order)

    def waiting_at(self, firm_id: UUID | None) -> Self:
        """What the owners of a firm were asked to send, the oldest first."""
        found = self.filter(revision__offer__work_order__prime=firm_id)
        return found.select_related(
            "revision__offer__work_order", "revision__offer__firm", "asked_by__user"
        ).order_by("asked_at", "revision__offer__position", "pk")


class FloorRequest(Entity):
    """A dispatcher's wish that an owner sends terms below the floor, with the figures; gone when the draft changes or is sent."""

    revision = models.OneToOneField(OfferRevision, on_delete=models.CASCADE, related_name="floor_request")
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True, blank=True)
    price = amount_field()
    cost = amount_field()
    percent = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)

    objects = FloorRequestQuerySet.as_manager()

    def __str__(self) -> str:
        return f"request for {self.revision_id}"


class CoverageCheck(Entity):
    """What an agreement covered, as judged at one step."""

    class Occasion(models.TextChoices):
        SEND = "send", "Offer sent"
        ACCEPT = "accept", "Offer accepted"
        SCHEDULE = "schedule", "Schedule changed"
        START = "start", "First check-in"
        CALL_OFF = "call_off", "Called off"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="coverage_checks")
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="coverage_checks"
    )
    sub = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    status = models.CharField(max_length=20)
    reasons = models.JSONField(default=list, blank=True)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["work_order", "checked_at"], name="coverage_check_of_order")]

    def __str__(self) -> str:
        return f"{self.occasion}: {self.status}"

    @property
    def opens_offers(self) -> bool:
        """Say whether an offer may leave, or be accepted, on this verdict."""
        return self.status in OPENS_OFFERS


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class Assignment(Entity):
    """The firm that does the work, and who goes."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="assignments")
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="assignment")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    technician = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    backup = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work_order"], condition=Q(ended_at=None), name="assignment_one_open_per_order"
            ),
        ]
        indexes = [
            models.Index(fields=["technician"], condition=Q(ended_at=None), name="assignment_of_technician"),
        ]

    def __str__(self) -> str:
        return f"assignment of {self.work_order_id}"


class OfferEvent(EventBase):
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["offer", "occurred_at", "id"], name="offer_history")]
