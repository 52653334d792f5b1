"""Agreements, their history and protected clients as JSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts import standard
from contracts.models import (
    Agreement,
    AgreementEvent,
    AgreementRevision,
    ClientRelease,
    FindingAcknowledgement,
    ProtectedClient,
    RuleFinding,
    Signature,
)
from contracts.models.agreements import PAPER_STANDING, Status
from partnernet.core.rest import Input


class SignatureSerializer(serializers.ModelSerializer[Signature]):
    """Who signed, for whom, when. How they came is for the certificate, not for every list."""

    class Meta:
        model = Signature
        fields = ["side", "firm_name", "name", "title", "signed_at", "content_sha256"]
        read_only_fields = fields


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    """An agreement as both its firms see it."""

    proposer = serializers.UUIDField(source="proposer_id", read_only=True)
    other = serializers.UUIDField(source="other_id", read_only=True)
    proposer_name = serializers.CharField(source="proposer.name", read_only=True)
    other_name = serializers.CharField(source="other.name", read_only=True)
    template = serializers.CharField(source="template_version.template.key", read_only=True)
    template_label = serializers.CharField(source="template_version.label", read_only=True)
    amends = serializers.UUIDField(source="amends_id", read_only=True, allow_null=True)
    revision = serializers.UUIDField(source="current_revision_id", read_only=True)
    values = serializers.DictField(source="current_revision.values", read_only=True)
    other_changes = serializers.CharField(source="current_revision.other_changes", read_only=True)
    in_force = serializers.SerializerMethodField()
    is_party = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = [
            "id", "is_party", "kind", "amends", "status", "in_force", "proposer", "proposer_name", "other", "other_name", "template", "template_label",
            "revision", "content_sha256", "values", "other_changes", "protects_clients", "protects_people",
            "client_tail_months", "signed_by_proposer", "signed_by_other", "created_at", "proposed_at", "lapses_at",
            "effective_at", "ends_at", "terminated_at", "verify_code",
        ]  # fmt: skip
        read_only_fields = fields

    signed_by_proposer = serializers.BooleanField(read_only=True)
    signed_by_other = serializers.BooleanField(read_only=True)

    def get_is_party(self, agreement: Agreement) -> bool:
        """Whether the caller's firm is one of the two; else it works under it as a listed affiliate, and reads it."""
        return agreement.side_of(self.context["firm"]) != ""

    def get_in_force(self, agreement: Agreement) -> bool:
        """Whether it is in force at the time of this answer; an amendment only while its agreement is."""
        now = self.context["now"]
        if agreement.status not in (Status.SIGNED, *PAPER_STANDING):
            return False
        return agreement.in_force(now) and (agreement.amends is None or agreement.amends.in_force(now))


class AgreementRevisionSerializer(serializers.ModelSerializer[AgreementRevision]):
    """One round of terms, with its exact text."""

    class Meta:
        model = AgreementRevision
        fields = [
            "id",
            "number",
            "author_side",
            "comment",
            "values",
            "other_changes",
            "content_sha256",
            "text",
            "created_at",
        ]
        read_only_fields = fields


class AgreementEventSerializer(serializers.ModelSerializer[AgreementEvent]):
    """One line of history; `hash` is SHA-256 of `previous_hash` followed by `text`."""

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_changes(self, event: AgreementEvent) -> Any:
        """What changed, by name."""
        return event.changes

    changes = serializers.SerializerMethodField()

    class Meta:
        model = AgreementEvent
        fields = [
            "sequence", "step", "side", "role", "door", "by_firm", "from_status", "to_status", "reason", "changes",
            "occurred_at", "previous_hash", "text", "hash",
        ]  # fmt: skip
        read_only_fields = fields


class FindingAcknowledgementSerializer(serializers.ModelSerializer[FindingAcknowledgement]):
    """That one firm knows of a finding and goes on, and why."""

    class Meta:
        model = FindingAcknowledgement
        fields = ["side", "firm_name", "reason", "acknowledged_at"]
        read_only_fields = fields


class RuleFindingSerializer(serializers.ModelSerializer[RuleFinding]):
    """What a rule found in the current terms. A software check, not legal advice."""

    acknowledgements = FindingAcknowledgementSerializer(many=True, read_only=True)

    class Meta:
        model = RuleFinding
        fields = [
            "id", "rule", "rule_version", "severity", "place", "title", "message", "source", "source_url", "found_at",
            "acknowledgements",
        ]  # fmt: skip
        read_only_fields = fields


