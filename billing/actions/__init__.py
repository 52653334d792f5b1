"""Everything that can happen to money."""

from billing.actions.approvals import approve_silent_work, approve_work
from billing.actions.endings import cancel_job, cancel_order, remove_firm
from billing.actions.objections import agree_mediator, approve, ask_revision, dispute, name_mediator
from billing.actions.payments import (
    announce_payment,
    announce_payments,
    confirm_payment,
    confirm_silent_payments,
    deny_payment,
)
from billing.actions.revising import credit, redraft, submit, void
from billing.actions.sweeps import approve_uncontested, remind_talks, tell_overdue

__all__ = [
    "agree_mediator",
    "announce_payment",
    "announce_payments",
    "approve",
    "approve_silent_work",
    "approve_uncontested",
    "approve_work",
    "ask_revision",
    "cancel_job",
    "cancel_order",
    "confirm_payment",
    "confirm_silent_payments",
    "credit",
    "deny_payment",
    "dispute",
    "name_mediator",
    "redraft",
    "remind_talks",
    "remove_firm",
    "submit",
    "tell_overdue",
    "void",
]
