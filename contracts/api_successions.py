"""What became of the caller's clients; protection follows."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from clients.actions.clients import WRITERS
from clients.actions.successions import Became
from clients.api import ReadersOnly
from clients.models import Client, ClientSuccession
from clients.serializers import ClientSuccessionInput, ClientSuccessionSerializer
from contracts.actions import successions


class ClientSuccessionsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadersOnly):
    """Clients that were sold, renamed, merged or split."""

    serializer_class = ClientSuccessionSerializer
    queryset = ClientSuccession.objects.none()
    writers = WRITERS

    def get_queryset(self) -> QuerySet[ClientSuccession]:
        found = ClientSuccession.objects.visible_to(self.member.firm_id)
        client = self.request.query_params.get("client", "") if self.action == "list" else ""
        if not client:
            return found
        return found.about(get_object_or_404(Client.objects.visible_to(self.member.firm_id), pk=client))

    @extend_schema(
        parameters=[OpenApiParameter("client", str, description="Only what concerns this client, by its id.")]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what became of clients, also what was taken back."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=ClientSuccessionInput, responses={201: ClientSuccessionSerializer})
    def create(self, request: Request) -> Response:
        """Say what became of a client. Every firm it is protected from is told."""
        reader = ClientSuccessionInput(data=request.data)
        reader.is_valid(raise_exception=True)
        typed = dict(reader.validated_data)
        client = get_object_or_404(Client.objects.visible_to(self.member.firm_id), pk=typed.pop("client"))
        became = Became(**{**typed, "sites": tuple(typed.get("sites", ()))})
        made = successions.record(client, became, by=self.member)
        return Response(ClientSuccessionSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ClientSuccessionSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take back what was written by mistake."""
        undone = successions.undo(self.get_object(), by=self.member)
        return Response(ClientSuccessionSerializer(undone).data)