class ProtectedClientSerializer(serializers.ModelSerializer[ProtectedClient]):
    """A client protected between two firms."""

    agreement = serializers.UUIDField(source="agreement_id", read_only=True)
    prime = serializers.UUIDField(source="prime_id", read_only=True)
    sub = serializers.UUIDField(source="sub_id", read_only=True)
    prime_name = serializers.CharField(source="prime.name", read_only=True)
    sub_name = serializers.CharField(source="sub.name", read_only=True)

    class Meta:
        model = ProtectedClient
        fields = [
            "id", "agreement", "prime", "prime_name", "sub", "sub_name", "client_name", "status", "notified_at",
            "declare_by", "read_at", "first_service_on", "last_service_on", "tail_months", "protected_until",
        ]  # fmt: skip
        read_only_fields = fields


class PaperInput(Input):
    """What shows that a client was the caller's own before; `file` is the paper itself, a PDF or a photo."""

    evidence = serializers.CharField(max_length=2000)
    evidence_on = serializers.DateField(help_text="The date of the paper, before the notice.")
    file = serializers.FileField(required=False)


class ReleaseInput(Input):
    """Whether a client is let go for nothing, or for what; `percent` is of the first year's revenue."""

    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=50, required=False, default=Decimal(0)
    )
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ClientReleaseSerializer(serializers.ModelSerializer[ClientRelease]):
    """A release: offered, taken, refused or taken back."""

    protected_client = serializers.UUIDField(source="protected_client_id", read_only=True)
    percent = serializers.DecimalField(source="fee_percent", max_digits=5, decimal_places=2, read_only=True)

    class Meta:
        model = ClientRelease
        fields = ["id", "protected_client", "status", "percent", "note", "offered_at", "answered_at"]
        read_only_fields = fields


class TermsInput(Input):
    """Values of the cover page that differ from the standard ones, by key; and changes in words."""

    values = serializers.DictField(required=False, default=dict)
    other_changes = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class NewAgreementInput(TermsInput):
    """A draft towards another firm."""

    other = serializers.UUIDField(help_text="The other firm's id.")
    template = serializers.ChoiceField(
        choices=standard.OFFERED,
        default=standard.MUTUAL_SUBCONTRACT,
        help_text="Which text: the subcontract agreement, or a confidentiality agreement alone.",
    )


class AmendmentInput(Input):
    """What an amendment changes: values of the cover page by their keys, and words; and when it begins."""

    topic = serializers.CharField(max_length=500, help_text="What this is about, in a few words.")
    values = serializers.DictField(required=False, default=dict)
    other_changes = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)
    starts_after_days = serializers.IntegerField(min_value=0, max_value=365, required=False, default=0)
    running_work = serializers.ChoiceField(
        choices=("old", "new"),
        default="old",
        help_text="Whether work under way is finished under the old terms, or goes on under the new ones.",
    )


class HeldValueSerializer(serializers.Serializer[Any]):
    """One value that holds now, and the signed document that it comes from. Any: one `terms_now.Held`, or many."""

    key = serializers.CharField(source="variable.key")
    name = serializers.CharField(source="variable.label")
    value = serializers.JSONField()
    reads = serializers.CharField(help_text="The value as it reads in the text.")
    document = serializers.UUIDField(source="source.pk", help_text="The agreement itself, or the amendment.")
    document_code = serializers.CharField(source="source.verify_code")
    amended = serializers.BooleanField(source="is_amended")
    signed_at = serializers.DateTimeField()


class AgreementTermsInput(TermsInput):
    """Other terms, for the text that was seen."""

    seen = serializers.CharField(max_length=64, help_text="The content_sha256 that was read.")
    comment = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class AgreementSeenInput(Input):
    """The text that was seen."""

    seen = serializers.CharField(max_length=64, help_text="The content_sha256 that was read.")


class AcknowledgementInput(Input):
    """Why the caller's firm goes on, by the ids of grave findings."""

    reasons = serializers.DictField(child=serializers.CharField(max_length=1000))


class AgreementReasonInput(Input):
    """A reason that the other firm reads."""

    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class AgreementSigningInput(Input):
    """A signature: the hash that was read, and who signs by what right."""

    content_sha256 = serializers.CharField(max_length=64)
    name = serializers.CharField(max_length=200)
    title = serializers.CharField(max_length=100)
    authorised = serializers.BooleanField()
    agreed = serializers.BooleanField(help_text="I sign and agree to be bound.")
    consent_version = serializers.CharField(
        max_length=10, help_text="The version of the consent text that was read."
    )
