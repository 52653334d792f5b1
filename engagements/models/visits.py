"""Going there: visits, tasks, what was handed in, what went wrong."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from clients.models import Site
from engagements.deadlines import DEFAULT_WINDOW
from engagements.models.engagements import Engagement
from engagements.models.orders import WorkOrder
from partnernet.core.ids import new_id
from partnernet.core.models import Entity
from partners.models import Member

OPEN = ("planned", "confirmed", "on_my_way", "checked_in")


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """Both firms of the order see its visits."""
        return self.filter(Q(work_order__prime=firm_id) | Q(work_order__sub=firm_id))

    def of_technician(self, member: Member) -> Self:
        return self.filter(technician=member)

    def of_firm(self, firm_id: UUID) -> Self:
        """The visits of people of this firm."""
        return self.filter(technician__firm=firm_id)

    def between(self, starts: datetime, ends: datetime) -> Self:
        """Those whose work begins before `ends` and is not over at `starts`; without an end, a start keeps two hours."""
        last = Q(work_order__ends_at__gt=starts) | Q(
            work_order__ends_at=None, work_order__starts_at__gt=starts - DEFAULT_WINDOW
        )
        return self.filter(last, work_order__starts_at__lt=ends)

    def still_open(self) -> Self:
        return self.filter(status__in=OPEN)

    def not_started(self) -> Self:
        """Nobody has checked in yet, and the order waits for it."""
        return self.filter(status__in=OPEN[:3], work_order__status__in=["assigned", "in_progress"])

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def with_work(self) -> Self:
        return self.select_related(
            "work_order__prime",
            "work_order__sub",
            "work_order__client",
            "work_order__engagement",
            "site",
            "technician__user",
        )

    def with_times(self) -> Self:
        """Fetch who goes and when, and nothing of the client or the place."""
        return self.select_related("work_order", "technician__user")

    def by_start(self) -> Self:
        return self.order_by(F("work_order__starts_at").asc(nulls_last=True), "number", "pk")


class Visit(Entity):
    """One time that a technician of the sub goes to a site (or works remotely). Times are instants."""

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        CONFIRMED = "confirmed", "Confirmed"
        ON_MY_WAY = "on_my_way", "On the way"
        CHECKED_IN = "checked_in", "On site"
        DONE = "done", "Done"
        MISSED = "missed", "Missed"
        CALLED_OFF = "called_off", "Called off"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="visits")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    technician = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="visits"
    )
    number = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    set_off_at = models.DateTimeField(null=True, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    checked_out_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)
    metres_away = models.PositiveIntegerField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*OPEN, "done", "missed", "called_off"]), name="visit_status_known"
            ),
            models.UniqueConstraint(fields=["work_order", "number"], name="visit_number_per_order"),
            models.UniqueConstraint(
                fields=["work_order"], condition=Q(status__in=OPEN), name="visit_one_open_per_order"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["checked_in", "done"]) | Q(checked_in_at__isnull=False),
                name="visit_checked_in_has_its_time",
            ),
            models.CheckConstraint(
                condition=(Q(status="done") & Q(checked_out_at__isnull=False))
                | (~Q(status="done") & Q(checked_out_at=None)),
                name="visit_done_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(checked_out_at=None) | Q(checked_out_at__gte=F("checked_in_at")),
                name="visit_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=(Q(status="missed") & Q(missed_at__isnull=False))
                | (~Q(status="missed") & Q(missed_at=None)),
                name="visit_missed_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["technician", "status"], name="visit_of_technician"),
            models.Index(fields=["status"], condition=Q(status__in=OPEN[:3]), name="visit_not_started"),
        ]

    def __str__(self) -> str:
        return f"visit {self.number} of {self.work_order_id}"


class Task(Entity):
    """One line of the list that a technician ticks."""

    class Phase(models.TextChoices):
        BEFORE = "before", "Before you go"
        ON_SITE = "on_site", "On site"
        AFTER = "after", "Before you leave"

    class Proof(models.TextChoices):
        """What ticks it: a tap, a photo taken for it, or the client's sign-off."""

        NONE = "", "A tick"
        PHOTO = "photo", "A photo"
        SIGNATURE = "signature", "The client's sign-off"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="tasks")
    phase = models.CharField(max_length=8, choices=Phase.choices, default=Phase.ON_SITE)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    required = models.BooleanField(default=True)
    proof = models.CharField(max_length=10, choices=Proof.choices, blank=True, default=Proof.NONE)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "position"], name="task_position"),
            models.CheckConstraint(
                condition=Q(proof__in=["", "photo", "signature"]), name="task_proof_known"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_at_goes_with_done_by",
            ),
        ]

    def __str__(self) -> str:
        return self.text


def _kept_at(deliverable: "Deliverable", _name: str) -> str:
    """Return where the bytes are kept: a name of ours, never one that was sent."""
    return f"deliverables/{deliverable.work_order_id}/{new_id()}"


class Deliverable(Entity):
    """A photo, or the client's signature, as we drew it anew."""

    class Kind(models.TextChoices):
        PHOTO = "photo", "Photo"
        SIGNATURE = "signature", "Client's sign-off"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="deliverables")
    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file = models.FileField(upload_to=_kept_at, max_length=200)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=120, blank=True)
    uploaded_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["photo", "signature"]), name="deliverable_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="signature") | ~Q(signer_name=""), name="deliverable_signature_has_a_name"
            ),
        ]
        indexes = [models.Index(fields=["work_order", "uploaded_at"], name="deliverable_of_order")]

    def __str__(self) -> str:
        return self.name


class BriefingRead(Entity):
    """A technician acknowledged the four rules: once for each engagement and text."""

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="briefings_read")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    acknowledged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "member", "text_sha256"], name="briefing_read_once_per_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} read {self.text_sha256[:8]}"


class Problem(Entity):
    """Something is wrong. Open until either firm says how it was resolved."""

    class Kind(models.TextChoices):
        LATE = "late", "Running late"
        ACCESS = "access", "Cannot get in"
        SCOPE = "scope", "The work is not as described"
        DAMAGE = "damage", "Something broke"
        SECURITY = "security", "Security or data"
        OTHER = "other", "Something else"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="problems")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=500)
    opened_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    resolution = models.CharField(max_length=500, blank=True)
    resolved_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None, resolution="")
                | Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution=""),
                name="problem_resolved_at_goes_with_resolved_by",
            ),
        ]
        indexes = [models.Index(fields=["work_order"], condition=Q(resolved_at=None), name="problem_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
