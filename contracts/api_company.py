"""A firm as a party: its affiliates, and notices that it is no longer who it was."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import affiliates
from contracts.models import Affiliation, PartyNotice
from partnernet.core.rest import Input
from partners.api.base import FirmViewSet
from partners.models import Firm

READERS = ("owner", "dispatcher", "finance")


class AffiliationSerializer(serializers.ModelSerializer[Affiliation]):
    """That one firm lists another as its own; it counts once that one has confirmed it."""

    firm = serializers.UUIDField(source="firm_id", read_only=True)
    firm_name = serializers.CharField(source="firm.legal_name", read_only=True)
    affiliate = serializers.UUIDField(source="affiliate_id", read_only=True)
    affiliate_name = serializers.CharField(source="affiliate.legal_name", read_only=True)

    class Meta:
        model = Affiliation
        fields = [
            "id", "firm", "firm_name", "affiliate", "affiliate_name", "since", "stated_at", "confirmed_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class AffiliationInput(Input):
    """A firm that belongs to the caller's, and since when."""

    affiliate = serializers.UUIDField(help_text="The other firm's id.")
    since = serializers.DateField()


class PartyNoticeSerializer(serializers.ModelSerializer[PartyNotice]):
    """That somebody else controls the firm, or that it is another legal entity."""

    class Meta:
        model = PartyNotice
        fields = ["id", "kind", "what", "effective_on", "given_at"]
        read_only_fields = fields


class PartyNoticeInput(Input):
    """What has changed about the caller's firm, and from when."""

    kind = serializers.ChoiceField(choices=PartyNotice.Kind.choices)
    what = serializers.CharField(max_length=affiliates.MAX_TEXT)
    effective_on = serializers.DateField()


class AffiliationsViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[Affiliation]):
    """Affiliates of the caller's firm, and firms that list it as theirs; ended ones as well."""

    scope = "offers"
    open_to = READERS
    writers = ("owner",)
    serializer_class = AffiliationSerializer
    queryset = Affiliation.objects.none()

    def get_queryset(self) -> QuerySet[Affiliation]:
        return Affiliation.objects.visible_to(self.member.firm_id).with_firms()

    @extend_schema(request=AffiliationInput, responses={201: AffiliationSerializer})
    def create(self, request: Request) -> Response:
        """List a firm as the caller's affiliate. New cover pages name it once an owner of it has confirmed."""
        typed = AffiliationInput.read(request.data)
        other = get_object_or_404(Firm.objects.listed_for(self.member.firm_id), pk=typed["affiliate"])
        made = affiliates.state(other, by=self.member, since=typed["since"])
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=AffiliationSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Say for the firm that was listed that it is so."""
        return Response(self.get_serializer(affiliates.confirm(self.get_object(), by=self.member)).data)

    @extend_schema(request=None, responses=AffiliationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Take it off the list, from either side; what is signed keeps what it lists."""
        return Response(self.get_serializer(affiliates.end(self.get_object(), by=self.member)).data)


class PartyNoticesViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, FirmViewSet[PartyNotice]):
    """Notices that the caller's firm gave; others read them in the events of their agreements."""

    scope = "offers"
    open_to = READERS
    writers = ("owner",)
    serializer_class = PartyNoticeSerializer
    queryset = PartyNotice.objects.none()

    def get_queryset(self) -> QuerySet[PartyNotice]:
        return PartyNotice.objects.visible_to(self.member.firm_id)

    @extend_schema(request=PartyNoticeInput, responses={201: PartyNoticeSerializer})
    def create(self, request: Request) -> Response:
        """Tell every firm with an agreement in force. Under another legal entity no new work begins until it has signed."""
        typed: dict[str, Any] = PartyNoticeInput.read(request.data)
        made = affiliates.give_notice(
            typed["kind"], by=self.member, what=typed["what"], effective_on=typed["effective_on"]
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)
