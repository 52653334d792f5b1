"""Who signs an agreement, what a firm approves for itself, and what is said to the terms."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.actions import approvals, comments, signatories
from contracts.actions.comments import Remark
from contracts.models import Agreement, AgreementComment, Signatory, TextApproval
from contracts.serializers import AgreementSerializer
from contracts.serializers_people import (
    AgreementCommentSerializer,
    ApprovalAskInput,
    ApprovalRefusalInput,
    ApprovalSeenInput,
    CommentInput,
    PassOnInput,
    SignatoryInput,
    SignatorySerializer,
    SigningOrderInput,
    TextApprovalSerializer,
)
from partners.api.base import FirmViewSet, IsSignedIn
from partners.models import Member

COMMENT = "(?P<comment>[0-9a-f-]{36})"
DESK = ("owner", "dispatcher", "finance", "viewer")
OFFICE = ("owner", "dispatcher", "finance")
# Who may send what an owner alone may not; the actions say whether this member is the one.
WRITERS = {
    "comments": OFFICE,
    "resolve_comment": OFFICE,
    "reopen_comment": OFFICE,
    "ask_approval": OFFICE,
    "pass_on": DESK,
    "dispute_signature": DESK,
    "withdraw_dispute": DESK,
    "settle_dispute": DESK,
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
        found, typed = self.get_object(), SignatoryInput.read(request.data)
        return self._holder(signatories.name(found, self._colleague(typed["member"]), by=self.member))

    @extend_schema(request=None, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="release-signatory")
    def release_signatory(self, request: Request, pk: str) -> Response:
        """Take the name back: any owner of the caller's firm signs."""
        return self._whole(signatories.release(self.get_object(), by=self.member))

    @extend_schema(request=PassOnInput, responses=SignatorySerializer)
    @action(detail=True, methods=["post"], url_path="pass-on")
    def pass_on(self, request: Request, pk: str) -> Response:
        """Let a colleague sign in the place of the caller, who was named."""
        found, typed = self.get_object(), PassOnInput.read(request.data)
        member = self._colleague(typed["member"])
        return self._holder(signatories.pass_on(found, member, by=self.member, reason=typed["reason"]))

    @extend_schema(request=SigningOrderInput, responses=AgreementSerializer)
    @action(detail=True, methods=["post"], url_path="order-signing")
    def order_signing(self, request: Request, pk: str) -> Response:
        """Say which side signs first, or that both sign in any order."""
        found, typed = self.get_object(), SigningOrderInput.read(request.data)
        return self._whole(signatories.order(found, typed["first"], by=self.member))

    @extend_schema(responses=TextApprovalSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def approvals(self, request: Request, pk: str) -> Response:
        """List what the caller's own firm was asked and said to the present text, the newest first."""
        rows = TextApproval.objects.visible_to(self.member.firm_id).of(self.get_object()).newest_first()
        return Response(TextApprovalSerializer(rows, many=True).data)

    @extend_schema(request=ApprovalAskInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="ask-approval")
    def ask_approval(self, request: Request, pk: str) -> Response:
        """Ask the caller's own firm to approve exactly this text."""
        found, typed = self.get_object(), ApprovalAskInput.read(request.data)
        row = approvals.ask(found, by=self.member, seen=typed["seen"], note=typed["note"])
        return Response(TextApprovalSerializer(row).data)

    @extend_schema(request=ApprovalSeenInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="approve-text", permission_classes=[IsSignedIn])
    def approve_text(self, request: Request, pk: str) -> Response:
        """Approve exactly this text for the caller's firm; somebody else signs it."""
        found, typed = self.get_object(), ApprovalSeenInput.read(request.data)
        return Response(
            TextApprovalSerializer(approvals.approve(found, by=self.member, seen=typed["seen"])).data
        )

    @extend_schema(request=ApprovalRefusalInput, responses=TextApprovalSerializer)
    @action(detail=True, methods=["post"], url_path="refuse-text", permission_classes=[IsSignedIn])
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

    @extend_schema(request=None, responses=AgreementCommentSerializer)
    @action(detail=True, methods=["post"], url_path=f"comments/{COMMENT}/resolve")
    def resolve_comment(self, request: Request, pk: str, comment: UUID) -> Response:
        """Say that a comment is settled; either firm may, of what both read."""
        return Response(
            AgreementCommentSerializer(comments.resolve(self._said(comment), by=self.member)).data
        )

    @extend_schema(request=None, responses=AgreementCommentSerializer)
    @action(detail=True, methods=["post"], url_path=f"comments/{COMMENT}/reopen")
    def reopen_comment(self, request: Request, pk: str, comment: UUID) -> Response:
        """Say that a comment is not settled after all."""
        return Response(AgreementCommentSerializer(comments.reopen(self._said(comment), by=self.member)).data)

    def _said(self, comment: UUID) -> AgreementComment:
        readable = AgreementComment.objects.visible_to(self.member.firm_id).select_related("agreement")
        return get_object_or_404(readable, agreement=self.get_object(), pk=comment)

    def _whole(self, changed: Agreement) -> Response:
        own = Agreement.objects.visible_to(self.member.firm_id).with_parties().with_signed_sides()
        return Response(self.get_serializer(own.get(pk=changed.pk)).data)

    def _holder(self, changed: Agreement) -> Response:
        """Return who is named for the caller's firm now."""
        side = changed.side_of(self.member.firm_id)
        row = Signatory.objects.of(changed).standing().filter(side=side).with_people().get()
        return Response(SignatorySerializer(row).data)

    def _colleague(self, key: UUID) -> Member:
        return get_object_or_404(Member.objects.of(self.member.firm_id), pk=key)
