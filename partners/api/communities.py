"""Communities by API: which there are, and where the caller's firm belongs."""

from __future__ import annotations

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnernet.core.errors import IllegalStep, Invalid
from partnernet.core.rest import CursorPages, Input
from partners.actions import communities
from partners.api.base import FirmViewSet
from partners.models import Community, CommunityMembership


class CommunitySerializer(serializers.ModelSerializer[Community]):
    """A community of the trade, and what became of the caller's own membership."""

    ours = serializers.SerializerMethodField()

    class Meta:
        model = Community
        fields = ["id", "name", "slug", "website", "ours"]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "enum": ["asked", "confirmed", None]})
    def get_ours(self, community: Community) -> str | None:
        """`asked` or `confirmed` while the caller's firm belongs to it, else null."""
        ours: str | None = getattr(community, "ours", None)
        return ours


class LeaveInput(Input):
    """Which community."""

    community = serializers.UUIDField()


class BelongInput(LeaveInput):
    """Which community, and what shows it: a member number, or since when. Only whoever confirms reads that."""

    proof = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class CommunitiesViewSet(mixins.ListModelMixin, FirmViewSet[Community]):
    """Communities. Confirming is done by the people who look after them, on their page."""

    serializer_class = CommunitySerializer
    pagination_class = CursorPages
    scope = "offers"
    open_to = ("owner", "dispatcher", "finance", "viewer")
    writers = ("owner", "dispatcher")
    queryset = Community.objects.none()

    def get_queryset(self) -> QuerySet[Community]:
        """All of them, with what stands of the caller's own."""
        ours = CommunityMembership.objects.visible_to(self.member.firm_id).standing()
        return Community.objects.annotate(
            ours=Subquery(ours.filter(community=OuterRef("pk")).values("status")[:1])
        )

    @extend_schema(request=BelongInput, responses=CommunitySerializer)
    @action(detail=False, methods=["post"])
    def ask(self, request: Request) -> Response:
        """Say that the caller's firm belongs to one; its admin confirms."""
        typed = BelongInput.read(request.data)
        found = self._known(typed["community"])
        communities.ask(found, by=self.member, proof=typed["proof"])
        return Response(self.get_serializer(self._known(found.pk)).data)

    @extend_schema(request=LeaveInput, responses=CommunitySerializer)
    @action(detail=False, methods=["post"])
    def leave(self, request: Request) -> Response:
        """Take the caller's own membership, or the question, back."""
        found = self._known(LeaveInput.read(request.data)["community"])
        ours = CommunityMembership.objects.visible_to(self.member.firm_id).standing()
        standing = ours.filter(community=found).first()
        if standing is None:
            raise IllegalStep(f"Your firm has not named {found.name}.", open_steps=["ask"])
        communities.leave(standing, by=self.member)
        return Response(self.get_serializer(self._known(found.pk)).data)

    def _known(self, key: UUID) -> Community:
        found = self.get_queryset().filter(pk=key).first()
        if found is None:
            raise Invalid({"community": ["No community of the network has this id."]})
        return found
