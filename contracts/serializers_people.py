"""Who signs, what is approved, what is said and what is disputed, as JSON."""

from rest_framework import serializers

from contracts.models import AgreementComment, Signatory, SignatureDispute, TextApproval
from contracts.models.agreements import SIDES
from partnernet.core.rest import Input


class SignatorySerializer(serializers.ModelSerializer[Signatory]):
    """Somebody who was named to sign for one side."""

    name = serializers.CharField(source="member.user.called", read_only=True)
    member = serializers.UUIDField(source="member_id", read_only=True)

    class Meta:
        model = Signatory
        fields = ["id", "side", "member", "name", "status", "named_at", "ended_at"]
        read_only_fields = fields


class TextApprovalSerializer(serializers.ModelSerializer[TextApproval]):
    """A firm's own word to one text; only that firm reads it."""

    agreement = serializers.UUIDField(source="agreement_id", read_only=True)

    class Meta:
        model = TextApproval
        fields = ["id", "agreement", "content_sha256", "status", "asked_at", "note", "decided_at", "reason"]
        read_only_fields = fields


class AgreementCommentSerializer(serializers.ModelSerializer[AgreementComment]):
    """What was said to the terms."""

    author = serializers.CharField(source="author.user.called", read_only=True)
    firm = serializers.UUIDField(source="firm_id", read_only=True)
    revision = serializers.UUIDField(source="revision_id", read_only=True)

    class Meta:
        model = AgreementComment
        fields = [
            "id", "revision", "firm", "author", "audience", "about", "key", "heading", "text", "written_at", "resolved_at",
        ]  # fmt: skip
        read_only_fields = fields


class SignatureDisputeSerializer(serializers.ModelSerializer[SignatureDispute]):
    """A signature that its own firm disputes."""

    agreement = serializers.UUIDField(source="agreement_id", read_only=True)
    signer = serializers.CharField(source="signature.name", read_only=True)
    firm = serializers.UUIDField(source="firm_id", read_only=True)

    class Meta:
        model = SignatureDispute
        fields = [
            "id", "agreement", "firm", "signer", "reason", "raised_at", "evidence_sha256", "status", "closed_at", "outcome",
        ]  # fmt: skip
        read_only_fields = fields


class SignatoryInput(Input):
    """Whom the caller's firm names."""

    member = serializers.UUIDField(help_text="A member of the caller's firm.")


class ApprovalSeenInput(Input):
    """The text that was read."""

    seen = serializers.CharField(max_length=64, help_text="The content_sha256 that was read.")


class ApprovalAskInput(ApprovalSeenInput):
    """The text to be approved, and a word to those who approve."""

    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ApprovalRefusalInput(ApprovalSeenInput):
    """The text that is not approved, and why."""

    reason = serializers.CharField(max_length=1000)


class CommentInput(Input):
    """What is said, about which part, and for whom."""

    text = serializers.CharField(max_length=2000)
    place = serializers.CharField(
        max_length=80,
        required=False,
        default="whole",
        help_text="`whole`, `clause:payment` or `value:net_days`.",
    )
    internal = serializers.BooleanField(
        required=False, default=False, help_text="Only for the caller's firm."
    )


class PassOnInput(SignatoryInput):
    """Who signs in the caller's place, and why; both firms read it."""

    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class SigningOrderInput(Input):
    """Which side signs first; empty for any order."""

    first = serializers.ChoiceField(choices=SIDES, allow_blank=True)


class DisputeInput(Input):
    """Why the signature is not ours, or how that was settled; the other firm reads it."""

    reason = serializers.CharField(max_length=2000)


class DisputeWithdrawalInput(Input):
    """A word to the other firm, if you like."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
