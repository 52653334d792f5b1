"""Everything that can happen to money."""

from billing.actions.approvals import approve_silent_work, approve_work
from billing.actions.endings import cancel_job, cancel_order, remove_firm
from billing.actions.payments import announce_payment, confirm_payment, confirm_silent_payments, void
from billing.actions.sweeps import tell_overdue

__all__ = [
    "announce_payment",
    "approve_silent_work",
    "approve_work",
    "cancel_job",
    "cancel_order",
    "confirm_payment",
    "confirm_silent_payments",
    "remove_firm",
    "tell_overdue",
    "void",
]
