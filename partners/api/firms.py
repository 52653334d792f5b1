"""The directory, the caller's own firm, invitations of firms, and the caller's scores."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partnernet.core import clock, localtime
from partnernet.core.rest import CursorPages
from partners.actions import invites, off_network, reckoning
from partners.actions.off_network import Known
from partners.api.base import FirmViewSet
from partners.directory import Search, firms_told_to, with_all_told
from partners.models import Firm, FirmInvite, Member
from partners.serializers import (
    AskToJoinInput,
    FirmInviteSerializer,
    FirmSerializer,
    MyFirmSerializer,
    NewFirmInviteSerializer,
    OffNetworkInput,
    ScoreSerializer,
)

DESK = ("owner", "dispatcher", "finance", "viewer")


class ByName(CursorPages):
    """Firms in the order of their names."""

    ordering = ("name", "id")


class FirmsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Firm]):
    """Firms of the network, as the caller's firm may see them."""

    serializer_class = FirmSerializer
    pagination_class = ByName
    open_to = DESK
    queryset = Firm.objects.none()

    def get_queryset(self) -> QuerySet[Firm]:
        """Search only in lists."""
        search = Search.read(self.request.query_params.dict()) if self.action == "list" else Search()
        return firms_told_to(self.member, search)

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Part of a name or web domain."),
            OpenApiParameter("skill", str, description="A skill's slug."),
            OpenApiParameter(
                "near", str, description="A US ZIP code; else distances are from the caller's firm."
            ),
            OpenApiParameter("miles", int, description="At most so many miles away."),
            OpenApiParameter("community", str, description="A community's slug: only firms it confirmed."),
            OpenApiParameter("only", str, enum=["bench", "blocked"], description="Only these."),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Search the directory."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses=MyFirmSerializer)
    @action(detail=False, url_path="me", open_to=tuple(Member.Role.values), serializer_class=MyFirmSerializer)
    def me(self, request: Request) -> Response:
        """Say who the caller is, and in which firm."""
        own = Firm.objects.filter(pk=self.member.firm_id).with_partnership_of(self.member.firm_id)
        self.member.firm = with_all_told(own).get()
        return Response(self.get_serializer(self.member).data)

    @extend_schema(request=OffNetworkInput, responses={201: FirmSerializer})
    @action(
        detail=False,
        methods=["post"],
        url_path="off-network",
        scope="offers",
        writers=("owner", "dispatcher"),
    )
    def off_network(self, request: Request) -> Response:
        """Put a firm that is not on the network on the caller's own list. Nobody else sees it."""
        known = Known(**OffNetworkInput.read(request.data))
        made = off_network.add(known, by=self.member)
        shown = self.get_serializer(self.get_queryset().get(pk=made.pk))
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AskToJoinInput, responses={201: FirmInviteSerializer})
    @action(
        detail=True, methods=["post"], url_path="ask-to-join", scope="offers", writers=("owner", "dispatcher")
    )
    def ask_to_join(self, request: Request, pk: str) -> Response:
        """Invite a firm of the caller's own list to the network; what is under way goes on with it."""
        kept = self.get_object()
        made = invites.ask_to_join(kept, by=self.member, **AskToJoinInput.read(request.data))
        return Response(FirmInviteSerializer(made).data, status=status.HTTP_201_CREATED)


class FirmInvitesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[FirmInvite]):
    """Invitations of other firms that the caller's firm makes."""

    serializer_class = FirmInviteSerializer
    scope = "offers"
    open_to = DESK
    writers = ("owner", "dispatcher")
    queryset = FirmInvite.objects.none()

    def get_queryset(self) -> QuerySet[FirmInvite]:
        """Only those the caller's firm sent."""
        return FirmInvite.objects.sent_by(self.member.firm_id).select_related("card")

    @extend_schema(request=NewFirmInviteSerializer, responses={201: FirmInviteSerializer})
    def create(self, request: Request) -> Response:
        """Make the other firm's card and an invitation, not sent yet."""
        typed = NewFirmInviteSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        invite = invites.draft(invites.Invitee(**typed.validated_data), by=self.member)
        return Response(self.get_serializer(invite).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=FirmInviteSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Mail the invitation."""
        return Response(self.get_serializer(invites.send(self.get_object(), by=self.member)).data)

    @extend_schema(request=None, responses=FirmInviteSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Take the invitation back."""
        return Response(self.get_serializer(invites.revoke(self.get_object(), by=self.member)).data)


class ScoresViewSet(FirmViewSet[Any]):
    """The caller's own scores, with every event behind them."""

    serializer_class = ScoreSerializer
    pagination_class = None
    open_to = DESK

    @extend_schema(responses=ScoreSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Explain the four scores as of today."""
        today = localtime.day_in(clock.now(), self.member.firm.timezone)
        scores = reckoning.explain(self.member.firm, on=today)
        return Response(ScoreSerializer(scores.values(), many=True).data)
