"""The blind conflict check: its switch and its log."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import conflicts
from contracts.models import ConflictCheck
from partners.api.base import FirmViewSet


class ConflictCheckSerializer(serializers.ModelSerializer[ConflictCheck]):
    """That a check was made. `client` and `result` are for the firm that asked; the other learns who asked, and when."""

    prime = serializers.UUIDField(source="prime_id", read_only=True)
    prime_name = serializers.CharField(source="prime.name", read_only=True)
    sub = serializers.UUIDField(source="sub_id", read_only=True)
    sub_name = serializers.CharField(source="sub.name", read_only=True)
    client = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = ConflictCheck
        fields = ["id", "prime", "prime_name", "sub", "sub_name", "client", "result", "checked_at"]
        read_only_fields = fields

    def get_client(self, made: ConflictCheck) -> str | None:
        """The client's id, for the firm that asked."""
        return str(made.client_id) if self._asked(made) else None

    def get_result(self, made: ConflictCheck) -> str | None:
        """`may_serve` or `nothing_known`, for the firm that asked."""
        return made.result if self._asked(made) else None

    def _asked(self, made: ConflictCheck) -> bool:
        return made.prime_id == self.context.get("firm")


class TakesPartSerializer(serializers.Serializer[Any]):
    """Whether the caller's firm takes part."""

    takes_part = serializers.BooleanField()


class ConflictChecksViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[ConflictCheck]):
    """Checks that the caller's firm had made, and that others had made of it."""

    scope = "offers"
    open_to = ("owner", "dispatcher", "viewer")
    writers = ("owner",)
    serializer_class = ConflictCheckSerializer
    queryset = ConflictCheck.objects.none()

    def sides(self) -> list[Q]:
        return [Q(prime=self.member.firm_id), Q(sub=self.member.firm_id)]

    def get_queryset(self) -> QuerySet[ConflictCheck]:
        return ConflictCheck.objects.visible_to(self.member.firm_id).select_related("prime", "sub")

    def get_serializer_context(self) -> dict[str, Any]:
        firm = self.member.firm_id if hasattr(self, "member") else None
        return {**super().get_serializer_context(), "firm": firm}

    @extend_schema(request=None, responses=TakesPartSerializer)
    @action(detail=False, methods=["post"], url_path="turn-on")
    def turn_on(self, request: Request) -> Response:
        """Take part: the firm's clients are compared by keyed hashes of their web domains."""
        conflicts.turn_on(by=self.member)
        return Response({"takes_part": True})

    @extend_schema(request=None, responses=TakesPartSerializer)
    @action(detail=False, methods=["post"], url_path="turn-off")
    def turn_off(self, request: Request) -> Response:
        """Take no part any more; the firm's marks are deleted."""
        conflicts.turn_off(by=self.member)
        return Response({"takes_part": False})
