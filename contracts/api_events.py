"""What happened, in order, for programs: agreements, protected clients, claims, and what clients asked for."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.models import Announcement
from partnernet.core import clock
from partnernet.core.rest import CursorPages
from partners.api.base import FirmViewSet


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """One event. It says which, about what and when; ask for the subject to read more."""

    name = serializers.CharField(
        read_only=True, help_text="As docs/events.md lists them, such as `agreement.signed`."
    )
    subject = serializers.CharField(
        read_only=True, help_text="`agreement`, `protected_client`, `claim` or `approach_report`."
    )
    agreement = serializers.UUIDField(source="agreement_id", read_only=True, allow_null=True)
    status = serializers.CharField(
        read_only=True, help_text="How the subject stood after the step, as its own resource names it."
    )
    by = serializers.UUIDField(
        source="by_firm",
        read_only=True,
        allow_null=True,
        help_text="The firm that took the step; null: the clock.",
    )
    at = serializers.DateTimeField(source="occurred_at", read_only=True)

    class Meta:
        model = Announcement
        fields = ["id", "name", "subject", "subject_id", "agreement", "status", "by", "at"]
        read_only_fields = fields


class OldestFirst(CursorPages):
    """Pages in the order of writing."""

    ordering = ("recorded_at", "id")


class EventsViewSet(mixins.ListModelMixin, FirmViewSet[Announcement]):
    """Events that the caller's firm may know of. Those of claims are for owners and their keys."""

    open_to = ("owner", "dispatcher", "finance", "viewer")
    serializer_class = AnnouncementSerializer
    pagination_class = OldestFirst
    queryset = Announcement.objects.none()

    def get_queryset(self) -> QuerySet[Announcement]:
        before = clock.settled()
        found = Announcement.objects.visible_to(self.member.firm_id)
        if self.member.role != "owner":
            found = found.without_claims()
        if asked := self.request.query_params.get("after"):
            found = found.after(self._last(asked))
        return found.settled(before).in_order()

    @extend_schema(
        parameters=[
            OpenApiParameter("after", UUID, description="The id of the last event that you have handled.")
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what happened, the oldest first; none is ever put in before one that was shown."""
        return super().list(request, *args, **kwargs)

    def _last(self, asked: str) -> Announcement:
        try:
            return Announcement.objects.visible_to(self.member.firm_id).get(pk=UUID(asked))
        except (ValueError, Announcement.DoesNotExist):
            raise serializers.ValidationError({"after": ["This is no event of yours."]}) from None
