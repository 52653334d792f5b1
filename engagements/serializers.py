"""Jobs, work orders and offers as JSON: what each side may read, and what it may ask for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from engagements import pay
from engagements.actions.crew import CrewFacts
from engagements.crew_hours import Hours
from engagements.models import (
    CrewMember,
    Engagement,
    EngagementLine,
    Offer,
    OfferRevision,
    UnitReport,
    WorkOrder,
    WorkOrderLine,
)
from engagements.models.terms import Terms
from engagements.values import Asked, JobFacts, LineFacts, NewTerms, OrderDraft, Piece, Recipient, Schedule
from partnernet.core.money import CURRENCIES
from partnernet.core.rest import LocalTimeField, MoneyField

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


class EngagementSerializer(serializers.ModelSerializer[Engagement]):
    """A job, as its own firm reads it."""

    deadline = LocalTimeField(name="deadline")

    class Meta:
        model = Engagement
        fields = [
            "id", "reference", "number", "title", "service", "unit_noun", "currency", "timezone", "deadline",
            "margin_warn_percent", "margin_floor_percent", "promised_response", "promised_arrival", "status", "external_id",
            "version", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class EngagementInput(serializers.Serializer[Any]):
    """What a job says about itself."""

    title = serializers.CharField(max_length=160)
    currency = serializers.ChoiceField(choices=CURRENCIES, default="USD")
    timezone = serializers.CharField(max_length=64)
    deadline = WallTime(required=False, allow_null=True)
    service = serializers.CharField(max_length=200, required=False, allow_blank=True)
    unit_noun = serializers.CharField(max_length=40, default="computer")
    margin_warn_percent = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(20))
    margin_floor_percent = serializers.DecimalField(max_digits=5, decimal_places=2, default=Decimal(10))
    promised_response = serializers.CharField(max_length=120, required=False, allow_blank=True)
    promised_arrival = serializers.CharField(max_length=120, required=False, allow_blank=True)
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


class LineInput(serializers.Serializer[Any]):
    """A line to add."""

    site = serializers.UUIDField()
    what = serializers.CharField(max_length=200)
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)
    estimated_minutes = serializers.IntegerField(min_value=1, max_value=100_000)
    unit_price = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=NOTHING)
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


class CrewInput(serializers.Serializer[Any]):
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


class UnitReportInput(serializers.Serializer[Any]):
    """Units that our own people finished."""

    line = serializers.UUIDField()
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)
    minutes = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False, allow_null=True)


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
    ]  # fmt: skip


class RevisionSerializer(TermsSerializer):
    """Terms as one side put them."""

    class Meta:
        model = OfferRevision
        fields = ["id", "number", "side", "units", "notes", "changes", "lapses_at", *TermsSerializer.TERMS]
        read_only_fields = fields


class TermsInput(serializers.Serializer[Any]):
    """Terms to ask for. The times are wall time in `timezone`."""

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
        schedule = Schedule(typed["schedule_kind"], typed["timezone"], typed.get("starts"), typed.get("ends"))
        return Asked(terms, schedule, typed.get("cancellation_fee"), typed["net_days"], typed["silence_days"])


class NewTermsInput(TermsInput):
    """Terms for so many units; notes are no terms."""

    units = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    notes = serializers.CharField(max_length=1000, required=False, allow_blank=True)

    def new_terms(self) -> NewTerms:
        return NewTerms(self.asked(), self.validated_data.get("units"), self.validated_data.get("notes", ""))


class PieceInput(serializers.Serializer[Any]):
    line = serializers.UUIDField()
    units = serializers.IntegerField(min_value=1, max_value=1_000_000)


class WorkOrderInput(TermsInput):
    """Units to split off a job: one draft order for each client."""

    engagement = serializers.UUIDField()
    lines = PieceInput(many=True, allow_empty=False)
    title = serializers.CharField(max_length=160, required=False, allow_blank=True)
    scope = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    routing = serializers.ChoiceField(choices=WorkOrder.Routing.choices, default=WorkOrder.Routing.ONE_BY_ONE)
    max_miles = serializers.IntegerField(min_value=1, max_value=500, required=False, allow_null=True)
    external_id = serializers.CharField(max_length=100, required=False, allow_blank=True)

    def pieces(self) -> list[Piece]:
        return [Piece(**each) for each in self.validated_data["lines"]]

    def draft(self) -> OrderDraft:
        typed = self.validated_data
        own = ("title", "scope", "external_id")
        return OrderDraft(
            asked=self.asked(),
            routing=typed["routing"],
            max_miles=typed.get("max_miles"),
            **{name: typed.get(name, "") for name in own},
        )


class WorkOrderLineSerializer(serializers.ModelSerializer[WorkOrderLine]):
    class Meta:
        model = WorkOrderLine
        fields = ["id", "line", "units", "done"]
        read_only_fields = fields


class WorkOrderSerializer(TermsSerializer):
    """A work order. The client's price, the job and the round are for the firm that gave it."""

    PRIME_ONLY = ("engagement", "client_price", "added_revenue", "round", "routing", "external_id")

    lines = WorkOrderLineSerializer(many=True, read_only=True)
    client_price = MoneyField(amount="client_price")
    added_revenue = MoneyField(amount="added_revenue")
    client_name = serializers.CharField(source="client.name", read_only=True)
    address = serializers.CharField(source="site.address", read_only=True)

    class Meta:
        model = WorkOrder
        fields = [
            "id", "reference", "number", "title", "scope", "status", "prime", "sub", "engagement", "client_name", "address",
            "currency", "timezone", *TermsSerializer.TERMS, "lines", "routing", "round", "client_price", "added_revenue",
            "assigned_at", "submitted_at", "approved_at", "external_id", "version", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.prime_id != self.context["firm"]:
            for name in self.PRIME_ONLY:
                shown.pop(name, None)
        return shown


class OfferSerializer(serializers.ModelSerializer[Offer]):
    """An offer. Until it is accepted the firm that was asked reads the town, never the order, the client or the price."""

    revision = RevisionSerializer(read_only=True)
    counter = RevisionSerializer(read_only=True, allow_null=True)
    prime = serializers.UUIDField(source="work_order.prime_id", read_only=True)
    town = serializers.CharField(source="work_order.site.town", read_only=True)
    state = serializers.CharField(source="work_order.site.state", read_only=True)
    kind_of_business = serializers.CharField(source="work_order.client.industry", read_only=True)

    class Meta:
        model = Offer
        fields = [
            "id", "status", "prime", "firm", "work_order", "town", "state", "miles", "kind_of_business", "revision", "counter",
            "round", "position", "enclosed_agreement", "waiver_reason", "sent_at", "respond_by", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Offer) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.firm_id == self.context["firm"]:
            hidden = ["round", "position", "waiver_reason"]
            hidden += [] if instance.status == Offer.Status.ACCEPTED else ["work_order"]
            for name in hidden:
                shown.pop(name, None)
        return shown


class RecipientInput(serializers.Serializer[Any]):
    firm = serializers.UUIDField()
    waiver_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class OfferInput(serializers.Serializer[Any]):
    """Firms to offer an order to, in their order."""

    firms = RecipientInput(many=True, allow_empty=False)
    respond_by = serializers.DateTimeField(required=False, allow_null=True)

    def recipients(self) -> list[Recipient]:
        return [Recipient(**each) for each in self.validated_data["firms"]]


class AcceptInput(serializers.Serializer[Any]):
    """The revision that was seen; who goes, if that is known."""

    revision = serializers.UUIDField()
    technician = serializers.UUIDField(required=False, allow_null=True)


class ReasonInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class EventSerializer(serializers.Serializer[Any]):
    """One line of history."""

    id = serializers.UUIDField(read_only=True)
    step = serializers.CharField(read_only=True)
    side = serializers.CharField(read_only=True)
    door = serializers.CharField(read_only=True)
    by_firm = serializers.UUIDField(read_only=True, allow_null=True)
    from_status = serializers.CharField(read_only=True)
    to_status = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    changes = serializers.JSONField(read_only=True)
    occurred_at = serializers.DateTimeField(read_only=True)


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
