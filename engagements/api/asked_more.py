"""What clients asked other firms for, and the answers to it."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import approaches
from contracts.models import ApproachReport
from engagements.actions import asked_more
from engagements.models import WorkOrder
from engagements.serializers.asked_more import (
    AnswerApproachInput,
    ApproachReportSerializer,
    MakeChangeInput,
    MakeWorkInput,
    ReleaseApproachInput,
)
from partnernet.core.rest import CursorPages
from partners.api import FirmViewSet


class ApproachReportsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[ApproachReport]):
    """What clients asked for: passed on to the caller's firm, and by it. `work-orders/{id}/approach-reports/` makes one."""

    serializer_class = ApproachReportSerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = ("owner", "dispatcher", "viewer")
    writers = ("owner", "dispatcher")
    queryset = ApproachReport.objects.none()

    def sides(self) -> list[Q]:
        """Return what the firm stands on either side of."""
        return [Q(prime=self.member.firm_id), Q(sub=self.member.firm_id)]

    def get_queryset(self) -> QuerySet[ApproachReport]:
        """Both firms keep what was passed on."""
        found = ApproachReport.objects.visible_to(self.member.firm_id).select_related(
            "prime", "sub", "client"
        )
        wanted = self.request.query_params.get("status", "") if self.action == "list" else ""
        return found.filter(status=wanted) if wanted else found

    @extend_schema(parameters=[OpenApiParameter("status", str, description="Only those in this status.")])
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List what clients asked for, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=None, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that it was heard; what becomes of it is said later."""
        return self._taken(approaches.acknowledge)

    @extend_schema(request=AnswerApproachInput, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"], url_path="refer-back")
    def refer_back(self, request: Request, pk: str) -> Response:
        """Take it over: the caller's firm talks with its client itself."""
        return self._taken(approaches.refer_back, **AnswerApproachInput.read(request.data))

    @extend_schema(request=MakeChangeInput, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"], url_path="make-change")
    def make_change(self, request: Request, pk: str) -> Response:
        """Ask for a change of the running work."""
        found = self.get_object()
        asked_more.make_change(found, by=self.member, **MakeChangeInput.read(request.data))
        return self._shown()

    @extend_schema(request=MakeWorkInput, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"], url_path="make-work")
    def make_work(self, request: Request, pk: str) -> Response:
        """Say which draft order it becomes; the reporter gets the first offer."""
        found, orders = self.get_object(), WorkOrder.objects.given_by(self.member.firm_id)
        order = get_object_or_404(orders, pk=MakeWorkInput.read(request.data)["work_order"])
        asked_more.make_work(found, order, by=self.member)
        return self._shown()

    @extend_schema(request=ReleaseApproachInput, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Let the reporter do it: at once, or for a fee that its owner agrees to. Owners."""
        typed = ReleaseApproachInput.read(request.data)
        return self._taken(approaches.release, fee_percent=typed["percent"], answer=typed["answer"])

    @extend_schema(request=None, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"], url_path="take-release")
    def take_release(self, request: Request, pk: str) -> Response:
        """Agree to the fee. Owners."""
        return self._taken(approaches.take_release)

    @extend_schema(request=None, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"], url_path="refuse-release")
    def refuse_release(self, request: Request, pk: str) -> Response:
        """Leave it to the firm whose client it is. Owners."""
        return self._taken(approaches.refuse_release)

    @extend_schema(request=AnswerApproachInput, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Say that it is not done, and why."""
        reason = AnswerApproachInput.read(request.data)["answer"]
        return self._taken(approaches.decline, reason=reason)

    @extend_schema(request=None, responses=ApproachReportSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Put an answered report away."""
        return self._taken(approaches.close)

    def _taken(self, step: Callable[..., ApproachReport], **facts: object) -> Response:
        step(self.get_object(), by=self.member, **facts)
        return self._shown()

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
