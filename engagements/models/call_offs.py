"""What happens under cover: tickets that are called off, and the time that was worked."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Q, Sum, Value

from clients.models import Client, Site
from engagements.models.orders import WorkOrder
from engagements.models.submissions import Submission
from partnernet.core.models import Entity
from partners.models import Member

OPEN = ("called", "acknowledged")
MINUTE = Value(timedelta(minutes=1), output_field=DurationField())


class CallOffQuerySet(models.QuerySet["CallOff"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """Both firms of the cover see what was called off."""
        return self.filter(Q(work_order__prime=firm_id) | Q(work_order__sub=firm_id))

    def of_technician(self, member: Member) -> Self:
        """Those of cover that this person keeps, as technician or backup, and those that they answered or go to."""
        kept = WorkOrder.objects.kept_by(member)
        mine = Q(technician=member) | Q(acknowledged_by=member)
        return self.filter(mine | Q(work_order__in=kept.values("pk")))

    def still_open(self) -> Self:
        return self.filter(status__in=OPEN)

    def waiting(self) -> Self:
        """Called, and nobody has answered, while the cover runs."""
        return self.filter(status=CallOff.Status.CALLED, work_order__status__in=["assigned", "in_progress"])

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def with_work(self) -> Self:
        return self.select_related(
            "work_order__prime", "work_order__sub", "work_order__client", "work_order__site",
            "work_order__engagement", "client", "site", "technician__user", "acknowledged_by__user", "called_by__user",
        )  # fmt: skip

    def with_minutes(self) -> Self:
        """Add `minutes`, the time worked on each."""
        return self.annotate(
            minutes=Sum("time_entries__minutes", filter=Q(time_entries__struck_at=None), default=0)
        )


class CallOff(Entity):
    """One ticket that the prime calls off under cover, for a client of its own. No new offer: the sub answers in time.

    `cap_hours` are the most hours that are paid for it. Until it is answered, the sub reads no name and no address.
    """

    class Status(models.TextChoices):
        CALLED = "called", "Waiting for an answer"
        ACKNOWLEDGED = "acknowledged", "Being worked on"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Called back"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="call_offs")
    number = models.PositiveSmallIntegerField()
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="call_offs")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ticket = models.CharField(max_length=60)
    what = models.CharField(max_length=500)
    cap_hours = models.DecimalField(max_digits=6, decimal_places=2)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CALLED)
    technician = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="call_offs"
    )
    called_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CallOffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*OPEN, "done", "cancelled"]), name="call_off_status_known"
            ),
            models.UniqueConstraint(fields=["work_order", "number"], name="call_off_number_per_order"),
            models.UniqueConstraint(
                fields=["work_order", "ticket"],
                condition=~Q(status="cancelled"),
                name="call_off_ticket_once_per_order",
            ),
            models.CheckConstraint(condition=Q(cap_hours__gt=0), name="call_off_has_a_cap"),
            models.CheckConstraint(condition=~Q(ticket="") & ~Q(what=""), name="call_off_says_what"),
            models.CheckConstraint(
                condition=Q(answer_by__gte=F("called_at")), name="call_off_answered_after_the_call"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="call_off_acknowledged_at_goes_with_acknowledged_by",
            ),
            models.CheckConstraint(
                condition=Q(status="called", acknowledged_at=None, ended_at=None)
                | Q(status="acknowledged", acknowledged_at__isnull=False, ended_at=None)
                | Q(status="done", acknowledged_at__isnull=False, ended_at__isnull=False)
                | Q(status="cancelled", ended_at__isnull=False),
                name="call_off_has_the_times_of_its_status",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(status="called"), name="call_off_answer_due"),
            models.Index(fields=["technician", "status"], name="call_off_of_technician"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.what}"

    @property
    def is_named(self) -> bool:
        """Whether the sub may read whose it is: it has answered."""
        return self.acknowledged_at is not None

    def answered_late(self, now: datetime) -> bool:
        """Say whether the answer came, or would come, after its time."""
        return (self.acknowledged_at or now) > self.answer_by


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """Both firms of the cover see the time that was worked."""
        return self.filter(Q(work_order__prime=firm_id) | Q(work_order__sub=firm_id))

    def standing(self) -> Self:
        """What was not struck out."""
        return self.filter(struck_at=None)

    def not_handed_in(self) -> Self:
        return self.standing().filter(submission=None)

    def by_day(self) -> Mapping[date, int]:
        """Return the minutes of each day."""
        rows = self.standing().order_by("worked_on").values_list("worked_on").annotate(sum=Sum("minutes"))
        return dict(rows)

    def minutes(self) -> int:
        total: int = self.standing().aggregate(sum=Sum("minutes", default=0))["sum"]
        return total

    def with_work(self) -> Self:
        return self.select_related("work_order__prime", "call_off__client", "person__user")

    def newest_first(self) -> Self:
        return self.order_by("-worked_on", "-id")


class TimeEntry(Entity):
    """Minutes that a person worked on a day, on a call-off or on the cover itself; with their start and end, if known.

    `submission` is the part that it was handed in with. What is wrong is struck out, and stays to be read.
    """

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="time_entries")
    call_off = models.ForeignKey(
        CallOff, on_delete=models.PROTECT, null=True, blank=True, related_name="time_entries"
    )
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, blank=True, related_name="time_entries"
    )
    person = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="time_entries")
    worked_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    logged_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()
    struck_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    struck_at = models.DateTimeField(null=True, blank=True)

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=24 * 60), name="time_entry_within_a_day"
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None)
                | Q(
                    starts_at__isnull=False,
                    ends_at__isnull=False,
                    ends_at=ExpressionWrapper(
                        F("starts_at") + F("minutes") * MINUTE, output_field=models.DateTimeField()
                    ),
                ),
                name="time_entry_lasts_from_start_to_end",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None)
                | Q(struck_at__isnull=False, struck_by__isnull=False, submission=None),
                name="time_entry_struck_at_goes_with_struck_by",
            ),
        ]
        indexes = [
            models.Index(fields=["work_order", "-worked_on", "-id"], name="time_entry_of_order"),
            models.Index(fields=["person", "worked_on"], name="time_entry_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} minutes on {self.worked_on}"
