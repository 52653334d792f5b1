"""Changes of a running order: asked, agreed to, refused, taken back."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements.actions import backups, changes, holding
from engagements.api.onsite import CREW, KEY, OnSite, key_of
from engagements.models import ChangeRequest
from engagements.serializers import WorkOrderSerializer
from engagements.serializers.changes import (
    BackupInput,
    ChangeRequestInput,
    ChangeRequestSerializer,
    HoldInput,
    RefuseInput,
    ResumeInput,
)

READERS = ("owner", "dispatcher", "finance", "technician", "viewer")


class Changes(OnSite):
    """What the two firms of an order ask of each other. Technicians read what they asked for themselves."""

    @extend_schema(methods=["get"], responses=ChangeRequestSerializer(many=True))
    @extend_schema(methods=["post"], request=ChangeRequestInput, responses={201: ChangeRequestSerializer})
    @action(
        detail=True, methods=["get", "post"], url_path="change-requests", open_to=READERS, writers=CREW,
        pagination_class=None,
    )  # fmt: skip
    def change_requests(self, request: Request, pk: str) -> Response:
        """List the changes that were asked for, the newest first, or ask for one."""
        order = self.get_object()
        if request.method == "GET":
            found = ChangeRequest.objects.of_deal(order).order_by("-asked_at", "-pk")
            if self.member.role == "technician":
                found = found.filter(asked_by=self.member)
            return Response(ChangeRequestSerializer(found[:200], many=True).data)
        asked = changes.ask(order, ChangeRequestInput.wanted(request.data, order), by=self.member)
        return Response(ChangeRequestSerializer(asked).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ChangeRequestSerializer)
    @action(detail=True, methods=["post"], url_path=f"change-requests/(?P<change>{KEY})/agree")
    def agree_to_change(self, request: Request, pk: str, change: UUID) -> Response:
        """Agree: the terms of the order change for both."""
        asked = self._change(change)
        changes.agree(asked, by=self.member)
        return self._shown_change(asked)

    @extend_schema(request=RefuseInput, responses=ChangeRequestSerializer)
    @action(detail=True, methods=["post"], url_path=f"change-requests/(?P<change>{KEY})/refuse")
    def refuse_change(self, request: Request, pk: str, change: UUID) -> Response:
        """Keep what was agreed."""
        asked = self._change(change)
        changes.refuse(asked, by=self.member, **RefuseInput.read(request.data))
        return self._shown_change(asked)

    @extend_schema(request=None, responses=ChangeRequestSerializer)
    @action(
        detail=True, methods=["post"], url_path=f"change-requests/(?P<change>{KEY})/withdraw", writers=CREW
    )
    def withdraw_change(self, request: Request, pk: str, change: UUID) -> Response:
        """Take a request back."""
        asked = self._change(change)
        changes.withdraw(asked, by=self.member)
        return self._shown_change(asked)

    @extend_schema(request=HoldInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        """Stop the late clock; nobody can check in until it goes on."""
        holding.hold(self.get_object(), by=self.member, **HoldInput.read(request.data))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=ResumeInput, responses=WorkOrderSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Let it go on as agreed, or ask for another date, which the other firm may refuse."""
        order = self.get_object()
        holding.resume(order, by=self.member, schedule=ResumeInput.schedule(request.data, order))
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=BackupInput, responses={204: None})
    @action(detail=True, methods=["post"])
    def backup(self, request: Request, pk: str) -> Response:
        """Name who goes if the technician cannot."""
        backups.name_backup(self.get_object(), by=self.member, **BackupInput.read(request.data))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="send-backup")
    def send_backup(self, request: Request, pk: str) -> Response:
        """Send the backup on the same terms, because nobody came."""
        backups.send_backup(self.get_object(), by=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, key: UUID) -> ChangeRequest:
        found = ChangeRequest.objects.of_deal(self.get_object()).select_related("assignment")
        return get_object_or_404(found, pk=key_of(key))

    def _shown_change(self, asked: ChangeRequest) -> Response:
        return Response(ChangeRequestSerializer(ChangeRequest.objects.get(pk=asked.pk)).data)
