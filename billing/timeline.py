"""An invoice's history as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from billing.models import Invoice, InvoiceEvent
from partnernet.core import money


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    sentence: str
    occurred_at: datetime
    reason: str = ""


SENTENCES = {
    "drafted": "{who} approved the work; the invoice was drafted.",
    "announce_payment": "{who} announced a payment of {amount}.",
    "confirm_payment": "{who} confirmed a payment of {amount}.",
    "deny_payment": "{who} did not get {amount}.",
    "submit": "{who} sent it: {amount}.",
    "redraft": "{who} wrote it anew.",
    "approve": "{who} approved it.",
    "ask_revision": "{who} asked for a revision: {amount} should be different.",
    "dispute": "{who} disputed {amount}.",
    "name_mediator": "{who} named a mediator.",
    "agree_mediator": "{who} agreed to the mediator.",
    "credit": "{who} took {amount} back.",
    "void": "{who} gave the invoice up.",
}


def told(events: Iterable[InvoiceEvent], invoice: Invoice, *, viewer: UUID) -> list[Told]:
    """Say each step in words. People of the other firm are named by their firm."""
    firms = {invoice.prime_id: invoice.prime.name, invoice.sub_id: invoice.sub.name}
    return [
        Told(
            SENTENCES[event.step].format(who=_who(event, firms, viewer), amount=_amount(event, invoice)),
            event.occurred_at,
            event.reason,
        )
        for event in events
    ]


def _who(event: InvoiceEvent, firms: dict[UUID, str], viewer: UUID) -> str:
    if event.side == "system":
        return "Silence"
    if event.by_firm == viewer and event.by_user:
        return str(event.by_user.called)
    return firms.get(event.by_firm, "Somebody") if event.by_firm else "Somebody"


def _amount(event: InvoiceEvent, invoice: Invoice) -> str:
    amount = event.changes.get("amount")
    return money.show(Decimal(amount), invoice.currency) if amount else ""
