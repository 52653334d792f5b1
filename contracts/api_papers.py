"""Agreements on paper: stated with the signed original, answered by the other firm."""

from collections.abc import Callable
from typing import Any  # what a serializer reads and writes

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import papers
from contracts.models import Agreement, PaperOriginal
from contracts.serializers import AgreementReasonInput, AgreementSerializer
from partnernet.core import uploads
from partnernet.core.rest import Input
from partners.api.base import FirmViewSet
from partners.models import Firm


class PaperAgreementInput(Input):
    """What a firm says of an agreement on paper, with the signed original: a PDF, or a photo."""

    other = serializers.UUIDField(help_text="The other firm's id.")
    title = serializers.CharField(max_length=200, required=False, default="Subcontract agreement")
    signed_on = serializers.DateField()
    ends_on = serializers.DateField()
    tail_months = serializers.IntegerField(
        min_value=0,
        max_value=120,
        help_text="For how long clients stay protected after the last service; 0: they are not.",
    )
    holds_original = serializers.BooleanField(help_text="I hold the signed original.")
    file = serializers.FileField()


class PaperOriginalSerializer(serializers.ModelSerializer[PaperOriginal]):
    """The signed original of an agreement on paper, and what both firms say of it."""

    holder = serializers.CharField(source="held_by.called", read_only=True)

    class Meta:
        model = PaperOriginal
        fields = [
            "signed_on", "ends_on", "holder", "file_name", "content_type", "size", "sha256", "stated_at", "affirmed_at",
            "answer_by", "answered_at", "objection",
        ]  # fmt: skip
        read_only_fields = fields


class OnPaper(FirmViewSet[Any]):
    """The part of the agreements that is about paper."""

    @extend_schema(request={"multipart/form-data": PaperAgreementInput}, responses={201: AgreementSerializer})
    @action(detail=False, methods=["post"], url_path="on-paper", parser_classes=[MultiPartParser])
    def on_paper(self, request: Request) -> Response:
        """State an agreement that both firms signed on paper. It covers work at once, and never counts as signed here."""
        typed = PaperAgreementInput.read(request.data)
        other = get_object_or_404(Firm.objects.listed_for(self.member.firm_id), pk=typed["other"])
        sent = uploads.sent(request._request, request.FILES, what="file")  # noqa: SLF001 - the upload handlers mark Django's request
        stated = papers.Stated(
            typed["title"], typed["signed_on"], typed["ends_on"], typed["tail_months"], typed["holds_original"],
            uploads.paper(sent.read(), sent.name or "paper"),
        )  # fmt: skip
        return self._answered(papers.state(other, stated, by=self.member), status.HTTP_201_CREATED)

    @extend_schema(responses=PaperOriginalSerializer)
    @action(detail=True)
    def paper(self, request: Request, pk: str) -> Response:
        """Return what is kept of the signed original; 404 for an agreement that was signed here."""
        kept = PaperOriginal.objects.visible_to(self.member.firm_id).select_related("held_by")
        return Response(PaperOriginalSerializer(get_object_or_404(kept, agreement=self.get_object())).data)

    @extend_schema(request=None, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-paper")
    def confirm_paper(self, request: Request, pk: str) -> Response:
        """Say for the other firm that what was stated is right."""
        return self._answered(papers.confirm(self.get_object(), by=self.member))

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="object-paper")
    def object_paper(self, request: Request, pk: str) -> Response:
        """Say that what was stated is wrong: it covers nothing until that is settled."""
        return self._reasoned(papers.object_to, request)

    @extend_schema(request=None, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="affirm-paper")
    def affirm_paper(self, request: Request, pk: str) -> Response:
        """Say again that it still holds."""
        return self._answered(papers.affirm(self.get_object(), by=self.member))

    @extend_schema(request=AgreementReasonInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="withdraw-paper")
    def withdraw_paper(self, request: Request, pk: str) -> Response:
        """Take the statement back."""
        return self._reasoned(papers.withdraw, request)

    def _reasoned(self, take: Callable[..., Agreement], request: Request) -> Response:
        found = self.get_object()
        reason = AgreementReasonInput.read(request.data)["reason"]
        return self._answered(take(found, by=self.member, reason=reason))

    def _answered(self, changed: Agreement, code: int = status.HTTP_200_OK) -> Response:
        fresh = (
            Agreement.objects.visible_to(self.member.firm_id)
            .with_parties()
            .with_signed_sides()
            .get(pk=changed.pk)
        )
        return Response(self.get_serializer(fresh).data, status=code)
