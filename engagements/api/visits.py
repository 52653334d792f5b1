"""Visits: going there, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import visits
from engagements.models import Visit
from engagements.serializers.visits import CheckInInput, VisitSerializer
from partners.api import FirmViewSet


class VisitsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Visit]):
    """Visits to the caller's firm's clients, and by its people. Technicians see their own."""

    serializer_class = VisitSerializer
    scope = "engagements"
    open_to = ("owner", "dispatcher", "technician", "viewer")
    writers = ("owner", "dispatcher", "technician")
    queryset = Visit.objects.none()

    def get_queryset(self) -> QuerySet[Visit]:
        """Both firms'; a technician's own."""
        found = Visit.objects.visible_to(self.member.firm_id)
        return found.of_technician(self.member) if self.member.role == "technician" else found

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Say that somebody will be there."""
        return self._step(visits.confirm)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="set-off")
    def set_off(self, request: Request, pk: str) -> Response:
        """Say that the technician is on the way."""
        return self._step(visits.set_off)

    @extend_schema(request=CheckInInput)
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, pk: str) -> Response:
        """Begin the work; without a position it is just as good."""
        typed = CheckInInput.read(request.data)
        latitude, longitude = typed.get("latitude"), typed.get("longitude")
        if latitude is None or longitude is None:
            return self._step(visits.check_in)
        return self._step(visits.check_in, position=visits.Position(latitude, longitude))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str) -> Response:
        """Leave the site."""
        return self._step(visits.finish)

    def _step(self, act: Callable[..., Visit], **values: Any) -> Response:
        return Response(self.get_serializer(act(self.get_object(), by=self.member, **values)).data)
