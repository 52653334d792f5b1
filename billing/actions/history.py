"""One line of history for every step of an invoice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.models import Invoice, InvoiceEvent
from partnernet.core.actors import Actor
from partnernet.core.models import EventBase


def record(  # noqa: PLR0913 - one event's facts
    invoice: Invoice,
    step: str,
    *,
    by: Actor,
    now: datetime,
    side: str,
    to: str = "",
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move an invoice to a status, or leave it where it is, and write the event."""
    before, invoice.status = invoice.status, to or invoice.status
    invoice.save(update_fields=["status", "paid_on"])
    statuses = ("" if step in {"drafted", "redraft"} else before, invoice.status)
    event = EventBase.draft(
        by=by, step=step, side=side, now=now, statuses=statuses, reason=reason, changes=changes
    )
    InvoiceEvent.objects.create(invoice=invoice, **event)
