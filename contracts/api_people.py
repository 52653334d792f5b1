"""Who signs an agreement, what a firm approves for itself, what is said to the terms, and signatures that are disputed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import approvals, comments, disputes, signatories
from contracts.actions.comments import Remark
from contracts.models import AgreementComment, Signatory, Signature
from contracts.serializers_people import (
    AgreementCommentSerializer,
    ApprovalAskInput,
    ApprovalRefusalInput,
    ApprovalSeenInput,
    CommentInput,
    DisputeInput,
    SignatoryInput,
    SignatorySerializer,
    SignatureDisputeSerializer,
    TextApprovalSerializer,
)
from partners.api.base import FirmViewSet
from partners.models import Member

WRITERS = {
    "comments": ("owner", "dispatcher", "finance"),
    "ask_approval": ("owner", "dispatcher", "finance"),
    "approve_text": ("owner", "finance"),
    "refuse_text": ("owner", "finance"),
}


class AgreementPeople(FirmViewSet[Any]):
    """The parts of an agreement that are about people."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Open a step to those who may take it on the pages as well."""
        self.writers = WRITERS.get(self.action, ("owner",))
        super().initial(request, *args, **kwargs)

    @extend_schema(responses=SignatorySerializer(many=True))
    @action(detail=True, pagination_class=None)
    def signatories(self, request: Request, pk: str) -> Response:
        """List who was named to sign, on both sides, with what became of it."""
        rows = Signatory.objects.of(self.get_object()).with_people().order_by("named_at", "pk")
        return Response(SignatorySerializer(rows, many=True).data)

    @extend_schema(request=SignatoryInput, responses=SignatorySerializer)
    @action(detail=True, methods=["post"], url_path="name-signatory")
    def name_signatory(self, request: Request, pk: str) -> Response:
        """Name the member who signs for the caller's firm."""
        found = self.get_object()
        firm = self.member.firm_id
        member = get_object_or_404(Member.objects.of(firm), pk=SignatoryInput.read(request.data)["member"])
        changed = signatories.name(found, member, by=self.member)
        row = Signatory.objects.of(changed).standing().filter(side=changed.side_of(firm)).with_people().get()
        return Response(SignatorySerializer(row).data)

    @extend_schema(request=ApprovalAskInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="ask-approval")
    def ask_approval(self, request: Request, pk: str) -> Response:
        """Ask the caller's own firm to approve exactly this text."""
        found, typed = self.get_object(), ApprovalAskInput.read(request.data)
        row = approvals.ask(found, by=self.member, seen=typed["seen"], note=typed["note"])
        return Response(TextApprovalSerializer(row).data)

    @extend_schema(request=ApprovalSeenInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="approve-text")
    def approve_text(self, request: Request, pk: str) -> Response:
        """Approve exactly this text for the caller's firm; somebody else signs it."""
        found, typed = self.get_object(), ApprovalSeenInput.read(request.data)
        return Response(
            TextApprovalSerializer(approvals.approve(found, by=self.member, seen=typed["seen"])).data
        )

    @extend_schema(request=ApprovalRefusalInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="refuse-text")
    def refuse_text(self, request: Request, pk: str) -> Response:
        """Say why this text is not approved; the other firm does not see it."""
        found, typed = self.get_object(), ApprovalRefusalInput.read(request.data)
        row = approvals.refuse(found, by=self.member, seen=typed["seen"], reason=typed["reason"])
        return Response(TextApprovalSerializer(row).data)

    @extend_schema(methods=["GET"], responses=AgreementCommentSerializer(many=True))
    @extend_schema(methods=["POST"], request=CommentInput, responses={201: AgreementCommentSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def comments(self, request: Request, pk: str) -> Response:
        """List what was said to the terms, as the caller's firm may read it, or say something."""
        found = self.get_object()
        if request.method == "POST":
            typed = CommentInput.read(request.data)
            remark = Remark(typed["text"], typed["place"], internal=typed["internal"])
            made = comments.write(found, remark, by=self.member)
            return Response(AgreementCommentSerializer(made).data, status=status.HTTP_201_CREATED)
        rows = AgreementComment.objects.visible_to(self.member.firm_id).filter(agreement=found)
        return Response(AgreementCommentSerializer(rows.with_people().in_order(), many=True).data)

    @extend_schema(request=DisputeInput, responses=SignatureDisputeSerializer)
    @action(detail=True, methods=["post"], url_path="dispute-signature")
    def dispute_signature(self, request: Request, pk: str) -> Response:
        """Say that the signature in the name of the caller's firm is not its own."""
        found, typed = self.get_object(), DisputeInput.read(request.data)
        ours = Signature.objects.visible_to(self.member.firm_id).filter(
            agreement=found, revision=found.current_revision_id, side=found.side_of(self.member.firm_id)
        )
        raised = disputes.dispute(get_object_or_404(ours), by=self.member, reason=typed["reason"])
        return Response(SignatureDisputeSerializer(raised).data)
