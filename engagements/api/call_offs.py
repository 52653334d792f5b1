"""What happens under cover: call-offs, and the time that was worked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import call_offs, timekeeping
from engagements.api.onsite import CREW, READERS, key_of
from engagements.models import CallOff, TimeEntry, WorkOrder
from engagements.serializers import call_offs as typed
from partnernet.core.rest import CursorPages, Input
from partners.api import FirmViewSet

OF_ORDER = OpenApiParameter("work_order", str, description="Those under this cover order.")


class CallOffsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[CallOff]):
    """Tickets called off under cover that the caller's firm gave or keeps. Technicians see those of cover they keep."""

    serializer_class = typed.CallOffSerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = READERS
    writers = ("owner", "dispatcher")
    queryset = CallOff.objects.none()

    def get_queryset(self) -> QuerySet[CallOff]:
        """Both firms'; a technician's own."""
        found = CallOff.objects.visible_to(self.member.firm_id)
        if self.member.role == "technician":
            found = found.of_technician(self.member)
        named, wanted = (self.request.query_params.get(name, "") for name in ("work_order", "status"))
        if self.action == "list" and named:
            found = found.filter(work_order=key_of(named))
        if self.action == "list" and wanted:
            found = found.filter(status=wanted)
        return found.select_related("work_order", "client", "site").with_minutes()

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializer who reads."""
        firm = self.member.firm_id if hasattr(self, "member") else None
        return {**super().get_serializer_context(), "firm": firm}

    @extend_schema(parameters=[OF_ORDER, OpenApiParameter("status", str, enum=CallOff.Status.values)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List call-offs, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=typed.CallOffInput, responses={201: typed.CallOffSerializer})
    def create(self, request: Request) -> Response:
        """Call a ticket off under cover that runs."""
        sent = typed.CallOffInput(data=request.data)
        sent.is_valid(raise_exception=True)
        orders = WorkOrder.objects.visible_to(self.member.firm_id)
        order = get_object_or_404(orders, pk=sent.validated_data["work_order"])
        made = call_offs.call_off(order, sent.call(), by=self.member)
        return Response(self._shown(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=typed.AcknowledgeInput)
    @action(detail=True, methods=["post"], writers=CREW)
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Answer it: the client becomes protected, its name and address open."""
        return self._step(call_offs.acknowledge, typed.AcknowledgeInput)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], writers=CREW)
    def finish(self, request: Request, pk: str) -> Response:
        """Say that it is done."""
        return self._step(call_offs.finish)

    @extend_schema(request=typed.CapInput)
    @action(detail=True, methods=["post"], url_path="raise-cap")
    def raise_cap(self, request: Request, pk: str) -> Response:
        """Pay more hours for it."""
        return self._step(call_offs.raise_cap, typed.CapInput)

    @extend_schema(request=typed.CallBackInput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Call it back. Time that was worked on it is paid."""
        return self._step(call_offs.cancel, typed.CallBackInput)

    def _step(self, act: Callable[..., CallOff], takes: type[Input] | None = None) -> Response:
        # Whoever may not see it learns that first, whatever was sent.
        called = self.get_object()
        sent = takes.read(self.request.data) if takes else {}
        return Response(self._shown(act(called, by=self.member, **sent)))

    def _shown(self, called: CallOff) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=called.pk)).data


class TimeEntriesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[TimeEntry]):
    """Time that was worked under cover. Technicians see their own."""

    serializer_class = typed.TimeEntrySerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = (*READERS, "finance")
    writers = CREW
    queryset = TimeEntry.objects.none()

    def get_queryset(self) -> QuerySet[TimeEntry]:
        """Both firms'; a technician's own."""
        found = TimeEntry.objects.visible_to(self.member.firm_id).select_related("work_order", "person__user")
        if self.member.role == "technician":
            found = found.filter(person=self.member)
        for name in ("work_order", "call_off"):
            named = self.request.query_params.get(name, "")
            if self.action == "list" and named:
                found = found.filter(Q(**{name: key_of(named)}))
        return found

    @extend_schema(
        parameters=[OF_ORDER, OpenApiParameter("call_off", str, description="Those of this call-off.")]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List time entries, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=typed.TimeEntryInput, responses={201: typed.TimeEntrySerializer})
    def create(self, request: Request) -> Response:
        """Log time."""
        sent = typed.TimeEntryInput(data=request.data)
        sent.is_valid(raise_exception=True)
        orders = WorkOrder.objects.visible_to(self.member.firm_id)
        order = get_object_or_404(orders, pk=sent.validated_data["work_order"])
        made = timekeeping.log(order, sent.worked(), by=self.member)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def strike(self, request: Request, pk: str) -> Response:
        """Strike out what was logged wrongly, until it is handed in."""
        return Response(self.get_serializer(timekeeping.strike(self.get_object(), by=self.member)).data)
