"""Jobs, with lines, crew, unit reports, shortfall, margin and matches."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements import matching, serializers
from engagements import outlook as outlooks
from engagements.actions import crew, engagements, lines
from engagements.models import CrewMember, Engagement, EngagementLine
from engagements.placed import placed_so_far
from partnernet.core import clock
from partnernet.core.errors import RuleBroken
from partnernet.core.rest import CursorPages
from partners.api import FirmViewSet


class EngagementsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Engagement]):
    """The caller's jobs. Their state moves by steps, never by PATCH."""

    serializer_class = serializers.EngagementSerializer
    pagination_class = CursorPages
    scope = "engagements"
    open_to = ("owner", "dispatcher", "viewer")
    writers = ("owner", "dispatcher")
    queryset = Engagement.objects.none()

    def get_queryset(self) -> QuerySet[Engagement]:
        """Only the caller's firm's."""
        found = Engagement.objects.visible_to(self.member.firm_id).select_related("firm")
        wanted = self.request.query_params.get("status", "")
        return found.filter(status=wanted) if wanted and self.action == "list" else found

    def _answer(self, job: Engagement, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(job).data, status=code)

    @extend_schema(parameters=[OpenApiParameter("status", str, enum=Engagement.Status.values)])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List jobs, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=serializers.EngagementInput, responses={201: serializers.EngagementSerializer})
    def create(self, request: Request) -> Response:
        """Open a job as a draft."""
        typed = serializers.EngagementInput(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._answer(engagements.create(typed.facts(), by=self.member), status.HTTP_201_CREATED)

    @extend_schema(request=serializers.EngagementInput, responses=serializers.EngagementSerializer)
    @transaction.atomic
    def update(self, request: Request, pk: str) -> Response:
        """Change what a job says about itself. `If-Match` takes the ETag that was read."""
        job = self.to_change()
        typed = serializers.EngagementInput(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._answer(engagements.change(job, typed.facts(), by=self.member))

    @extend_schema(request=None, responses=serializers.EngagementSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Start the job."""
        return self._answer(engagements.activate(self.get_object(), by=self.member))

    @extend_schema(request=None, responses=serializers.EngagementSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """End a job whose work orders have all ended."""
        return self._answer(engagements.complete(self.get_object(), by=self.member))

    @extend_schema(methods=["get"], responses=serializers.LineSerializer(many=True))
    @extend_schema(
        methods=["post"], request=serializers.LineInput, responses={201: serializers.LineSerializer}
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """Read the lines in their order, or add one."""
        job = self.get_object()
        if request.method == "GET":
            found = EngagementLine.objects.filter(engagement=job).select_related("engagement").in_order()
            return Response(serializers.LineSerializer(found, many=True).data)
        typed = serializers.LineInput(data=request.data)
        typed.is_valid(raise_exception=True)
        line = lines.add(job, typed.facts(), by=self.member)
        return Response(serializers.LineSerializer(line).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=serializers.CrewSerializer(many=True))
    @extend_schema(
        methods=["post"], request=serializers.CrewInput, responses={201: serializers.CrewSerializer}
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def crew(self, request: Request, pk: str) -> Response:
        """Read the crew, or enter the hours of one of them."""
        job = self.get_object()
        if request.method == "GET":
            found = CrewMember.objects.filter(engagement=job).order_by("name", "pk")
            return Response(serializers.CrewSerializer(found, many=True).data)
        typed = serializers.CrewInput(data=request.data)
        typed.is_valid(raise_exception=True)
        person = crew.put(job, typed.facts(), by=self.member)
        return Response(serializers.CrewSerializer(person).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.UnitReportInput, responses={201: serializers.UnitReportSerializer})
    @action(
        detail=True, methods=["post"], url_path="unit-reports", writers=("owner", "dispatcher", "technician")
    )
    def unit_reports(self, request: Request, pk: str) -> Response:
        """Count off units that our own people finished."""
        job = self.get_object()
        typed = serializers.UnitReportInput(data=request.data)
        typed.is_valid(raise_exception=True)
        values = dict(typed.validated_data)
        line = get_object_or_404(EngagementLine, pk=values.pop("line"), engagement=job)
        report = lines.report_units(line, by=self.member, **values)
        return Response(serializers.UnitReportSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=serializers.ShortfallSerializer)
    @action(detail=True)
    def shortfall(self, request: Request, pk: str) -> Response:
        """Say whether the job makes its date."""
        outlook = outlooks.look_ahead(self.get_object(), now=clock.now())
        if outlook is None:
            raise RuleBroken("This job has no date, so nothing can miss it.", code="no_deadline")
        forecast = outlook.forecast
        more = {"sentence": outlook.sentence, "crew_minutes": forecast.have, "offered": forecast.bar.offered,
                "not_placed": forecast.bar.not_placed}  # fmt: skip
        return Response(serializers.ShortfallSerializer(vars(forecast) | more).data)

    @extend_schema(responses=serializers.PlacedSerializer)
    @action(detail=True)
    def margin(self, request: Request, pk: str) -> Response:
        """Say what stays of the work that is placed."""
        placed = placed_so_far(self.get_object())
        if placed is None:
            raise RuleBroken("Nothing of this job is placed yet.", code="nothing_placed")
        return Response(serializers.PlacedSerializer(placed).data)

    @extend_schema(
        parameters=[OpenApiParameter("units", int), OpenApiParameter("miles", int)],
        responses=serializers.MatchSerializer(many=True),
    )
    @action(detail=True, pagination_class=None)
    def matches(self, request: Request, pk: str) -> Response:
        """Rank the firms that could do `units` of the job, and say why."""
        job = self.get_object()
        found = (
            EngagementLine.objects.filter(engagement=job).select_related("site").prefetch_related("skills")
        )
        rows = list(found.in_order())
        if not rows:
            return Response([])
        skills = {skill.pk: skill for line in rows for skill in line.skills.all()}
        hours = _whole(request, "units", 0) * rows[0].estimated_minutes / 60
        wish = matching.Wish(
            job.firm_id, rows[0].site, tuple(skills.values()), _whole(request, "miles", 50), hours
        )
        ranked = matching.matches(wish, now=clock.now())
        return Response(serializers.MatchSerializer(ranked, many=True).data)


def _whole(request: Request, name: str, usual: int) -> int:
    typed = request.query_params.get(name, "")
    return min(int(typed), 1_000_000) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else usual
