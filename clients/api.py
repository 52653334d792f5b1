"""The caller's own clients and their sites."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from clients.actions import clients as actions
from clients.actions.clients import ClientFacts, SiteFacts
from clients.models import Client, Site
from clients.serializers import (
    ClientInput,
    ClientSerializer,
    LeftInput,
    NewSiteInput,
    SiteInput,
    SiteSerializer,
)
from partners.api.base import FirmViewSet

READERS = ("owner", "dispatcher", "finance", "viewer")


class ReadersOnly(FirmViewSet[Any]):
    """Technicians see a client through their visits, never through the list."""

    scope = "engagements"
    open_to = READERS
    writers = actions.WRITERS


class ClientsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadersOnly):
    """Clients. Only the firm itself sees them."""

    serializer_class = ClientSerializer
    queryset = Client.objects.none()

    def get_queryset(self) -> QuerySet[Client]:
        found = Client.objects.visible_to(self.member.firm_id).select_related("firm")
        params = self.request.query_params
        if sought := params.get("q", "")[:100]:
            found = found.named_like(sought)
        return found.filter(external_id=params["external_id"]) if params.get("external_id") else found

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Part of a name, alias, domain or town."),
            OpenApiParameter("external_id", str, description="The id in the caller's PSA."),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Search the caller's clients."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ClientInput, responses={201: ClientSerializer})
    def create(self, request: Request) -> Response:
        """Enter a client."""
        client = actions.add_client(ClientFacts(**_read(ClientInput, request)), by=self.member)
        return Response(ClientSerializer(client).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ClientInput, responses=ClientSerializer)
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is given; the rest stays. `If-Match` takes the ETag that was read."""
        client = self.to_change()
        known = {name: getattr(client, name) for name in ClientFacts.__dataclass_fields__}
        facts = replace(ClientFacts(**known), **_read(ClientInput, request, partial=True))
        return Response(ClientSerializer(actions.change_client(client, facts, by=self.member)).data)

    @extend_schema(request=LeftInput, responses=ClientSerializer)
    @action(detail=True, methods=["post"])
    def left(self, request: Request, pk: str) -> Response:
        """Write down on which day a client left; without a day, that it is back."""
        client, left_on = self.get_object(), LeftInput.read(request.data)["left_on"]
        return Response(ClientSerializer(actions.mark_left(client, by=self.member, on=left_on)).data)


class SitesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadersOnly):
    """Sites of the caller's clients."""

    serializer_class = SiteSerializer
    queryset = Site.objects.none()

    def get_queryset(self) -> QuerySet[Site]:
        found = Site.objects.visible_to(self.member.firm_id)
        client = self.request.query_params.get("client", "")
        return found.filter(client=_known(client, self.member.firm_id)) if client else found

    @extend_schema(
        parameters=[OpenApiParameter("client", str, description="Only the sites of this client, by its id.")]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List sites."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=NewSiteInput, responses={201: SiteSerializer})
    def create(self, request: Request) -> Response:
        """Enter a site of a client."""
        typed = _read(NewSiteInput, request)
        client = _known(typed.pop("client"), self.member.firm_id)
        site = actions.add_site(client, SiteFacts(**typed), by=self.member)
        return Response(SiteSerializer(site).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SiteInput, responses=SiteSerializer)
    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is given; the rest stays. `If-Match` takes the ETag that was read."""
        site = self.to_change()
        known = {name: getattr(site, name) for name in SiteFacts.__dataclass_fields__}
        facts = replace(SiteFacts(**known), **_read(SiteInput, request, partial=True))
        return Response(SiteSerializer(actions.change_site(site, facts, by=self.member)).data)


def _known(client: UUID | str, firm: UUID) -> Client:
    return get_object_or_404(Client.objects.visible_to(firm), pk=client)


def _read(
    reader: type[ClientInput] | type[SiteInput], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    typed = reader(data=request.data, partial=partial)
    typed.is_valid(raise_exception=True)
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in typed.validated_data.items()
    }
