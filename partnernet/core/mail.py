"""Turns one owed delivery into one sent email."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formataddr
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from partnernet.core import clock, links
from partnernet.core.models import Delivery, Notification

log = structlog.get_logger(__name__)

# Minutes until the next try after the n-th failure; after the last one an operator is needed.
RETRIES = (1, 5, 15, 60, 180, 360, 720, 1440)

BATCH = 200


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a mail."""

    name: str
    content_type: str
    body: bytes


_ENCLOSED: dict[str, Callable[[Notification], Enclosure | None]] = {}


def enclose(kind: str, found: Callable[[Notification], Enclosure | None]) -> None:
    """Have `found` fetch the file that goes with every mail of a kind, when it is sent. An app says so once, when it is ready."""
    _ENCLOSED[kind] = found


@transaction.atomic
def pay(delivery_id: UUID, *, now: datetime | None = None) -> bool:
    """Send one delivery if it is due and nobody else is sending it; say whether it went out."""
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("notification")
        .order_by("pk")
        .filter(pk=delivery_id)
        .first()
    )
    now = now or clock.now()
    if delivery is None or delivery.sent_at or delivery.given_up_at or delivery.next_attempt_at > now:
        return False
    delivery.attempts += 1
    try:
        message(delivery).send()
    except OSError as error:
        _postpone(delivery, error, now)
        return False
    delivery.sent_at = now
    delivery.last_error = ""
    delivery.save(update_fields=["sent_at", "attempts", "last_error"])
    return True


@transaction.atomic
def revive(delivery_id: UUID, *, now: datetime | None = None) -> bool:
    """Owe a given-up delivery anew, with all its tries; say whether it was given up."""
    return bool(
        Delivery.objects.given_up()
        .filter(pk=delivery_id)
        .update(given_up_at=None, attempts=0, next_attempt_at=now or clock.now())
    )


def pay_due(*, now: datetime) -> int:
    """Send a batch of what is due, the oldest first; return how many went out."""
    due = Delivery.objects.due(now).order_by("next_attempt_at", "id").values_list("pk", flat=True)
    return sum(pay(key) for key in due[:BATCH])


def message(delivery: Delivery) -> EmailMultiAlternatives:
    """Render a delivery in text and HTML."""
    news = delivery.notification
    values: dict[str, Any] = news.context | {
        "link": link(delivery),
        "recipient_name": delivery.name,
        "site": settings.SITE_URL,
    }
    mail = EmailMultiAlternatives(
        subject=news.title,
        body=render_to_string(f"emails/{news.kind}/body.txt", values),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((delivery.name, delivery.address))],
        headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"emails/{news.kind}/body.html", values), "text/html")
    if (found := _ENCLOSED.get(news.kind)) and (file := found(news)):
        mail.attach(file.name, file.body, file.content_type)
    return mail


def link(delivery: Delivery) -> str:
    """Return the absolute address of the one button: the mailed doorway, or the page."""
    if delivery.doorway:
        return settings.SITE_URL + reverse(delivery.doorway, args=[links.token(delivery.pk)])
    return settings.SITE_URL + delivery.notification.path


def _postpone(delivery: Delivery, error: OSError, now: datetime) -> None:
    """Try again later, or leave it to the operator's list of dead letters."""
    delivery.last_error = str(error)[:500]
    if delivery.attempts > len(RETRIES):
        delivery.given_up_at = now
    else:
        delivery.next_attempt_at = now + timedelta(minutes=RETRIES[delivery.attempts - 1])
    delivery.save(update_fields=["attempts", "last_error", "next_attempt_at", "given_up_at"])
    log.warning(
        "delivery_failed", delivery=str(delivery.pk), attempts=delivery.attempts, error=delivery.last_error
    )
