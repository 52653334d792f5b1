"""A job: what was sold to clients, how far it is, and our own people's hours for it."""

from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from clients.models import Site
from engagements.crew_hours import Hours, Person
from partnernet.core.fields import LocalTimeField
from partnernet.core.models import Entity, EventBase
from partnernet.core.money import amount_field, currency_field
from partners.models import Firm, Member, Skill


class EngagementQuerySet(models.QuerySet["Engagement"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """The jobs of this firm; no other firm sees a job."""
        return self.filter(firm=firm_id)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def running(self) -> Self:
        return self.filter(status__in=[Engagement.Status.DRAFT, Engagement.Status.ACTIVE])

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def with_units(self) -> Self:
        """Add the units of all lines, those done by us and those on orders.

        By subqueries: a join would group every job of a firm, where a page needs the sums of 25.
        """
        lines = EngagementLine.objects.filter(engagement=OuterRef("pk")).order_by().values("engagement")
        return self.annotate(
            units=Coalesce(Subquery(lines.annotate(sum=Sum("units")).values("sum")), 0),
            own_done=Coalesce(Subquery(lines.annotate(sum=Sum("own_done")).values("sum")), 0),
            committed=Coalesce(Subquery(lines.annotate(sum=Sum("committed")).values("sum")), 0),
        )


class Engagement(Entity):
    """A job of the firm that owns the clients."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Running"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, db_index=False, related_name="engagements")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    service = models.CharField(max_length=200, blank=True)
    unit_noun = models.CharField(max_length=40, default="computer")
    currency = currency_field()
    timezone = models.CharField(max_length=64)
    deadline_local = LocalTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    margin_warn_percent = models.DecimalField(max_digits=5, decimal_places=2, default=20)
    margin_floor_percent = models.DecimalField(max_digits=5, decimal_places=2, default=10)
    response_minutes = models.PositiveIntegerField(null=True, blank=True)
    arrival_minutes = models.PositiveIntegerField(null=True, blank=True)
    insurance_demanded = amount_field(null=True, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    external_id = models.CharField(max_length=100, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects = EngagementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "active", "completed", "cancelled"]),
                name="engagement_status_known",
            ),
            models.UniqueConstraint(fields=["firm", "number"], name="engagement_number_per_firm"),
            models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~Q(external_id=""),
                name="engagement_external_id_per_firm",
            ),
            models.CheckConstraint(
                condition=Q(deadline_local=None, deadline_at=None)
                | Q(deadline_local__isnull=False, deadline_at__isnull=False),
                name="engagement_deadline_with_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(margin_floor_percent__gte=0, margin_warn_percent__gte=F("margin_floor_percent")),
                name="engagement_floor_under_warning",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "-id"], name="engagement_of_firm"),
            models.Index(
                fields=["firm", "deadline_at"], condition=Q(status="active"), name="engagement_next_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return f"ENG-{self.number}"

    @property
    def runs(self) -> bool:
        """Whether sites, people and terms may still change."""
        return self.status in {self.Status.DRAFT, self.Status.ACTIVE}


class EngagementLineQuerySet(models.QuerySet["EngagementLine"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        return self.filter(engagement__firm=firm_id)

    def locked(self) -> Self:
        """Lock in the one order: by key."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class EngagementLine(Entity):
    """So many units at one client site. `committed` counts units on orders that are not cancelled; a trigger keeps it."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="lines")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="engagement_lines")
    what = models.CharField(max_length=200)
    skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    units = models.PositiveIntegerField(default=1)
    unit_price = amount_field(default=0)
    estimated_minutes = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    committed = models.PositiveIntegerField(default=0)
    own_done = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = EngagementLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "position"], name="engagement_line_position"),
            models.CheckConstraint(condition=Q(units__gte=1), name="engagement_line_has_units"),
            models.CheckConstraint(condition=Q(estimated_minutes__gte=1), name="engagement_line_takes_time"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="engagement_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(units__gte=F("committed") + F("own_done")),
                name="engagement_line_units_not_exceeded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.what}"

    @property
    def rest(self) -> int:
        """Return the units that are neither done by us nor on an order."""
        return self.units - self.committed - self.own_done


def _clock(minute: int) -> str:
    """Write minutes after midnight as a time: 9:05."""
    return f"{minute // 60}:{minute % 60:02d}"


class CrewMember(Entity):
    """One of our own technicians on a job: `hours` is a list of [weekday, start, end], minutes after local midnight."""

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="crew")
    name = models.CharField(max_length=120)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    timezone = models.CharField(max_length=64)
    hours = models.JSONField(default=list)
    days_off = ArrayField(models.DateField(), default=list, blank=True)
    cost_per_hour = amount_field(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "name"], name="crew_member_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def week(self) -> str:
        """Write the working week: Mon–Fri 9:00–17:00, Sat 9:00–12:00."""
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        runs: list[tuple[int, int, tuple[int, int]]] = []
        for weekday, start, end in sorted(self.hours):
            if runs and runs[-1][1] == weekday - 1 and runs[-1][2] == (start, end):
                runs[-1] = (runs[-1][0], weekday, (start, end))
            else:
                runs.append((weekday, weekday, (start, end)))
        return ", ".join(
            f"{days[first] if first == last else f'{days[first]}–{days[last]}'} {_clock(start)}–{_clock(end)}"
            for first, last, (start, end) in runs
        )

    def person(self) -> Person:
        """Return the frozen value that the arithmetic takes."""
        hours = tuple(Hours(weekday, start, end) for weekday, start, end in self.hours)
        return Person(self.timezone, hours, frozenset(self.days_off))


class UnitReport(Entity):
    """Units that were finished, and how long they took together. Ours, or the sub's on a work order; counted once."""

    line = models.ForeignKey(EngagementLine, on_delete=models.PROTECT, related_name="unit_reports")
    work_order = models.ForeignKey(
        "engagements.WorkOrder", on_delete=models.PROTECT, null=True, blank=True, related_name="unit_reports"
    )
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    reported_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    units = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=1), name="unit_report_has_units"),
        ]
        indexes = [models.Index(fields=["line", "reported_at"], name="unit_report_by_line")]

    def __str__(self) -> str:
        return f"{self.units} units at {self.reported_at:%Y-%m-%d %H:%M}"


class EngagementEvent(EventBase):
    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["engagement", "occurred_at", "id"], name="engagement_history")]
