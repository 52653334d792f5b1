"""Invoices and payments as JSON, for both firms."""

from typing import Any

from rest_framework import serializers

from billing.models import Invoice, Payment
from partnernet.core.rest import Input, MoneyField


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    """Money that the payer says it sent."""

    amount = MoneyField(amount="amount")
    invoices = serializers.SerializerMethodField()

    class Meta:
        model = Payment
        fields = [
            "id", "payer", "payee", "amount", "paid_on", "reference", "invoices", "announced_at", "silence_at", "confirmed_at",
            "by_silence",
        ]  # fmt: skip
        read_only_fields = fields

    def get_invoices(self, payment: Payment) -> list[str]:
        """Return the ids of the invoices that it is for."""
        return [str(part.invoice_id) for part in payment.allocations.all()]


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    """An invoice: equal to the work that was approved. `open_amount` is what nobody has confirmed yet."""

    amount = MoneyField(amount="amount")
    announced = MoneyField(amount="announced")
    confirmed = MoneyField(amount="confirmed")
    open_amount = MoneyField(amount="open_amount")
    sub_name = serializers.CharField(source="sub.name", read_only=True)
    prime_name = serializers.CharField(source="prime.name", read_only=True)

    class Meta:
        model = Invoice
        fields = [
            "id", "reference", "number", "status", "sub", "sub_name", "prime", "prime_name", "work_order", "kind", "submission",
            "amount", "announced", "confirmed", "open_amount", "issued_on", "due_on", "paid_on", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class PaidInput(Input):
    """What was sent. No amount means all that is open."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2, required=False, allow_null=True)
    paid_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class VoidInput(Input):
    reason = serializers.CharField(max_length=1000)


class ApproveInput(Input):
    """Which submission was looked at."""

    submission: Any = serializers.UUIDField()
