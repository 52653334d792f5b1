"""Work orders: split off jobs, offered, recalled."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements import serializers
from engagements.actions import floor, offers, orders
from engagements.api.changes import Changes
from engagements.api.recorded import RecordedAnswers
from engagements.api.talk import Messages
from engagements.models import Engagement, Offer, WorkOrder
from engagements.timeline import BEFORE_THE_DEAL
from partnernet.core.rest import CursorPages


class WorkOrdersViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Changes, Messages, RecordedAnswers):
    """Work orders that the caller's firm gave or was assigned. Technicians take part, and never read what is paid."""

    serializer_class = serializers.WorkOrderSerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = ("owner", "dispatcher", "finance", "viewer")
    writers = ("owner", "dispatcher")
    queryset = WorkOrder.objects.none()

    def get_queryset(self) -> QuerySet[WorkOrder]:
        """The orders of both sides; a list reads no more of what is beside an order than it shows."""
        found = WorkOrder.objects.visible_to(self.member.firm_id)
        found = found.for_api_list() if self.action == "list" else found.with_sides()
        if self.member.role == "technician":
            found = found.filter(pk__in=self.member.visits.values("work_order"))
        typed = self.request.query_params
        if self.action == "list" and typed.get("status"):
            found = found.filter(status=typed["status"])
        return found.prefetch_related("lines")

    def sides(self) -> list[Q]:
        """Both sides, or the one that `side` names."""
        firm = self.member.firm_id
        sides = {"given": Q(prime=firm), "taken": Q(sub=firm)}
        named = self.request.query_params.get("side", "")
        return [sides[named]] if named in sides else list(sides.values())

    @extend_schema(
        parameters=[
            OpenApiParameter("side", str, enum=["given", "taken"]),
            OpenApiParameter("status", str, enum=WorkOrder.Status.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List work orders, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        request=serializers.WorkOrderInput, responses={201: serializers.WorkOrderSerializer(many=True)}
    )
    def create(self, request: Request) -> Response:
        """Split units off a job: one draft order for each client."""
        typed = serializers.WorkOrderInput(data=request.data)
        typed.is_valid(raise_exception=True)
        jobs = Engagement.objects.visible_to(self.member.firm_id)
        job = get_object_or_404(jobs, pk=typed.validated_data["engagement"])
        made = orders.split(job, typed.pieces(), by=self.member, draft=typed.draft())
        return Response(self.get_serializer(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.OfferInput, responses={201: serializers.OfferSerializer(many=True)})
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, pk: str) -> Response:
        """Offer the order to firms."""
        order = self.get_object()
        typed = serializers.OfferInput(data=request.data)
        typed.is_valid(raise_exception=True)
        respond_by = typed.validated_data.get("respond_by")
        act = floor.offer_or_ask if typed.validated_data["ask_owner"] else offers.offer_work
        made = act(order, typed.recipients(), by=self.member, respond_by=respond_by)
        shown = serializers.OfferSerializer(made, many=True, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=serializers.OfferSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def offers(self, request: Request, pk: str) -> Response:
        """List the offers of an order; only the firm that gave it sees more than its own."""
        order = self.get_object()
        found = Offer.objects.visible_to(self.member.firm_id).with_terms().select_related("counter")
        rows = found.filter(work_order=order).order_by("-round", "position", "pk")[:200]
        return Response(
            serializers.OfferSerializer(rows, many=True, context=self.get_serializer_context()).data
        )

    @extend_schema(responses=serializers.EventSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Read the history, the newest first; what came before the deal is for the firm that gave the work."""
        order = self.get_object()
        events = order.events.order_by("-occurred_at", "-pk")
        if order.prime_id != self.member.firm_id:
            events = events.exclude(step__in=BEFORE_THE_DEAL).filter(occurred_at__gte=order.assigned_at)
        return Response(serializers.EventSerializer(events[:200], many=True).data)

    @extend_schema(request=None, responses=serializers.WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def recall(self, request: Request, pk: str) -> Response:
        """Take every open offer back."""
        return self._again(orders.recall(self.get_object(), by=self.member))

    def _again(self, order: WorkOrder) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=order.pk)).data)
