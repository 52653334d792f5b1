"""The kernel's background work. Tasks take keywords, hold no logic and may run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from partnernet.core import clock, idempotency, mail

log = structlog.get_logger(__name__)


@shared_task
def pay_deliveries(*, delivery_ids: list[str], **_: Any) -> None:
    for key in delivery_ids:
        mail.pay(UUID(key))


@shared_task
def pay_what_is_owed(**_: Any) -> None:
    """Send what the broker lost or what had to wait."""
    mail.pay_due(now=clock.now())


@shared_task
def forget_answers(**_: Any) -> None:
    idempotency.forget(now=clock.now())


def ring(delivery_ids: list[str]) -> None:
    """Wake a worker for some deliveries. A broker that is down costs time, never the message."""
    try:
        pay_deliveries.apply_async(kwargs={"delivery_ids": delivery_ids}, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("bell_unheard", deliveries=len(delivery_ids), error=str(error))
