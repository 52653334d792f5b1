"""A work order: the part of a job that one other firm does."""

from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from clients.models import Client, Site
from engagements import deadlines
from engagements.models.engagements import Engagement, EngagementLine
from engagements.models.terms import Terms, terms_constraints
from partnernet.core.models import Entity, EventBase
from partnernet.core.money import amount_field
from partners.models import Firm, Member, Skill

STATUSES = ("draft", "offered", "assigned", "in_progress", "on_hold", "submitted", "approved", "cancelled")

INTRODUCE = "Introduce yourself as working with {firm}."
DO_NOT_SHARE = "Do not share prices, your own contact details or anything about other clients."
NOTIFY = "Tell {firm} at once when something is wrong or running late."
ASKED_FOR_MORE = "If the client asks for more, say that {firm} will call, and report it here."


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, firm_id: UUID | None) -> Self:
        """The orders that this firm gave or was assigned; before assignment an order is not there for a sub."""
        return self.filter(Q(prime=firm_id) | Q(sub=firm_id))

    def locked(self) -> Self:
        """Lock in the one order: by key."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def given_by(self, firm_id: UUID | None) -> Self:
        return self.filter(prime=firm_id)

    def taken_by(self, firm_id: UUID | None) -> Self:
        return self.filter(sub=firm_id)

    def under_way_for(self, firm_id: UUID | None) -> Self:
        """Those that bind this firm and another: past the acceptance."""
        return self.visible_to(firm_id).filter(sub__isnull=False)

    def kept_by(self, member: Member) -> Self:
        """The cover that this person keeps now, as technician or backup."""
        keeps = Q(assignments__technician=member) | Q(assignments__backup=member)
        return self.filter(keeps, assignments__ended_at=None, schedule_kind=deadlines.COVER)

    def still_open(self) -> Self:
        """Neither approved nor cancelled."""
        return self.exclude(status__in=[WorkOrder.Status.APPROVED, WorkOrder.Status.CANCELLED])

    def with_units(self) -> Self:
        """Add `all_units` and `all_done`, over the lines of each order.

        By subqueries: a join would group every order that is visible, where a page needs the sums of 25.
        """
        lines = WorkOrderLine.objects.filter(work_order=OuterRef("pk")).order_by().values("work_order")
        return self.annotate(
            all_units=Coalesce(Subquery(lines.annotate(sum=Sum("units")).values("sum")), 0),
            all_done=Coalesce(Subquery(lines.annotate(sum=Sum("done")).values("sum")), 0),
        )

    def for_list(self) -> Self:
        """Read no more than a list of orders shows: the columns of 25 orders and their firms cost more than the query."""
        return self.with_units().select_related("prime", "sub", "client").only(
            "number", "title", "status", "currency", "not_to_exceed", "schedule_kind", "starts_local", "ends_local",
            "prime__name", "sub__name", "client__name",
        )  # fmt: skip

    def for_api_list(self) -> Self:
        """Read of client and site no more than an order shows of them."""
        site = ("street", "town", "state", "postcode", "country")
        own = [field.name for field in WorkOrder._meta.concrete_fields]  # noqa: SLF001 - documented
        return self.select_related("client", "site").only(
            *own, "client__name", *(f"site__{name}" for name in site)
        )

    def with_sides(self) -> Self:
        return self.select_related("prime", "sub", "client", "site", "engagement")


class WorkOrder(Terms, Entity):
    """One client, one currency, one zone. `sub` is empty until an offer is accepted."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OFFERED = "offered", "Offered"
        ASSIGNED = "assigned", "Assigned"
        IN_PROGRESS = "in_progress", "In progress"
        ON_HOLD = "on_hold", "On hold"
        SUBMITTED = "submitted", "Submitted"
        APPROVED = "approved", "Approved"
        CANCELLED = "cancelled", "Cancelled"

    class Routing(models.TextChoices):
        ONE_BY_ONE = "one_by_one", "One firm after the other"
        FIRST_ACCEPT = "first_accept", "All at once, the first to accept"
        SELECT = "select", "All at once, and we choose"

    engagement = models.ForeignKey(Engagement, on_delete=models.PROTECT, related_name="work_orders")
    prime = models.ForeignKey(Firm, on_delete=models.PROTECT, db_index=False, related_name="orders_given")
    sub = models.ForeignKey(
        Firm, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="orders_taken"
    )
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="work_orders")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    scope = models.TextField(blank=True)
    required_skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    insurance = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Policies that must hold to the end.",
    )
    insurance_limit = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="What each policy covers at least, for each claim.",
    )
    documents = ArrayField(
        models.CharField(max_length=24),
        default=list,
        blank=True,
        help_text="Other papers to show before the start.",
    )
    max_miles = models.PositiveSmallIntegerField(null=True, blank=True)
    routing = models.CharField(max_length=12, choices=Routing.choices, default=Routing.ONE_BY_ONE)
    round = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    held_from = models.CharField(max_length=12, choices=Status.choices, blank=True)
    accepted_revision = models.ForeignKey(
        "engagements.OfferRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    client_price = amount_field(null=True, blank=True)
    added_revenue = amount_field(null=True, blank=True)
    brief_introduce = models.TextField(blank=True)
    brief_do_not_share = models.TextField(blank=True)
    brief_notify = models.TextField(blank=True)
    brief_asked_for_more = models.TextField(blank=True)
    internal_note = models.TextField(blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    last_event_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = WorkOrderQuerySet.as_manager()

    if TYPE_CHECKING:
        all_units: int
        all_done: int

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="work_order_status_known"),
            models.UniqueConstraint(fields=["prime", "number"], name="work_order_number_per_prime"),
            models.UniqueConstraint(
                fields=["prime", "external_id"],
                condition=~Q(external_id=""),
                name="work_order_external_id_per_prime",
            ),
            models.CheckConstraint(condition=~Q(prime=F("sub")), name="work_order_between_two_firms"),
            models.CheckConstraint(
                condition=Q(insurance_limit__isnull=True) | Q(insurance_limit__gt=0),
                name="work_order_insurance_limit_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "offered"], sub=None)
                | Q(status="cancelled")
                | (~Q(status__in=["draft", "offered", "cancelled"]) & Q(sub__isnull=False)),
                name="work_order_sub_once_assigned",
            ),
            models.CheckConstraint(
                condition=(Q(status="on_hold") & ~Q(held_from="")) | (~Q(status="on_hold") & Q(held_from="")),
                name="work_order_held_from_somewhere",
            ),
            *terms_constraints("work_order"),
        ]
        indexes = [
            models.Index(fields=["prime", "-id"], name="work_order_given"),
            models.Index(fields=["sub", "-id"], name="work_order_taken"),
            models.Index(fields=["engagement", "status"], name="work_order_of_engagement"),
            models.Index(
                fields=["starts_at"],
                condition=Q(status__in=["assigned", "in_progress"]),
                name="work_order_start_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        return f"WO-{self.number}"

    def side_of(self, firm_id: UUID | None) -> str:
        """Return "prime", "sub", or an empty word for anybody else."""
        if firm_id is None:
            return ""
        return "prime" if firm_id == self.prime_id else "sub" if firm_id == self.sub_id else ""


class WorkOrderLine(Entity):
    """Units of one line of the job that are on this order. A trigger keeps the line's `committed` from these rows."""

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(EngagementLine, on_delete=models.PROTECT, related_name="order_lines")
    units = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_order", "line"], name="work_order_line_once"),
            models.CheckConstraint(condition=Q(units__gte=1), name="work_order_line_has_units"),
            models.CheckConstraint(
                condition=Q(done__lte=F("units")), name="work_order_line_done_at_most_units"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} of {self.line_id}"


class WorkOrderEvent(EventBase):
    work_order = models.ForeignKey(WorkOrder, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [models.Index(fields=["work_order", "occurred_at", "id"], name="work_order_history")]
