"""Call-offs and time as JSON: nothing here says what anything costs, or, before an answer, whose it is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from engagements.actions.call_offs import Call
from engagements.actions.timekeeping import Worked
from engagements.models import CallOff, TimeEntry
from engagements.serializers.terms import WallTime
from partnernet.core.rest import Input


class CallOffSerializer(serializers.ModelSerializer[CallOff]):
    """A ticket under cover. Until it is answered, the firm that stands by reads the town alone."""

    SUB_READS_LATER = ("client", "client_name", "site", "address")

    client_name = serializers.CharField(source="client.name", read_only=True, allow_null=True)
    address = serializers.CharField(source="site.address", read_only=True, allow_null=True, default=None)
    town = serializers.CharField(source="site.town", read_only=True, allow_null=True, default=None)
    minutes = serializers.IntegerField(read_only=True, help_text="Time that was logged.")

    class Meta:
        model = CallOff
        fields = [
            "id", "work_order", "number", "client", "client_name", "site", "address", "town", "ticket", "what", "cap_hours",
            "minutes", "status", "technician", "called_at", "answer_by", "acknowledged_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: CallOff) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.work_order.prime_id != self.context["firm"] and not instance.is_named:
            shown |= dict.fromkeys(self.SUB_READS_LATER)
        return shown


class CallOffInput(Input):
    """What is called off under a cover order: `site` is null for work from afar, `cap_hours` the most that is paid."""

    work_order = serializers.UUIDField()
    client = serializers.UUIDField()
    site = serializers.UUIDField(required=False, allow_null=True)
    ticket = serializers.CharField(max_length=60)
    what = serializers.CharField(max_length=500)
    cap_hours = serializers.DecimalField(max_digits=6, decimal_places=2)

    def call(self) -> Call:
        typed = dict(self.validated_data)
        del typed["work_order"]
        return Call(**typed)


class AcknowledgeInput(Input):
    """Who goes; without it, whoever keeps the cover."""

    technician = serializers.UUIDField(required=False, allow_null=True)


class CapInput(Input):
    """The most hours that are paid, more than before."""

    cap_hours = serializers.DecimalField(max_digits=6, decimal_places=2)


class CallBackInput(Input):
    reason = serializers.CharField(max_length=500)


class TimeEntrySerializer(serializers.ModelSerializer[TimeEntry]):
    """Minutes that a person worked on a day; `submission` is the part that it was handed in with."""

    person_name = serializers.CharField(source="person.user.called", read_only=True)

    class Meta:
        model = TimeEntry
        fields = [
            "id", "work_order", "call_off", "submission", "person", "person_name", "worked_on", "minutes", "starts_at",
            "ends_at", "note", "logged_at", "struck_at",
        ]  # fmt: skip
        read_only_fields = fields


class TimeEntryInput(Input):
    """Minutes of a day (today, if no day is named), or a start and an end on the clock of the place."""

    work_order = serializers.UUIDField()
    call_off = serializers.UUIDField(required=False, allow_null=True)
    person = serializers.UUIDField(required=False, allow_null=True)
    minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False, allow_null=True)
    on = serializers.DateField(required=False, allow_null=True)
    starts = WallTime(required=False, allow_null=True)
    ends = WallTime(required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")

    def worked(self) -> Worked:
        typed = dict(self.validated_data)
        del typed["work_order"]
        return Worked(**typed)
