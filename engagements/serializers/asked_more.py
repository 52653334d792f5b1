"""What clients asked for, and what became of it, as JSON."""

from decimal import Decimal

from rest_framework import serializers

from contracts.models import ApproachReport
from partnernet.core.rest import Input


class ApproachReportSerializer(serializers.ModelSerializer[ApproachReport]):
    """What a client asked one firm for, passed on to the firm whose client it is.

    `in_time` is the safe harbour; `percent` a referral fee, of the first year's revenue; `became` the change or the order.
    """

    prime = serializers.UUIDField(source="prime_id", read_only=True)
    prime_name = serializers.CharField(source="prime.name", read_only=True)
    sub = serializers.UUIDField(source="sub_id", read_only=True)
    sub_name = serializers.CharField(source="sub.name", read_only=True)
    client_name = serializers.CharField(source="client.name", read_only=True)
    work_order = serializers.UUIDField(source="work_order_id", read_only=True)
    became = serializers.UUIDField(source="became_id", read_only=True, allow_null=True)
    percent = serializers.DecimalField(
        source="fee_percent", max_digits=5, decimal_places=2, read_only=True, allow_null=True
    )

    class Meta:
        model = ApproachReport
        fields = [
            "id", "status", "prime", "prime_name", "sub", "sub_name", "client_name", "work_order", "what", "who", "urgent",
            "quoted", "asked_on", "in_time", "reported_at", "acknowledged_at", "answer_by", "escalated_at", "answered_at",
            "answer", "became", "percent", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields


class AnswerApproachInput(Input):
    """A word to the firm that passed it on."""

    answer = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class MakeChangeInput(Input):
    """What is asked for as a change of the running work; with an amount, as more budget."""

    text = serializers.CharField(max_length=500)
    amount = serializers.DecimalField(
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        allow_null=True,
        default=None,
    )


class MakeWorkInput(Input):
    """The draft order that it becomes."""

    work_order = serializers.UUIDField()


class ReleaseApproachInput(Input):
    """For nothing, or for a part of the first year's revenue."""

    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=50, required=False, default=Decimal(0)
    )
    answer = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
