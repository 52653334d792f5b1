"""Questions about offers, and messages beside work orders."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import talk
from engagements.api.onsite import CREW, OnSite, key_of
from engagements.models import Message, Offer, Question
from engagements.serializers.talk import (
    AnswerInput,
    MessageInput,
    MessageSerializer,
    QuestionInput,
    QuestionSerializer,
)
from partnernet.core.rest import CursorPages
from partners.api import FirmViewSet

EVERYBODY = ("owner", "dispatcher", "finance", "technician", "viewer")


class QuestionsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Question]):
    """Questions about offers that the caller's firm made, and of the rounds in which it was asked."""

    serializer_class = QuestionSerializer
    pagination_class = CursorPages
    scope = "offers"
    open_to = ("owner", "dispatcher", "viewer")
    writers = ("owner", "dispatcher")
    queryset = Question.objects.none()

    def get_queryset(self) -> QuerySet[Question]:
        """What the firm may read; of one offer's round when it is named."""
        found = Question.objects.visible_to(self.member.firm_id).select_related("offer__work_order__client")
        named = self.request.query_params.get("offer", "")
        if self.action == "list" and named:
            offer = get_object_or_404(Offer.objects.visible_to(self.member.firm_id), pk=key_of(named))
            found = found.in_round_of(offer)
        return found

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializer who reads."""
        firm = self.member.firm_id if hasattr(self, "member") else None
        return {**super().get_serializer_context(), "firm": firm}

    @extend_schema(
        parameters=[OpenApiParameter("offer", str, description="Those of the round of this offer.")]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List questions, the newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=QuestionInput, responses={201: QuestionSerializer})
    def create(self, request: Request) -> Response:
        """Ask about an offer: three times a round."""
        typed = QuestionInput.read(request.data)
        offer = get_object_or_404(Offer.objects.visible_to(self.member.firm_id), pk=typed["offer"])
        made = talk.ask(offer, by=self.member, text=typed["text"])
        return Response(self._again(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=AnswerInput, responses=QuestionSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer to every firm of the round; nobody learns who asked."""
        return Response(
            self._again(talk.answer(self.get_object(), by=self.member, **AnswerInput.read(request.data)))
        )

    def _again(self, question: Question) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=question.pk)).data


class Messages(OnSite):
    """What is written beside a work order. Technicians read and write what both firms read."""

    @extend_schema(methods=["get"], responses=MessageSerializer(many=True))
    @extend_schema(methods=["post"], request=MessageInput, responses={201: MessageSerializer})
    @action(detail=True, methods=["get", "post"], open_to=EVERYBODY, writers=CREW, pagination_class=None)
    def messages(self, request: Request, pk: str) -> Response:
        """List the newest 200 messages, or write one."""
        order = self.get_object()
        if request.method == "GET":
            visible = Message.objects.visible_to(self.member).filter(work_order=order)
            unread = Message.objects.unread_by(self.member).filter(work_order=order)
            rows = visible.with_people().order_by("-written_at", "-pk")[:200]
            new = set(unread.values_list("pk", flat=True))
            return Response(MessageSerializer(rows, many=True, context={"new": new}).data)
        written = talk.write(order, by=self.member, **MessageInput.read(request.data))
        shown = MessageSerializer(written, context={"new": set()})
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="messages/read", writers=EVERYBODY)
    def read_messages(self, request: Request, pk: str) -> Response:
        """Mark what is written as read."""
        talk.mark_read(self.get_object(), by=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)
