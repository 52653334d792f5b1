"""Offers, made and received. Every answer names the revision that was seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engagements import serializers
from engagements.actions import answers, counters
from engagements.actions import offers as actions
from engagements.models import Offer
from partnernet.core.rest import CursorPages
from partners.api import FirmViewSet


class OffersViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Offer]):
    """Offers that the caller's firm made or received."""

    serializer_class = serializers.OfferSerializer
    pagination_class = CursorPages
    scope = "offers"
    open_to = ("owner", "dispatcher", "viewer")
    writers = ("owner", "dispatcher")
    queryset = Offer.objects.none()

    def get_queryset(self) -> QuerySet[Offer]:
        """The offers of both sides."""
        found = Offer.objects.visible_to(self.member.firm_id).with_terms().select_related("counter")
        typed = self.request.query_params
        if self.action == "list" and typed.get("status"):
            found = found.filter(status=typed["status"])
        return found

    def sides(self) -> list[Q]:
        """Both sides, or only those received."""
        received = Q(firm=self.member.firm_id)
        if self.request.query_params.get("side") == "received":
            return [received]
        return [received, Q(work_order__prime=self.member.firm_id)]

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializer who reads."""
        return {
            **super().get_serializer_context(),
            "firm": self.member.firm_id if hasattr(self, "member") else None,
        }

    @extend_schema(
        parameters=[
            OpenApiParameter("side", str, enum=["received"]),
            OpenApiParameter("status", str, enum=Offer.Status.values),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List offers, the newest first."""
        return super().list(request, *args, **kwargs)

    def _step(
        self, act: Callable[..., object], read: Callable[[Request], dict[str, Any]] = lambda _: {}
    ) -> Response:
        """Take a step with what `read` makes of the request, and return the offer as it stands."""
        offer = self.get_object()
        act(offer, by=self.member, **read(self.request))
        return Response(self.get_serializer(self.get_queryset().get(pk=offer.pk)).data)

    def _accepted(self, request: Request) -> dict[str, Any]:
        typed = serializers.AcceptInput(data=request.data)
        typed.is_valid(raise_exception=True)
        return dict(typed.validated_data)

    def _reason(self, request: Request) -> dict[str, Any]:
        typed = serializers.ReasonInput(data=request.data)
        typed.is_valid(raise_exception=True)
        return dict(typed.validated_data)

    def _new_terms(self, request: Request, act: Callable[..., object]) -> Response:
        offer = self.get_object()
        typed = serializers.NewTermsInput(data=request.data)
        typed.is_valid(raise_exception=True)
        act(offer, typed.new_terms(), by=self.member)
        return Response(self.get_serializer(self.get_queryset().get(pk=offer.pk)).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Let a drafted offer leave now."""
        return self._step(actions.send)

    @extend_schema(request=serializers.NewTermsInput)
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str) -> Response:
        """Put new terms to the firm."""
        return self._new_terms(request, actions.revise)

    @extend_schema(request=serializers.AcceptInput)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Take the work: binds both firms, or holds yours until the other has chosen."""
        return self._step(answers.accept, self._accepted)

    @extend_schema(request=serializers.ChooseInput)
    @action(detail=True, methods=["post"])
    def choose(self, request: Request, pk: str) -> Response:
        """Choose this willing firm: binds both firms, and ends the other offers."""
        return self._step(answers.choose, lambda sent: serializers.ChooseInput.read(sent.data))

    @extend_schema(request=serializers.ReasonInput)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Say no. It costs nothing."""
        return self._step(answers.decline, self._reason)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Think again about an offer declined."""
        return self._step(answers.reopen)

    @extend_schema(request=serializers.NewTermsInput)
    @action(detail=True, methods=["post"])
    def counter(self, request: Request, pk: str) -> Response:
        """Ask for other terms."""
        return self._new_terms(request, counters.counter)

    @extend_schema(request=serializers.AcceptInput)
    @action(detail=True, methods=["post"], url_path="accept-counter")
    def accept_counter(self, request: Request, pk: str) -> Response:
        """Agree to what the sub asked for: binds both firms."""
        return self._step(
            counters.accept_counter, lambda sent: {"revision": self._accepted(sent)["revision"]}
        )

    @extend_schema(request=serializers.ReasonInput)
    @action(detail=True, methods=["post"], url_path="refuse-counter")
    def refuse_counter(self, request: Request, pk: str) -> Response:
        """Keep our terms."""
        return self._step(counters.refuse_counter, self._reason)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="withdraw-counter")
    def withdraw_counter(self, request: Request, pk: str) -> Response:
        """Take the asked terms back."""
        return self._step(counters.withdraw_counter)

    @extend_schema(request=serializers.ReasonInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the offer back."""
        return self._step(actions.withdraw, self._reason)
