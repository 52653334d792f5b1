"""Changes of a running order as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from engagements.actions.changes import Wanted
from engagements.models import ChangeRequest, WorkOrder
from engagements.serializers.terms import WallTime, typed_amount
from engagements.values import Schedule
from partnernet.core.rest import Input, LocalTimeField, MoneyField


class ChangeRequestSerializer(serializers.ModelSerializer[ChangeRequest]):
    """A change that one firm asked the other for. `side` is the side that asked."""

    amount = MoneyField(amount="amount")
    starts = LocalTimeField(name="starts")
    ends = LocalTimeField(name="ends")

    class Meta:
        model = ChangeRequest
        fields = [
            "id", "kind", "side", "status", "after_hold", "text", "amount", "starts", "ends", "technician", "asked_by", "asked_at", "decided_by",
            "decided_at", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class ChangeRequestInput(Input):
    """`amount` for a budget, an expense or a bonus; `starts` and `ends` for another time, in the zone of the order; who goes instead."""

    kind = serializers.ChoiceField(choices=ChangeRequest.Kind.choices)
    text = serializers.CharField(max_length=500)
    amount = typed_amount()
    starts = WallTime(required=False, allow_null=True)
    ends = WallTime(required=False, allow_null=True)
    technician = serializers.UUIDField(required=False, allow_null=True)

    @staticmethod
    def wanted(body: Any, order: WorkOrder) -> Wanted:
        """Read a body for an order. Raises a validation error with the fields that do not hold."""
        typed = ChangeRequestInput.read(body)
        schedule = Schedule(order.schedule_kind, order.timezone, typed.get("starts"), typed.get("ends"))
        moves = typed["kind"] == ChangeRequest.Kind.SCHEDULE
        amount, person = typed.get("amount"), typed.get("technician")
        return Wanted(typed["kind"], typed["text"], amount, schedule if moves else None, person)


class BackupInput(Input):
    """Who goes if the technician cannot; null for nobody."""

    technician = serializers.UUIDField(allow_null=True)


class RefuseInput(Input):
    """Why, if wished; of a date after a hold also whether the client asked for anything else, once work was done."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    asked_for_more = serializers.BooleanField(required=False, allow_null=True, default=None)


class HoldInput(Input):
    reason = serializers.CharField(max_length=500)


class ResumeInput(Input):
    """Nothing, to go on as agreed; or the wall times of another date, which the other firm may refuse."""

    starts = WallTime(required=False, allow_null=True)
    ends = WallTime(required=False, allow_null=True)

    @staticmethod
    def schedule(body: Any, order: WorkOrder) -> Schedule | None:
        """Read a body for an order."""
        typed = ResumeInput.read(body)
        starts, ends = typed.get("starts"), typed.get("ends")
        if starts is None and ends is None:
            return None
        return Schedule(order.schedule_kind, order.timezone, starts, ends)
