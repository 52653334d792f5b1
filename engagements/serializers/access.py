"""Access as JSON. How to use it is read on the technician's page alone."""

from __future__ import annotations

from rest_framework import serializers

from engagements.models import AccessGrant
from partnernet.core.rest import Input


class AccessGrantSerializer(serializers.ModelSerializer[AccessGrant]):
    """A key, an account or a tool that was handed over; `holder` is the firm that has or had it."""

    work_order = serializers.UUIDField(source="work_order_id", read_only=True)
    holder = serializers.UUIDField(source="holder.id", read_only=True, allow_null=True)

    class Meta:
        model = AccessGrant
        fields = [
            "id", "work_order", "holder", "kind", "what", "handed_over_at", "returned_at", "returned_how", "received_at",
            "revoked_at",
        ]  # fmt: skip
        read_only_fields = fields


class AccessInput(Input):
    """What is handed over for which order."""

    work_order = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AccessGrant.Kind.choices, default=AccessGrant.Kind.KEY)
    what = serializers.CharField(max_length=200)
    details = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AccessBackInput(Input):
    how = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AccessDenyInput(Input):
    reason = serializers.CharField(max_length=200)
