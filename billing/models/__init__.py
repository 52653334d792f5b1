"""Invoices, what was paid on them, what is wrong with them, and what was given back."""

from billing.models.credits import CreditNote, CreditNoteLine
from billing.models.invoices import Invoice, InvoiceEvent, InvoiceLine
from billing.models.objections import Objection, ObjectionLine
from billing.models.payments import Payment, PaymentAllocation

__all__ = [
    "CreditNote",
    "CreditNoteLine",
    "Invoice",
    "InvoiceEvent",
    "InvoiceLine",
    "Objection",
    "ObjectionLine",
    "Payment",
    "PaymentAllocation",
]
