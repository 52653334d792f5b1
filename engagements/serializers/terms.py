"""Terms as JSON: as they stand, and as somebody asks for them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engagements import pay
from engagements.cover import HOURS_OF_A_WEEK, Promise
from engagements.models import (
    OfferRevision,
)
from engagements.models.terms import Terms
from engagements.values import Asked, NewTerms, Schedule
from partnernet.core.rest import Input, LocalTimeField, MoneyField

NOTHING = Decimal(0)


@extend_schema_field(
    {"type": "string", "example": "2007-03-09T17:00", "description": "Wall time without a zone."}
)
class WallTime(serializers.Field[Any, Any, Any, Any]):
    """A wall-clock time as people type it."""

    default_error_messages = {"invalid": "Write the time as YYYY-MM-DDTHH:MM, without a zone."}

    def to_internal_value(self, data: Any) -> datetime:
        try:
            typed = datetime.fromisoformat(data)
        except (TypeError, ValueError):
            self.fail("invalid")
        if typed.tzinfo is not None:
            self.fail("invalid")
        return typed

    def to_representation(self, value: datetime) -> str:
        return value.isoformat(timespec="minutes")


def typed_amount(*, required: bool = False) -> serializers.DecimalField:
    """Return a field for an amount that is typed in the row's currency."""
    if required:
        return serializers.DecimalField(max_digits=12, decimal_places=2)
    return serializers.DecimalField(max_digits=12, decimal_places=2, required=False, allow_null=True)


def _hours_a_week() -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=HOURS_OF_A_WEEK,
        required=False,
        allow_null=True,
    )


class TermsSerializer(serializers.ModelSerializer[Any]):  # Any: of an order or of a revision
    """Pay and schedule as they stand."""

    amount = MoneyField(amount="amount")
    not_to_exceed = MoneyField(amount="not_to_exceed")
    trip_charge = MoneyField(amount="trip_charge")
    extra_rate = MoneyField(amount="extra_rate")
    expenses_cap = MoneyField(amount="expenses_cap")
    cancellation_fee = MoneyField(amount="cancellation_fee")
    starts = LocalTimeField(name="starts")
    ends = LocalTimeField(name="ends")

    TERMS = [
        "pay_kind", "amount", "not_to_exceed", "cap_hours", "flat_hours", "extra_rate", "minimum_hours", "trip_charge",
        "after_hours_factor", "expenses_cap", "cancellation_fee", "net_days", "silence_days", "schedule_kind", "starts", "ends",
        "response_minutes", "weekly_minimum", "weekly_maximum",
    ]  # fmt: skip


class RevisionSerializer(TermsSerializer):
    """Terms as one side put them."""

    class Meta:
        model = OfferRevision
        fields = ["id", "number", "side", "units", "notes", "changes", "lapses_at", *TermsSerializer.TERMS]
        read_only_fields = fields


class TermsInput(Input):
    """Terms to ask for. The times are wall time in `timezone`.

    Of `cover` they are the first and the last moment, whose hours are those of each day; it also takes `response_minutes`,
    `weekly_minimum` and `weekly_maximum` (hours), and is paid by the hour. `asap` and `pick_start` leave the start to whoever
    accepts; `pick_start` within `starts` and `ends`.
    """

    pay_kind = serializers.ChoiceField(choices=Terms.PayKind.choices)
    amount = typed_amount(required=True)
    cap_hours = typed_amount()
    flat_hours = typed_amount()
    extra_rate = typed_amount()
    minimum_hours = typed_amount()
    trip_charge = typed_amount()
    after_hours_factor = serializers.DecimalField(max_digits=4, decimal_places=2, required=False)
    expenses_cap = typed_amount()
    not_to_exceed = typed_amount()
    cancellation_fee = typed_amount()
    net_days = serializers.IntegerField(min_value=0, max_value=90, default=15)
    silence_days = serializers.IntegerField(min_value=1, max_value=30, default=7)
    schedule_kind = serializers.ChoiceField(choices=Terms.ScheduleKind.choices)
    timezone = serializers.CharField(max_length=64)
    starts = WallTime(required=False, allow_null=True)
    ends = WallTime(required=False, allow_null=True)
    response_minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False, allow_null=True)
    weekly_minimum = _hours_a_week()
    weekly_maximum = _hours_a_week()

    def asked(self) -> Asked:
        typed = self.validated_data
        zeros = ("flat_hours", "extra_rate", "minimum_hours", "trip_charge", "expenses_cap")
        terms = pay.PayTerms(
            kind=typed["pay_kind"],
            amount=typed["amount"],
            cap_hours=typed.get("cap_hours"),
            after_hours_factor=typed.get("after_hours_factor", Decimal(1)),
            not_to_exceed=typed.get("not_to_exceed"),
            **{name: typed.get(name) or NOTHING for name in zeros},
        )
        names = ("response_minutes", "weekly_minimum", "weekly_maximum")
        promise = Promise(*(typed.get(name) for name in names))
        times = typed.get("starts"), typed.get("ends")
        schedule = Schedule(typed["schedule_kind"], typed["timezone"], *times, promise)
        return Asked(terms, schedule, typed.get("cancellation_fee"), typed["net_days"], typed["silence_days"])


class NewTermsInput(TermsInput):
    """Terms for so many units; notes are no terms."""

    units = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    notes = serializers.CharField(max_length=1000, required=False, allow_blank=True)

    def new_terms(self) -> NewTerms:
        return NewTerms(self.asked(), self.validated_data.get("units"), self.validated_data.get("notes", ""))
