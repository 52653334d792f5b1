"""Invoices and payments as JSON, for both firms."""

from typing import Any

from rest_framework import serializers

from billing.models import CreditNote, Invoice, InvoiceLine, Objection, ObjectionLine, Payment
from partnernet.core.rest import Input, MoneyField


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """Money that the payer says it sent."""

    amount = MoneyField(amount="amount")
    invoices = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = [
            "id", "payer", "payee", "amount", "paid_on", "reference", "invoices", "announced_at", "silence_at", "confirmed_at",
            "by_silence", "denied_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_invoices(self, payment: Payment) -> list[str]:
        """Return the ids of the invoices that it is for."""
        return [str(part.invoice_id) for part in payment.allocations.all()]


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    """What is billed. `approved` is the most it may ask for; `held` is what both do not agree on yet."""

    amount = MoneyField(amount="amount", currency="invoice.currency")
    approved = MoneyField(amount="approved", currency="invoice.currency")
    credited = MoneyField(amount="credited", currency="invoice.currency")
    held = MoneyField(amount="held", currency="invoice.currency")

    class Meta:
        model = InvoiceLine
        fields = [
            "id", "position", "what", "amount", "approved", "credited", "held", "submitted_on", "contest_by", "due_on",
        ]  # fmt: skip
        read_only_fields = fields


class ObjectionLineSerializer(serializers.ModelSerializer[ObjectionLine]):
    amount = MoneyField(amount="amount", currency="line.invoice.currency")

    class Meta:
        model = ObjectionLine
        fields = ["line", "amount", "reason"]
        read_only_fields = fields


class ObjectionSerializer(serializers.ModelSerializer[Objection]):
    """What is, or was, wrong with an invoice; `ended_at` is null while it stands."""

    lines = ObjectionLineSerializer(many=True, read_only=True)

    class Meta:
        model = Objection
        fields = [
            "id", "kind", "lines", "raised_at", "talk_by", "mediator", "mediator_agreed_at", "outcome", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class CreditNoteSerializer(serializers.ModelSerializer[CreditNote]):
    """What the issuer took back of an invoice."""

    amount = MoneyField(amount="amount", currency="invoice.currency")
    lines = serializers.SerializerMethodField()

    class Meta:
        model = CreditNote
        fields = ["id", "reference", "number", "invoice", "amount", "reason", "issued_on", "lines"]
        read_only_fields = fields

    def get_lines(self, note: CreditNote) -> list[dict[str, str]]:
        """Return how much of which line."""
        return [{"line": str(part.line_id), "amount": f"{part.amount:.2f}"} for part in note.lines.all()]


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice for approved work, or a fee. `open_amount` is neither confirmed nor credited; of it, `held` is not agreed on yet."""

    amount = MoneyField(amount="amount")
    announced = MoneyField(amount="announced")
    confirmed = MoneyField(amount="confirmed")
    credited = MoneyField(amount="credited")
    held = MoneyField(amount="held")
    open_amount = MoneyField(amount="open_amount")
    lines = InvoiceLineSerializer(many=True, read_only=True)
    sub_name = serializers.CharField(source="sub.name", read_only=True)
    prime_name = serializers.CharField(source="prime.name", read_only=True)

    class Meta:
        model = Invoice
        fields = [
            "id", "reference", "number", "status", "sub", "sub_name", "prime", "prime_name", "work_order", "kind", "submission",
            "amount", "announced", "confirmed", "credited", "held", "open_amount", "lines", "issued_on", "due_on", "paid_on", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class PaidInput(Input):
    """What was sent. No amount means all that is open."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False, allow_null=True)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


def _once(name: str, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len({part[name] for part in parts}) < len(parts):
        raise serializers.ValidationError(f"Name each {name} once.")
    return parts


class _OfLines(Input):
    """A body with `lines`, each once."""

    def validate_lines(self, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take each line once."""
        return _once("line", parts)


class PartInput(Input):
    """So much for one invoice. No amount means all that is open and agreed on."""

    invoice = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False, allow_null=True)


class AnnounceInput(Input):
    """One payment for several invoices of one firm."""

    invoices = serializers.ListField(child=PartInput(), min_length=1, max_length=100)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")

    def validate_invoices(self, parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take each invoice once."""
        return _once("invoice", parts)


class WrongInput(Input):
    line = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    reason = serializers.CharField(max_length=500)


class ObjectionInput(_OfLines):
    """How much of which line is wrong, and why. What is not named stays payable."""

    lines = serializers.ListField(child=WrongInput(), min_length=1, max_length=100)


class LineAmountInput(Input):
    line = serializers.UUIDField()
    amount = serializers.DecimalField(max_digits=12, decimal_places=2)


class InvoiceSubmitInput(_OfLines):
    """New amounts of the lines that change, and what the other firm should know."""

    lines = serializers.ListField(child=LineAmountInput(), required=False, default=list, max_length=100)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class CreditInput(_OfLines):
    """How much of which line is taken back."""

    lines = serializers.ListField(child=LineAmountInput(), min_length=1, max_length=100)
    reason = serializers.CharField(max_length=1000)


class MediatorInput(Input):
    mediator = serializers.CharField(max_length=200)


class VoidInput(Input):
    reason = serializers.CharField(max_length=1000)


class ApproveInput(Input):
    """Which submission was looked at."""

    submission: Any = serializers.UUIDField()
