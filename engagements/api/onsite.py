"""What is done under a work order: briefing, counting, ticking, files, problems, handing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import onsite, preparing, submissions, visits
from engagements.actions.preparing import ToTick
from engagements.models import Problem, Submission, Task, WorkOrder
from engagements.serializers import UnitReportSerializer, WorkOrderSerializer
from engagements.serializers import visits as typed
from partnernet.core import uploads
from partnernet.core.errors import Invalid
from partners.api import FirmViewSet

READERS = ("owner", "dispatcher", "technician", "viewer")
LEADS = ("owner", "dispatcher")
CREW = ("owner", "dispatcher", "technician")
KEY = "[0-9a-f-]{36}"


class OnSite(FirmViewSet[WorkOrder]):
    """The steps of a work order under way. Technicians come here, for the orders they have a visit of."""

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializers who reads, and in which role."""
        known = hasattr(self, "member")
        return {
            **super().get_serializer_context(),
            "firm": self.member.firm_id if known else None,
            "role": self.member.role if known else "technician",
        }

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="acknowledge-briefing", writers=CREW)
    def acknowledge_briefing(self, request: Request, pk: str) -> Response:
        """Accept the four rules of conduct."""
        visits.acknowledge_briefing(self.get_object(), by=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=typed.CountInput, responses={201: UnitReportSerializer})
    @action(detail=True, methods=["post"], url_path="unit-reports", writers=CREW)
    def unit_reports(self, request: Request, pk: str) -> Response:
        """Count off units that were finished."""
        order, counted = self.get_object(), typed.CountInput.read(request.data)
        report = onsite.count_units(order, by=self.member, **counted)
        return Response(UnitReportSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=typed.TaskSerializer(many=True))
    @extend_schema(
        methods=["post"],
        operation_id="work_orders_tasks_add",
        request=typed.TaskInput,
        responses={201: typed.TaskSerializer},
    )
    @action(detail=True, methods=["get", "post"], open_to=READERS, writers=LEADS, pagination_class=None)
    def tasks(self, request: Request, pk: str) -> Response:
        """List the tasks in their order, or lay out one more."""
        order = self.get_object()
        if request.method == "GET":
            return Response(typed.TaskSerializer(order.tasks.order_by("position"), many=True).data)
        task = preparing.add_task(order, ToTick(**typed.TaskInput.read(request.data)), by=self.member)
        return Response(typed.TaskSerializer(task).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=typed.TickInput, responses=typed.TaskSerializer)
    @action(detail=True, methods=["post"], url_path=f"tasks/(?P<task>{KEY})", writers=CREW)
    def task(self, request: Request, pk: str, task: UUID) -> Response:
        """Tick a task, or take the tick back."""
        found = get_object_or_404(Task, pk=key_of(task), work_order=self.get_object())
        ticked = onsite.tick(found, by=self.member, **typed.TickInput.read(request.data))
        return Response(typed.TaskSerializer(ticked).data)

    @extend_schema(methods=["get"], responses=typed.DeliverableSerializer(many=True))
    @extend_schema(
        methods=["post"],
        request={"multipart/form-data": typed.PhotoInput},
        responses={201: typed.DeliverableSerializer},
    )
    @action(
        detail=True, methods=["get", "post"], open_to=READERS, writers=CREW, pagination_class=None,
        parser_classes=[MultiPartParser],
    )  # fmt: skip
    def deliverables(self, request: Request, pk: str) -> Response:
        """List what was kept, or add a photo."""
        order = self.get_object()
        if request.method == "GET":
            rows = order.deliverables.order_by("uploaded_at", "pk")
            return Response(typed.DeliverableSerializer(rows, many=True).data)
        sent = uploads.sent(request._request, request.FILES)  # noqa: SLF001 - the upload handlers mark Django's request
        taken_for = typed.PhotoInput.read(request.data).get("task")
        photo = uploads.picture(sent.read(), sent.name or "photo")
        kept = onsite.add_photo(order, by=self.member, photo=photo, task=taken_for)
        return Response(typed.DeliverableSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=typed.ProblemSerializer(many=True))
    @extend_schema(methods=["post"], request=typed.ProblemInput, responses={201: typed.ProblemSerializer})
    @action(detail=True, methods=["get", "post"], open_to=READERS, writers=CREW, pagination_class=None)
    def problems(self, request: Request, pk: str) -> Response:
        """List what went wrong, or say that something is."""
        order = self.get_object()
        if request.method == "GET":
            rows = order.problems.order_by("-opened_at", "-pk")
            return Response(typed.ProblemSerializer(rows, many=True).data)
        opened = onsite.report_problem(order, by=self.member, **typed.ProblemInput.read(request.data))
        return Response(typed.ProblemSerializer(opened).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=typed.ApproachInput, responses={201: typed.ApproachSerializer})
    @action(detail=True, methods=["post"], url_path="approach-reports", writers=CREW)
    def approach_reports(self, request: Request, pk: str) -> Response:
        """Pass on that the client asked for more. The sub is on record as having done so."""
        order, asked = self.get_object(), submissions.ClientAsked(**typed.ApproachInput.read(request.data))
        report = submissions.client_asked(order, by=self.member, asked=asked)
        return Response(typed.ApproachSerializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=typed.ResolutionInput, responses=typed.ProblemSerializer)
    @action(detail=True, methods=["post"], url_path=f"problems/(?P<problem>{KEY})/resolve", writers=CREW)
    def resolve_problem(self, request: Request, pk: str, problem: UUID) -> Response:
        """Say how a problem was resolved."""
        found = get_object_or_404(Problem, pk=key_of(problem), work_order=self.get_object())
        resolved = onsite.resolve_problem(found, by=self.member, **typed.ResolutionInput.read(request.data))
        return Response(typed.ProblemSerializer(resolved).data)

    @extend_schema(responses=typed.SubmissionSerializer(many=True))
    @action(detail=True, open_to=(*READERS, "finance"), pagination_class=None)
    def submissions(self, request: Request, pk: str) -> Response:
        """List what was handed in, the newest first."""
        rows = self.get_object().submissions.order_by("-number")
        return Response(self._shown(rows, many=True).data)

    @extend_schema(request=typed.SubmitInput, responses={201: typed.SubmissionSerializer})
    @action(detail=True, methods=["post"], writers=CREW)
    def submit(self, request: Request, pk: str) -> Response:
        """Hand the work in; the pay is reckoned from what was done."""
        handed_in = typed.SubmitInput.read(request.data)
        act = submissions.submit_part if handed_in.pop("part") else submissions.submit
        made = act(self.get_object(), by=self.member, **handed_in)
        return Response(self._shown(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=typed.SendBackInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """Ask for something to be put right."""
        order, asked = self.get_object(), typed.SendBackInput.read(request.data)
        found = self.submission(order, asked["submission"])
        submissions.send_back(found, by=self.member, reason=asked["reason"])
        return Response(self.get_serializer(self.get_object()).data)

    def submission(self, order: WorkOrder, key: UUID) -> Submission:
        """Return the order's submission that the caller names, or 404."""
        return get_object_or_404(Submission, pk=key, work_order=order)

    def _shown(self, shown: Any, **options: Any) -> typed.SubmissionSerializer:
        return typed.SubmissionSerializer(shown, context=self.get_serializer_context(), **options)


def key_of(text: UUID | str) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise Invalid({"id": ["This is not an id."]}) from error
