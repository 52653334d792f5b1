"""What the two firms of an order ask of each other while it runs: more money, another time, other work."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q, Sum

from engagements import pay
from engagements.models.offers import Assignment
from engagements.models.orders import WorkOrder
from engagements.models.terms import Terms
from partnernet.core.fields import LocalTimeField
from partnernet.core.models import Entity
from partnernet.core.money import amount_field, currency_field
from partners.models import Member

MONEY = ("budget", "expense", "bonus")
NOTHING = Decimal(0)


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def of_deal(self, order: WorkOrder) -> Self:
        """Those of the firm that has the order: what an earlier firm asked for is not its business, or its money."""
        if order.sub_id is None:
            return self.none()
        last = Assignment.objects.filter(work_order=order).order_by("-assigned_at", "-pk").values("pk")[:1]
        return self.filter(assignment=models.Subquery(last))

    def still_open(self) -> Self:
        return self.filter(status=ChangeRequest.Status.ASKED)

    def agreed(self) -> Self:
        return self.filter(status=ChangeRequest.Status.AGREED)

    def asked_of(self, firm_id: object) -> Self:
        """Those that this firm has to decide."""
        prime = Q(side=ChangeRequest.Side.SUB, assignment__work_order__prime=firm_id)
        sub = Q(side=ChangeRequest.Side.PRIME, assignment__firm=firm_id)
        return self.still_open().filter(prime | sub)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def with_people(self) -> Self:
        return self.select_related("asked_by__user", "asked_by__firm", "decided_by__user", "technician__user")

    def expenses(self) -> Decimal:
        """Return the sum of the expenses among these."""
        return self.filter(kind="expense").aggregate(sum=Sum("amount"))["sum"] or NOTHING

    def added(self, pay_kind: str) -> Decimal:
        """Return what is paid on top of the base: bonuses, and a budget where the price is one of units."""
        on_top = ("bonus", "budget") if pay_kind == pay.PER_UNIT else ("bonus",)
        return self.filter(kind__in=on_top).aggregate(sum=Sum("amount"))["sum"] or NOTHING


class ChangeRequest(Entity):
    """A change of what was agreed, asked by one firm and decided by the other. Never changed once asked.

    With `after_hold` it is the date on which work that is on hold would go on: refused, the work is given back without blame.

    `amount` is in `currency`; a schedule is wall time in `timezone`, as in the terms of the order.
    """

    class Kind(models.TextChoices):
        BUDGET = "budget", "More budget"
        EXPENSE = "expense", "An expense"
        BONUS = "bonus", "A bonus"
        SCHEDULE = "schedule", "Another time"
        SCOPE = "scope", "Other work"
        SWAP = "swap", "Another technician"

    class Status(models.TextChoices):
        ASKED = "asked", "Waiting for an answer"
        AGREED = "agreed", "Agreed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        LAPSED = "lapsed", "Lapsed"

    class Side(models.TextChoices):
        PRIME = "prime", "Prime"
        SUB = "sub", "Sub"

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="change_requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    side = models.CharField(max_length=5, choices=Side.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.ASKED)
    text = models.CharField(max_length=500)
    currency = currency_field()
    amount = amount_field(null=True, blank=True)
    technician = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    schedule_kind = models.CharField(max_length=15, choices=Terms.ScheduleKind.choices, blank=True)
    after_hold = models.BooleanField(default=False)
    timezone = models.CharField(max_length=64, blank=True)
    starts_local = LocalTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_local = LocalTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["asked", "agreed", "refused", "withdrawn", "lapsed"]),
                name="change_request_status_known",
            ),
            models.CheckConstraint(condition=Q(side__in=["prime", "sub"]), name="change_request_side_known"),
            models.CheckConstraint(
                condition=Q(kind__in=MONEY, amount__gt=0, schedule_kind="", technician=None)
                | Q(kind="schedule", amount=None, technician=None)
                & ~Q(schedule_kind="")
                & ~Q(starts_at=None, ends_at=None)
                | Q(kind="scope", amount=None, schedule_kind="", technician=None)
                | Q(kind="swap", side="sub", amount=None, schedule_kind="", technician__isnull=False),
                name="change_request_has_the_terms_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(after_hold=False) | Q(kind="schedule", side="prime"),
                name="change_request_after_hold_is_a_date_of_the_prime",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", decided_at=None, decided_by=None)
                | Q(status="lapsed", decided_at__isnull=False, decided_by=None)
                | Q(
                    status__in=["agreed", "refused", "withdrawn"],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="change_request_decided_at_goes_with_decided_by",
            ),
        ]
        indexes = [
            models.Index(fields=["assignment", "asked_at"], name="change_request_of_deal"),
            models.Index(fields=["assignment"], condition=Q(status="asked"), name="change_request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"

    def side_of(self, firm_id: object, *, prime_id: object) -> str:
        """Return "asker" or "other" for the two firms, an empty word for anybody else."""
        sides = {prime_id: self.Side.PRIME, self.assignment.firm_id: self.Side.SUB}
        if firm_id is None or firm_id not in sides:
            return ""
        return "asker" if sides[firm_id] == self.side else "other"
