"""“I did not sign this”, for the pages of programs that people are signed in to: a key disputes nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import disputes
from contracts.models import Signature, SignatureDispute
from contracts.serializers_people import (
    DisputeInput,
    DisputeWithdrawalInput,
    SignatureDisputeSerializer,
)
from partnernet.core.rest import Input
from partners.api.base import FirmViewSet, IsSignedIn

ONE = "disputes/(?P<dispute>[0-9a-f-]{36})"


class AgreementDisputes(FirmViewSet[Any]):
    """The part of an agreement that is about disputed signatures."""

    @extend_schema(responses=SignatureDisputeSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def disputes(self, request: Request, pk: str) -> Response:
        """List the signatures that were disputed, with how each dispute ended, the newest first."""
        rows = SignatureDispute.objects.visible_to(self.member.firm_id).filter(agreement=self.get_object())
        return Response(SignatureDisputeSerializer(rows.with_people().newest_first(), many=True).data)

    @extend_schema(request=DisputeInput, responses=SignatureDisputeSerializer)
    @action(detail=True, methods=["post"], url_path="dispute-signature", permission_classes=[IsSignedIn])
    def dispute_signature(self, request: Request, pk: str) -> Response:
        """Say that the signature in the name of the caller's firm is not its own."""
        found, typed = self.get_object(), DisputeInput.read(request.data)
        ours = Signature.objects.visible_to(self.member.firm_id).filter(
            agreement=found, revision=found.current_revision_id, side=found.side_of(self.member.firm_id)
        )
        raised = disputes.dispute(get_object_or_404(ours), by=self.member, reason=typed["reason"])
        return Response(SignatureDisputeSerializer(raised).data)

    @extend_schema(request=DisputeWithdrawalInput, responses=SignatureDisputeSerializer)
    @action(detail=True, methods=["post"], url_path=f"{ONE}/withdraw", permission_classes=[IsSignedIn])
    def withdraw_dispute(self, request: Request, pk: str, dispute: UUID) -> Response:
        """Take the dispute back: the signature is the firm's own after all."""
        return self._ended(disputes.withdraw, dispute, DisputeWithdrawalInput)

    @extend_schema(request=DisputeInput, responses=SignatureDisputeSerializer)
    @action(detail=True, methods=["post"], url_path=f"{ONE}/settle", permission_classes=[IsSignedIn])
    def settle_dispute(self, request: Request, pk: str, dispute: UUID) -> Response:
        """Write down how the firms settled it."""
        return self._ended(disputes.settle, dispute, DisputeInput)

    def _ended(self, act: Callable[..., SignatureDispute], dispute: UUID, reads: type[Input]) -> Response:
        rows = SignatureDispute.objects.visible_to(self.member.firm_id).select_related("agreement")
        found = get_object_or_404(rows, agreement=self.get_object(), pk=dispute)
        reason = reads.read(self.request.data)["reason"]
        return Response(SignatureDisputeSerializer(act(found, by=self.member, reason=reason)).data)
