"""What firms off the network answered, beside a work order that was given to them."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import recorded
from engagements.models import RecordedAnswer, WorkOrder
from engagements.serializers.recorded import RecordedAnswerSerializer, RecordInput
from partners.api import FirmViewSet


class RecordedAnswers(FirmViewSet[WorkOrder]):
    """Only the firm that wrote an answer down reads it; the other side has its copy by mail."""

    @extend_schema(methods=["get"], responses=RecordedAnswerSerializer(many=True))
    @extend_schema(methods=["post"], request=RecordInput, responses={201: RecordedAnswerSerializer})
    @action(detail=True, methods=["get", "post"], url_path="recorded-answers", pagination_class=None)
    def recorded_answers(self, request: Request, pk: str) -> Response:
        """List what was written down, the newest first; or take a step for a firm off the network, as agreed with it."""
        order = self.get_object()
        if request.method == "GET":
            rows = RecordedAnswer.objects.visible_to(self.member.firm_id).filter(work_order=order)
            return Response(
                RecordedAnswerSerializer(rows.order_by("-recorded_at", "-pk")[:200], many=True).data
            )
        typed = RecordInput(data=request.data)
        typed.is_valid(raise_exception=True)
        kept = recorded.record(order, typed.answer(), typed.spoken(), by=self.member)
        return Response(RecordedAnswerSerializer(kept).data, status=status.HTTP_201_CREATED)
