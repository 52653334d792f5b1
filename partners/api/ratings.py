"""Ratings of two firms by each other, as one of them may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from partners.actions import ratings
from partners.api.base import FirmViewSet
from partners.models import RatingRound
from partners.opinion import Opinion
from partners.serializers import OpinionInput, RatingRoundSerializer


class RatingsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[RatingRound]):
    """What two firms say of each other after working together; the other's words once both can see them."""

    serializer_class = RatingRoundSerializer
    scope = "engagements"
    open_to = ("owner", "dispatcher", "finance", "viewer")
    writers = ("owner", "dispatcher")
    queryset = RatingRound.objects.none()

    def get_queryset(self) -> QuerySet[RatingRound]:
        """Those of either side."""
        return RatingRound.objects.visible_to(self.member.firm_id).with_firms().with_ratings()

    def sides(self) -> tuple[Q, ...]:
        """Each has an index."""
        return (Q(prime=self.member.firm_id), Q(sub=self.member.firm_id))

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializer who reads."""
        # The schema is written without anybody calling.
        firm = self.member.firm_id if hasattr(self, "member") else None
        return {**super().get_serializer_context(), "firm": firm}

    @extend_schema(request=OpinionInput, responses=RatingRoundSerializer)
    @action(detail=True, methods=["post"])
    def rate(self, request: Request, pk: str) -> Response:
        """Say whether you would work with them again. Until both can see it, saying it again replaces it."""
        ratings.rate(self.get_object(), Opinion(**OpinionInput.read(request.data)), by=self.member)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=OpinionInput, responses=RatingRoundSerializer)
    @action(detail=True, methods=["post"], url_path="raise", url_name="raise")
    def raise_rating(self, request: Request, pk: str) -> Response:
        """Say something better than what both can see. A rating is never lowered."""
        ratings.raise_rating(self.get_object(), Opinion(**OpinionInput.read(request.data)), by=self.member)
        return Response(self.get_serializer(self.get_object()).data)
