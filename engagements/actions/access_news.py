"""What is told about keys, accounts and tools that are owed back."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from engagements.models import AccessGrant, WorkOrder
from partnernet.core.notify import owe
from partners.models import Firm, Member

LEADS = ("owner", "dispatcher")


def returned(order: WorkOrder, grant: AccessGrant, *, now: datetime) -> None:
    _tell("access_returned", order.prime, grant, now=now, how=grant.returned_how)


def denied(order: WorkOrder, grant: AccessGrant, reason: str, *, now: datetime) -> None:
    del order
    _tell("access_denied", grant.holder, grant, now=now, reason=reason)


def revoked(order: WorkOrder, grant: AccessGrant, *, now: datetime) -> None:
    del order
    _tell("access_revoked", grant.holder, grant, now=now)


def owed(grant: AccessGrant, *, now: datetime, once: str = "") -> int:
    return _tell("access_owed", grant.holder, grant, now=now, once=once)


def unconfirmed(grant: AccessGrant, *, now: datetime, once: str) -> int:
    return _tell("access_unconfirmed", grant.work_order.prime, grant, now=now, once=once)


def _tell(
    kind: str, firm: Firm | None, grant: AccessGrant, *, now: datetime, once: str = "", **more: Any
) -> int:
    if firm is None:
        return 0
    order, holder = grant.work_order, grant.holder
    told = owe(
        kind,
        to=Member.objects.active().addressees(firm.pk, *LEADS),
        now=now,
        path=reverse("access", args=[firm.pk]),
        context={
            "order": order.reference,
            "title": order.title,
            "prime": order.prime.name,
            "sub": holder.name if holder else "",
            "what": grant.what,
            "kind": grant.get_kind_display(),
            **more,
        },
        subject_id=order.pk,
        once=once,
    )
    return len(told)
