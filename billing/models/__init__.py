"""Invoices and what was paid on them."""

from billing.models.invoices import Invoice, InvoiceEvent
from billing.models.payments import Payment, PaymentAllocation

__all__ = ["Invoice", "InvoiceEvent", "Payment", "PaymentAllocation"]
