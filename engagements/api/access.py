"""Keys, accounts and tools that were handed over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import access
from engagements.api.onsite import CREW, key_of
from engagements.models import AccessGrant, WorkOrder
from engagements.serializers.access import (
    AccessBackInput,
    AccessDenyInput,
    AccessGrantSerializer,
    AccessInput,
)
from partnernet.core.rest import CursorPages
from partners.api import FirmViewSet

LEADS = ("owner", "dispatcher")


class AccessGrantsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[AccessGrant]):
    """What the caller's firm handed over, and what it holds or held."""

    serializer_class = AccessGrantSerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = ("owner", "dispatcher", "viewer")
    writers = LEADS
    queryset = AccessGrant.objects.none()

    def get_queryset(self) -> QuerySet[AccessGrant]:
        """What the firm may read; of one order when it is named."""
        found = AccessGrant.objects.visible_to(self.member.firm_id).with_work()
        named = self.request.query_params.get("work_order", "") if self.action == "list" else ""
        return found.filter(work_order=key_of(named)) if named else found

    @extend_schema(parameters=[OpenApiParameter("work_order", str, description="Only that of this order.")])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List access, settled or not, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=AccessInput, responses={201: AccessGrantSerializer})
    def create(self, request: Request) -> Response:
        """Hand over a key, an account or a tool for the work of an order."""
        typed = AccessInput.read(request.data)
        order = get_object_or_404(
            WorkOrder.objects.visible_to(self.member.firm_id), pk=typed.pop("work_order")
        )
        made = access.hand_over(order, access.Access(**typed), by=self.member)
        return Response(self._again(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=AccessBackInput, responses=AccessGrantSerializer)
    @action(detail=True, methods=["post"], url_path="hand-back", writers=CREW)
    def hand_back(self, request: Request, pk: str) -> Response:
        """Say that it was handed back, and how."""
        grant, typed = self.get_object(), AccessBackInput.read(request.data)
        return Response(self._again(access.hand_back(grant, by=self.member, **typed)))

    @extend_schema(request=None, responses=AccessGrantSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str) -> Response:
        """Say that it is back."""
        return Response(self._again(access.receive(self.get_object(), by=self.member)))

    @extend_schema(request=AccessDenyInput, responses=AccessGrantSerializer)
    @action(detail=True, methods=["post"])
    def deny(self, request: Request, pk: str) -> Response:
        """Say that it did not arrive: it is owed again."""
        grant, typed = self.get_object(), AccessDenyInput.read(request.data)
        return Response(self._again(access.deny(grant, by=self.member, **typed)))

    @extend_schema(request=None, responses=AccessGrantSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Say that it opens nothing any more."""
        return Response(self._again(access.revoke(self.get_object(), by=self.member)))

    def _again(self, grant: AccessGrant) -> Any:
        shown = AccessGrant.objects.with_work().get(pk=grant.pk)
        return self.get_serializer(shown).data
