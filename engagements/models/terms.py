"""The columns of what two firms agree on. An order proposes them, an offer's revision fixes them."""

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from engagements import deadlines, pay
from engagements.cover import Promise, Span
from partnernet.core.fields import LocalTimeField
from partnernet.core.money import amount_field, cents, currency_field

NET_DAYS = 15
SILENCE_DAYS = 7

TERM_FIELDS = (
    "pay_kind", "amount", "cap_hours", "flat_hours", "extra_rate", "minimum_hours", "trip_charge", "after_hours_factor",
    "expenses_cap", "not_to_exceed", "schedule_kind", "timezone", "starts_local", "starts_at", "ends_local", "ends_at",
    "cancellation_fee", "net_days", "silence_days", "response_minutes", "weekly_minimum", "weekly_maximum",
)  # fmt: skip
SCHEDULE_FIELDS = ("schedule_kind", "timezone", "starts_local", "starts_at", "ends_local", "ends_at")


class Terms(models.Model):
    """Pay, schedule and what else is agreed. Amounts are in `currency`; `silence_days` are business days.

    Cover has a promise beside its dates: to answer within `response_minutes`, and hours a week that are paid at least and at most.
    """

    class PayKind(models.TextChoices):
        FIXED = pay.FIXED, "Fixed price"
        HOURLY = pay.HOURLY, "By the hour"
        PER_UNIT = pay.PER_UNIT, "Per unit"
        BLENDED = pay.BLENDED, "Flat, then by the hour"

    class ScheduleKind(models.TextChoices):
        ARRIVAL_WINDOW = deadlines.ARRIVAL_WINDOW, "Arrive between"
        HARD_START = deadlines.HARD_START, "Start exactly at"
        PICK_START = deadlines.PICK_START, "They pick a start between"
        COMPLETE_BY = deadlines.COMPLETE_BY, "Finish by"
        ASAP = deadlines.ASAP, "As soon as possible"
        COVER = deadlines.COVER, "Cover, when we call"

    currency = currency_field()
    pay_kind = models.CharField(max_length=10, choices=PayKind.choices, default=PayKind.FIXED)
    amount = amount_field(default=0)
    cap_hours = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    flat_hours = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    extra_rate = amount_field(default=0)
    minimum_hours = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    trip_charge = amount_field(default=0)
    after_hours_factor = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    expenses_cap = amount_field(default=0)
    not_to_exceed = amount_field()
    schedule_kind = models.CharField(
        max_length=15, choices=ScheduleKind.choices, default=ScheduleKind.ARRIVAL_WINDOW
    )
    timezone = models.CharField(max_length=64)
    starts_local = LocalTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_local = LocalTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    cancellation_fee = amount_field(null=True, blank=True)
    net_days = models.PositiveSmallIntegerField(default=NET_DAYS)
    silence_days = models.PositiveSmallIntegerField(default=SILENCE_DAYS)
    response_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    weekly_minimum = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    weekly_maximum = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta:
        abstract = True

    def pay_terms(self) -> pay.PayTerms:
        """Return the frozen value that the arithmetic takes."""
        return pay.PayTerms(
            kind=self.pay_kind,
            amount=self.amount,
            cap_hours=self.cap_hours,
            flat_hours=self.flat_hours,
            extra_rate=self.extra_rate,
            minimum_hours=self.minimum_hours,
            trip_charge=self.trip_charge,
            after_hours_factor=self.after_hours_factor,
            expenses_cap=self.expenses_cap,
            not_to_exceed=self.not_to_exceed,
        )

    @property
    def is_cover(self) -> bool:
        return self.schedule_kind == deadlines.COVER

    def promise(self) -> Promise:
        """Return what is promised of cover; of all else, nothing."""
        return Promise(self.response_minutes, self.weekly_minimum, self.weekly_maximum)

    def span(self) -> Span:
        """Return the dates and hours of cover."""
        if self.starts_local is None or self.ends_local is None:  # a constraint of the database holds both
            raise LookupError("Cover without its dates.")
        return Span(self.starts_local, self.ends_local, self.timezone)

    def begins_by(self, now: datetime) -> datetime | None:
        """Return what an answer has to come before."""
        kind, starts_at, ends_at = self.schedule_kind, self.starts_at, self.ends_at
        return deadlines.begins_by(kind, now=now, starts_at=starts_at, ends_at=ends_at)

    def fee_for_cancelling(self, *, on_the_way: bool = False) -> Decimal:
        """Return the fee owed for a late end: as agreed, else the minimum hours, and the trip to whoever had set off."""
        if self.cancellation_fee is not None:
            return self.cancellation_fee
        rate = self.amount if self.pay_kind == self.PayKind.HOURLY else self.extra_rate
        trip = self.trip_charge if on_the_way else Decimal(0)
        return cents(rate * self.minimum_hours + trip)


def terms_constraints(table: str) -> list[models.BaseConstraint]:
    """Return what must hold for the terms in any table; the names begin with the table's."""
    amounts = ("amount", "flat_hours", "extra_rate", "minimum_hours", "trip_charge", "expenses_cap")
    with_both = Q(
        starts_at__isnull=False, starts_local__isnull=False, ends_at__isnull=False, ends_local__isnull=False
    )
    only_start = Q(starts_at__isnull=False, starts_local__isnull=False, ends_at=None, ends_local=None)
    only_end = Q(starts_at=None, starts_local=None, ends_at__isnull=False, ends_local__isnull=False)
    no_promise = Q(response_minutes=None, weekly_minimum=None, weekly_maximum=None)
    # What is not there compares with nothing: it has to be asked for by itself.
    promise = Q(
        response_minutes__isnull=False,
        weekly_minimum__isnull=False,
        weekly_maximum__isnull=False,
        response_minutes__gte=1,
        weekly_minimum__gte=0,
        weekly_maximum__gt=0,
        weekly_minimum__lte=F("weekly_maximum"),
    )
    no_time = Q(starts_at=None, starts_local=None, ends_at=None, ends_local=None)
    long_enough = Q(ends_at__gte=F("starts_at") + deadlines.SHORTEST_WINDOW)
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__gte": 0 for name in amounts}), name=f"{table}_amounts_not_negative"
        ),
        models.CheckConstraint(condition=Q(not_to_exceed__gt=0), name=f"{table}_not_to_exceed_given"),
        models.CheckConstraint(
            condition=(
                Q(schedule_kind__in=[deadlines.ARRIVAL_WINDOW, deadlines.PICK_START, deadlines.COVER])
                & with_both
                & long_enough
            )
            | (Q(schedule_kind=deadlines.HARD_START) & only_start)
            | (Q(schedule_kind=deadlines.COMPLETE_BY) & only_end)
            | (Q(schedule_kind=deadlines.ASAP) & no_time),
            name=f"{table}_schedule_fits_its_kind",
        ),
        models.CheckConstraint(
            condition=(Q(schedule_kind=deadlines.COVER, pay_kind=pay.HOURLY) & promise)
            | (~Q(schedule_kind=deadlines.COVER) & no_promise),
            name=f"{table}_cover_has_its_promise",
        ),
        models.CheckConstraint(
            condition=Q(cancellation_fee=None) | Q(cancellation_fee__gte=0), name=f"{table}_fee_not_negative"
        ),
        models.CheckConstraint(condition=Q(after_hours_factor__gte=1), name=f"{table}_factor_at_least_one"),
    ]
