"""A firm leaves for good, once nothing runs between it and others any more: every app says what still does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from billing.models import Invoice
from contracts.actions import conflicts
from contracts.models import Agreement, Claim
from engagements.models import Offer, WorkOrder
from partnernet.core import clock
from partnernet.core.errors import RuleBroken
from partners.actions import leaving
from partners.models import Firm


@transaction.atomic
def forget_firm(firm: Firm, *, now: datetime | None = None) -> Firm:
    """Forget who a firm is; what was signed, invoiced and paid stays as it is.

    Raises RuleBroken, which names everything that has to come to its end first.
    """
    now = now or clock.now()
    if running := list(_running(firm, now)):
        raise RuleBroken(f"{firm.name} cannot be forgotten yet. First to be ended: {', '.join(running)}.")
    conflicts.forget(firm)
    return leaving.forget(firm, now=now)


def _running(firm: Firm, now: datetime) -> Iterator[str]:
    """Count what another firm still waits for, or has a right to."""
    orders = WorkOrder.objects.filter(Q(prime=firm) | Q(sub=firm)).still_open().exclude(status="draft")
    waits = {
        "work order": orders,
        "offer": Offer.objects.received_by(firm.pk).still_open(),
        "invoice": Invoice.objects.filter(Q(prime=firm) | Q(sub=firm)).unpaid(),
        "agreement in force": Agreement.objects.visible_to(firm).signed().filter(ends_at__gt=now),
        "agreement under way": Agreement.objects.visible_to(firm).under_way(),
        "claim": Claim.objects.visible_to(firm).still_open(),
    }
    for what, rows in waits.items():
        if count := rows.count():
            head, _, tail = what.partition(" ")
            plural = f"{head}s {tail}".strip() if head == "agreement" else f"{what}s"
            yield f"{count} {what if count == 1 else plural}"
