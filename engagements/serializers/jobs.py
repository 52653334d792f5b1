"""Jobs as JSON, for their own firm."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engagements.actions.crew import CrewFacts
from engagements.crew_hours import Hours
from engagements.models import (
    CrewMember,
    Engagement,
    EngagementLine,
    UnitReport,
)
from engagements.serializers.terms import (
    NOTHING,
    WallTime,
    typed_amount,
)
from engagements.values import LONGEST_PROMISE, JobFacts, LineFacts
from partnernet.core.money import CURRENCIES
from partnernet.core.rest import Input, LocalTimeField, MoneyField


class EngagementSerializer(serializers.ModelSerializer[Engagement]):
    """A job, as its own firm reads it."""

    deadline = LocalTimeField(name="deadline")

    class Meta:
        model = Engagement
        fields = [
            "id", "reference", "number", "title", "service", "unit_noun", "currency", "timezone", "deadline",
            "margin_warn_percent", "margin_floor_percent", "response_minutes", "arrival_minutes", "insurance_demanded", "status", "external_id",
            "version", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class EngagementInput(Input):
    """What a job says about itself."""

    title = serializers.CharField(max_length=160)
    currency = serializers.ChoiceField(choices=CURRENCIES, default="USD")
    timezone = serializers.CharField(max_length=64)
    deadline = WallTime(required=False, allow_null=True)
    service = serializers.CharField(max_length=200, required=False, allow_blank=True)
    unit_noun = serializers.CharField(max_length=40, default="computer")
    margin_warn_percent = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(20))
    margin_floor_percent = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    response_minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_PROMISE, required=False, allow_null=True
    )
    arrival_minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_PROMISE, required=False, allow_null=True
    )
    insurance_demanded = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True
    )
    external_id = serializers.CharField(max_length=100, required=False, allow_blank=True)

    def facts(self) -> JobFacts:
        return JobFacts(**self.validated_data)


class LineSerializer(serializers.ModelSerializer[EngagementLine]):
    """Units at one site; `rest` is what nobody has done or taken on."""

    unit_price = MoneyField(amount="unit_price", currency="engagement.currency")
    rest = serializers.IntegerField(read_only=True)

    class Meta:
        model = EngagementLine
        fields = [
            "id",
            "site",
            "what",
            "units",
            "unit_price",
            "estimated_minutes",
            "position",
            "committed",
            "own_done",
            "rest",
        ]
        read_only_fields = fields


class LineInput(Input):
    """A line to add."""

    site = serializers.UUIDField()
    what = serializers.CharField(max_length=200)
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)
    estimated_minutes = serializers.IntegerField(min_value=1, max_value=100_000)
    unit_price = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=NOTHING,
        error_messages={"min_value": "A price cannot be negative."},
    )
    skills = serializers.ListField(child=serializers.UUIDField(), required=False)

    def facts(self) -> LineFacts:
        typed = dict(self.validated_data)
        return LineFacts(**{**typed, "skills": tuple(typed.get("skills", ()))})


class CrewSerializer(serializers.ModelSerializer[CrewMember]):
    """One of our own technicians; `hours` are [weekday, start, end] in minutes after local midnight."""

    class Meta:
        model = CrewMember
        fields = ["id", "name", "timezone", "hours", "days_off"]
        read_only_fields = fields


class CrewInput(Input):
    """Hours to enter; the same name replaces them."""

    name = serializers.CharField(max_length=120)
    timezone = serializers.CharField(max_length=64)
    hours = serializers.ListField(
        child=serializers.ListField(
            child=serializers.IntegerField(min_value=0, max_value=1440), min_length=3, max_length=3
        ),
        max_length=50,
    )
    days_off = serializers.ListField(child=serializers.DateField(), required=False, max_length=400)
    cost_per_hour = typed_amount()

    def facts(self) -> CrewFacts:
        typed = self.validated_data
        return CrewFacts(
            name=typed["name"],
            timezone=typed["timezone"],
            hours=tuple(Hours(*span) for span in typed["hours"]),
            days_off=tuple(typed.get("days_off", ())),
            cost_per_hour=typed.get("cost_per_hour") or NOTHING,
        )


class UnitReportSerializer(serializers.ModelSerializer[UnitReport]):
    class Meta:
        model = UnitReport
        fields = ["id", "line", "work_order", "firm", "units", "minutes", "reported_at"]
        read_only_fields = fields


class UnitReportInput(Input):
    """Units that our own people finished."""

    line = serializers.UUIDField()
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)
    minutes = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False, allow_null=True)


class ShortfallSerializer(serializers.Serializer[Any]):
    """The forecast of a job. Minutes; `finish` is null when not in sight."""

    sentence = serializers.CharField()
    ratio = serializers.FloatField()
    minutes_each = serializers.FloatField()
    units = serializers.IntegerField()
    done = serializers.IntegerField()
    own = serializers.IntegerField()
    can = serializers.IntegerField()
    at_risk = serializers.IntegerField()
    crew_minutes = serializers.IntegerField()
    extra_hours = serializers.IntegerField()
    finish = serializers.DateTimeField(allow_null=True)
    offered = serializers.IntegerField()
    not_placed = serializers.IntegerField()


class PlacedSerializer(serializers.Serializer[Any]):
    """What a job's placed work is worth."""

    price = MoneyField(amount="price")
    cost = MoneyField(amount="cost")
    kept = MoneyField(amount="kept")
    percent = serializers.DecimalField(max_digits=7, decimal_places=1, allow_null=True)


class MatchSerializer(serializers.Serializer[Any]):
    """A firm that could be asked, and why it stands where it does."""

    firm: Any = serializers.UUIDField(source="firm.pk")
    name = serializers.CharField(source="firm.name")
    miles = serializers.IntegerField(allow_null=True)
    fits = serializers.BooleanField()
    covered = serializers.BooleanField()
    score = serializers.FloatField()
    parts = serializers.DictField(child=serializers.FloatField())
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"met": {"type": "boolean"}, "text": {"type": "string"}},
            },
        }
    )
    def get_reasons(self, match: Any) -> list[dict[str, Any]]:
        """Return each filter, met or not."""
        return [{"met": reason.met, "text": reason.text} for reason in match.reasons]
