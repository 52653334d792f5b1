"""Claims as JSON."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contracts.models import Claim, ClaimEvent, ClaimEvidence
from partnernet.core.rest import Input, MoneyField


class ClaimSerializer(serializers.ModelSerializer[Claim]):
    """A claim as both its firms see it; the other firm from the service of the notice on."""

    reference = serializers.CharField(read_only=True)
    agreement = serializers.UUIDField(source="agreement_id", read_only=True)
    claimant = serializers.UUIDField(source="claimant_id", read_only=True)
    claimant_name = serializers.CharField(source="claimant.name", read_only=True)
    respondent = serializers.UUIDField(source="respondent_id", read_only=True)
    respondent_name = serializers.CharField(source="respondent.name", read_only=True)
    protected_client = serializers.UUIDField(source="protected_client_id", read_only=True, allow_null=True)
    settlement_by = serializers.UUIDField(source="settlement_by_id", read_only=True, allow_null=True)
    outcome_by = serializers.UUIDField(source="outcome_by_id", read_only=True, allow_null=True)
    computed = MoneyField(amount="computed")
    claimed = MoneyField(amount="claimed")
    agreed = MoneyField(amount="agreed")
    paid = MoneyField(amount="paid")
    settlement_amount = MoneyField(amount="settlement_amount")
    outcome_amount = MoneyField(amount="outcome_amount")
    reckoning = serializers.SerializerMethodField()

    class Meta:
        model = Claim
        fields = [
            "id", "reference", "status", "kind", "agreement", "claimant", "claimant_name", "respondent", "respondent_name",
            "protected_client", "person_name", "what", "breach_on", "known_on", "file_by", "computed", "reckoning", "claimed",
            "agreed", "paid", "filed_at", "served_at", "read_at", "due_at", "response", "responded_at", "cured", "mediator",
            "settlement_by", "settlement_amount", "settlement_text", "settlement_admits", "outcome_by", "outcome_status",
            "outcome_amount", "outcome_until", "how_decided", "decided_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("what", "how", "comes_to")},
            },
        }
    )
    def get_reckoning(self, claim: Claim) -> Any:
        """The way to the sum, step by step."""
        return claim.reckoning


class ClaimEventSerializer(serializers.ModelSerializer[ClaimEvent]):
    """One line of a claim's history."""

    class Meta:
        model = ClaimEvent
        fields = ["step", "side", "by_firm", "from_status", "to_status", "reason", "occurred_at"]
        read_only_fields = fields


class ClaimEvidenceSerializer(serializers.ModelSerializer[ClaimEvidence]):
    """A paper that was handed in, by its hash."""

    firm = serializers.UUIDField(source="firm_id", read_only=True)

    class Meta:
        model = ClaimEvidence
        fields = ["id", "kind", "source", "event_on", "redacted", "file_name", "size", "sha256", "firm", "uploaded_at"]  # fmt: skip
        read_only_fields = fields


class ClaimInput(Input):
    """What happened: about a `protected_client`, or under an `agreement` about a person or conduct."""

    protected_client = serializers.UUIDField(required=False, allow_null=True, default=None)
    agreement = serializers.UUIDField(required=False, allow_null=True, default=None)
    kind = serializers.ChoiceField(choices=Claim.Kind.choices)
    person_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    what = serializers.CharField(max_length=5000)
    breach_on = serializers.DateField()
    known_on = serializers.DateField()


class ReckonInput(Input):
    """The months billed before the breach, at most the last twelve; or a person's base pay of the first year."""

    billed = serializers.ListField(
        child=serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal(0)),
        max_length=12,
        required=False,
        default=list,
    )
    pay = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True, default=None
    )


class PaperUpload(Input):
    """A paper: a PDF or a photo."""

    kind = serializers.ChoiceField(choices=ClaimEvidence.Kind.choices)
    source = serializers.CharField(max_length=200)  # type: ignore[assignment] # DRF takes declared fields out of the class
    event_on = serializers.DateField()
    redacted = serializers.BooleanField(required=False, default=False)
    file = serializers.FileField()


class ResponseInput(Input):
    response = serializers.CharField(max_length=5000)


class CuredInput(Input):
    cured = serializers.CharField(max_length=5000)


class ClaimMediatorInput(Input):
    mediator = serializers.CharField(max_length=200)


class ClaimReasonInput(Input):
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class SettlementInput(Input):
    """Terms on which it ends; `admits` says that the breach is admitted."""

    terms = serializers.CharField(max_length=1000)
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True, default=None
    )
    admits = serializers.BooleanField(required=False, default=False)


class OutcomeInput(Input):
    """How a court, an arbitrator or a mediator decided."""

    outcome = serializers.ChoiceField(choices=["upheld", "partly_upheld", "dismissed"])
    amount = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), required=False, allow_null=True, default=None
    )


class ClaimPaymentInput(Input):
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=Decimal("0.01"))
