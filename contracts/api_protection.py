"""Protected clients: the notice, “already ours”, and letting a client go."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import protection, releases
from contracts.api import ReadersOnly
from contracts.models import ClientRelease, ProtectedClient
from contracts.serializers import (
    ClientReleaseSerializer,
    PaperInput,
    ProtectedClientSerializer,
    ReleaseInput,
)
from partnernet.core import uploads
from partners.actions.roles import only


class ProtectedClientsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ReadersOnly):
    """Clients protected between the caller's firm and others."""

    serializer_class = ProtectedClientSerializer
    queryset = ProtectedClient.objects.none()
    writers = protection.DECIDERS

    def get_queryset(self) -> QuerySet[ProtectedClient]:
        return ProtectedClient.objects.visible_to(self.member.firm_id).select_related("prime", "sub")

    @extend_schema(request=None, responses=ProtectedClientSerializer)
    @action(detail=True, methods=["post"], url_path="read-notice")
    def read_notice(self, request: Request, pk: str) -> Response:
        """Say that the notice was read; the first time counts."""
        protection.read_notice(self.get_object(), by=self.member)
        return self._shown()

    @extend_schema(request=PaperInput, responses=ProtectedClientSerializer)
    @action(
        detail=True, methods=["post"], url_path="declare-prior", parser_classes=[JSONParser, MultiPartParser]
    )
    def declare_prior(self, request: Request, pk: str) -> Response:
        """Declare that the client was the caller's own before the notice."""
        found, typed = self.get_object(), PaperInput.read(request.data)
        sent = typed.get("file")
        upload = uploads.paper(sent.read(), sent.name or "paper") if sent else None
        paper = protection.Paper(typed["evidence"], typed["evidence_on"], upload)
        protection.declare_prior(found, paper, by=self.member)
        return self._shown()

    @extend_schema(request=None, responses=ProtectedClientSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Accept the declaration: the client is released."""
        only(self.member, "owner")
        protection.release(self.get_object(), by=self.member)
        return self._shown()

    @extend_schema(request=None, responses=ProtectedClientSerializer)
    @action(detail=True, methods=["post"])
    def insist(self, request: Request, pk: str) -> Response:
        """Dispute the declaration: the client stays protected, and the other firm may leave without blame."""
        only(self.member, "owner")
        protection.insist(self.get_object(), by=self.member)
        return self._shown()

    @extend_schema(request=None, responses=ProtectedClientSerializer)
    @action(detail=True, methods=["post"])
    def reserve(self, request: Request, pk: str) -> Response:
        """Let urgent work start while a declaration is open; it takes an owner of each firm."""
        only(self.member, "owner")
        protection.reserve(self.get_object(), by=self.member)
        return self._shown()

    @extend_schema(methods=["get"], responses=ClientReleaseSerializer(many=True))
    @extend_schema(methods=["post"], request=ReleaseInput, responses={201: ClientReleaseSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def releases(self, request: Request, pk: str) -> Response:
        """List the releases of a client, or let it go with or without a fee."""
        found = self.get_object()
        if request.method == "GET":
            rows = found.releases.newest_first()
            return Response(ClientReleaseSerializer(rows, many=True).data)
        only(self.member, "owner")
        typed = ReleaseInput.read(request.data)
        made = releases.offer(found, by=self.member, fee_percent=typed["percent"], note_to_them=typed["note"])
        return Response(ClientReleaseSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ClientReleaseSerializer)
    @action(detail=True, methods=["post"], url_path="releases/(?P<release>[0-9a-f-]{36})/take")
    def take_release(self, request: Request, pk: str, release: UUID) -> Response:
        """Agree to a release and its fee."""
        return self._answered(releases.take, release)

    @extend_schema(request=None, responses=ClientReleaseSerializer)
    @action(detail=True, methods=["post"], url_path="releases/(?P<release>[0-9a-f-]{36})/refuse")
    def refuse_release(self, request: Request, pk: str, release: UUID) -> Response:
        """Leave the client where it is."""
        return self._answered(releases.refuse, release)

    @extend_schema(request=None, responses=ClientReleaseSerializer)
    @action(detail=True, methods=["post"], url_path="releases/(?P<release>[0-9a-f-]{36})/withdraw")
    def withdraw_release(self, request: Request, pk: str, release: UUID) -> Response:
        """Take back a release that nobody has answered."""
        return self._answered(releases.withdraw, release)

    def _answered(self, act: Any, release: UUID) -> Response:
        only(self.member, "owner")
        made = get_object_or_404(ClientRelease, protected_client=self.get_object().pk, pk=release)
        return Response(ClientReleaseSerializer(act(made, by=self.member)).data)

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
