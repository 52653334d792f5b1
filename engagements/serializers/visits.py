"""Visits and what happens on them as JSON: nothing here tells a technician what anything costs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from contracts.models import ApproachReport
from engagements.models import Deliverable, Problem, Submission, Task, Visit
from partnernet.core.rest import Input, MoneyField


class VisitSerializer(serializers.ModelSerializer[Visit]):
    """One time that somebody goes to a site; its times are instants."""

    class Meta:
        model = Visit
        fields = [
            "id", "work_order", "site", "technician", "number", "status", "confirmed_at", "set_off_at", "checked_in_at",
            "checked_out_at", "missed_at", "metres_away",
        ]  # fmt: skip
        read_only_fields = fields


class CheckInInput(Input):
    """Where the phone is, if it says so."""

    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False, allow_null=True)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False, allow_null=True)


class TaskSerializer(serializers.ModelSerializer[Task]):
    """One line of the list that is ticked."""

    class Meta:
        model = Task
        fields = ["id", "phase", "position", "text", "required", "proof", "done_at", "done_by"]
        read_only_fields = fields


class TaskInput(Input):
    """One more line for the technician; `proof` says what ticks it: a tap, a photo or the client's sign-off."""

    text = serializers.CharField(max_length=200)
    required = serializers.BooleanField(required=False, default=True)  # type: ignore[assignment]  # the name is theirs as well
    proof = serializers.ChoiceField(choices=Task.Proof.choices, required=False, default=Task.Proof.NONE)


class TickInput(Input):
    done = serializers.BooleanField()


class CountInput(Input):
    """Units that were finished on an order, and how long they took in all."""

    units = serializers.IntegerField(min_value=1, max_value=1_000_000)
    minutes = serializers.IntegerField(min_value=1, max_value=10_000_000, required=False, allow_null=True)


class DeliverableSerializer(serializers.ModelSerializer[Deliverable]):
    """A photo or the client's signature, as kept; `sha256` is of the bytes we keep."""

    class Meta:
        model = Deliverable
        fields = [
            "id", "visit", "task", "kind", "name", "content_type", "size", "sha256", "signer_name", "uploaded_by", "uploaded_at",
        ]  # fmt: skip
        read_only_fields = fields


class PhotoInput(Input):
    """A photo, sent as a form; with the task that it was taken for, which it ticks."""

    file = serializers.FileField()
    task = serializers.UUIDField(required=False)


class ProblemSerializer(serializers.ModelSerializer[Problem]):
    class Meta:
        model = Problem
        fields = [
            "id", "kind", "text", "opened_by", "opened_at", "resolution", "resolved_by", "resolved_at",
        ]  # fmt: skip
        read_only_fields = fields


class ProblemInput(Input):
    kind = serializers.ChoiceField(choices=Problem.Kind.choices)
    text = serializers.CharField(max_length=500)


class ApproachSerializer(serializers.ModelSerializer[ApproachReport]):
    """The client asked for more, and the sub passed it on."""

    class Meta:
        model = ApproachReport
        fields = (
            "id",
            "what",
            "who",
            "urgent",
            "asked_on",
            "in_time",
            "status",
            "reported_at",
            "acknowledged_at",
        )
        read_only_fields = fields


class ApproachInput(Input):
    """What the client asked for, and who asked."""

    what = serializers.CharField(max_length=500)
    who = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    urgent = serializers.BooleanField(required=False, default=False)
    call_off = serializers.UUIDField(
        required=False, allow_null=True, help_text="Under cover, the call-off whose client asked."
    )
    asked_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The day of the talk; today if left out."
    )
    quoted = serializers.BooleanField(required=False, default=False, help_text="Whether a price was named.")


class ResolutionInput(Input):
    resolution = serializers.CharField(max_length=500)


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """Work that was handed in. What it pays is hidden from technicians."""

    NOT_FOR_ALL = ("base", "expenses", "amount")

    base = MoneyField(amount="base")
    expenses = MoneyField(amount="expenses")
    amount = MoneyField(amount="amount")

    class Meta:
        model = Submission
        fields = [
            "id", "work_order", "number", "is_part", "status", "note", "units", "hours", "base", "expenses", "amount",
            "client_asked_for_more", "submitted_by", "submitted_at", "silence_at", "by_silence", "decided_by", "decided_at",
            "reason",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if self.context["role"] == "technician":
            for name in self.NOT_FOR_ALL:
                shown.pop(name, None)
        return shown


class SubmitInput(Input):
    """The answer to "Did the client ask for anything else?", and a note. A `part` is what was done since the last one."""

    client_asked_for_more = serializers.BooleanField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    part = serializers.BooleanField(required=False, default=False)


class SendBackInput(Input):
    """Which submission was looked at, and what has to be put right."""

    submission = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)
