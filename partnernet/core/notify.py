"""Later is a promise: news is owed in rows of the same transaction, and paid after it.

Celery pays fast; the sweep pays whatever the broker lost. Sending is at-least-once: a crash between the mail
server's yes and our commit sends again, with the same Message-ID, so that mailboxes show it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from partnernet.core import links
from partnernet.core.ids import new_id
from partnernet.core.models import Delivery, Notification
from partnernet.core.tasks import ring


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom to tell: a person with an account (then also in their inbox), or a bare address."""

    email: str
    name: str = ""
    user_id: UUID | None = None
    firm_id: UUID | None = None


def owe(  # noqa: PLR0913 - the one way news leaves an action; each part is optional but the first three
    kind: str,
    *,
    to: Iterable[Addressee],
    now: datetime,
    path: str = "",
    context: Mapping[str, Any] | None = None,
    subject_id: UUID | None = None,
    urgent: bool = False,
    send_after: datetime | None = None,
    once: str = "",
    doorway: str = "",
) -> list[Notification]:
    """Promise one message to each addressee, and return what was promised.

    `kind` names a folder of templates/emails. `context` holds plain values. `once` makes the promise unique
    per recipient, so that a sweep may say the same thing twice. `doorway` names an address that takes a
    mailed token instead of `path`. Nothing leaves before `send_after`.
    """
    to = list(to)
    values = dict(context or {})
    title = " ".join(render_to_string(f"emails/{kind}/subject.txt", values).split())[:300]
    promised = [
        Notification(
            user_id=addressee.user_id,
            firm=addressee.firm_id,
            kind=kind,
            title=title,
            path=path,
            context=values,
            subject_id=subject_id,
            urgent=urgent,
            dedupe=f"{kind}:{once}:{addressee.user_id or addressee.email}"[:300] if once else None,
            created_at=now,
        )
        for addressee in to
    ]
    kept = {n.dedupe for n in promised if n.dedupe}
    known = (
        set(Notification.objects.filter(dedupe__in=kept).values_list("dedupe", flat=True)) if kept else set()
    )
    pairs = [(n, a) for n, a in zip(promised, to, strict=True) if n.dedupe is None or n.dedupe not in known]
    return _store(pairs, doorway=doorway, due=send_after or now)


def _store(pairs: list[tuple[Notification, Addressee]], *, doorway: str, due: datetime) -> list[Notification]:
    """Write the rows and ring the bell once the transaction has committed."""
    Notification.objects.bulk_create([news for news, _ in pairs])
    deliveries = [_delivery(news, whom, doorway=doorway, due=due) for news, whom in pairs]
    Delivery.objects.bulk_create(deliveries)
    if deliveries:
        transaction.on_commit(partial(ring, [str(delivery.pk) for delivery in deliveries]), robust=True)
    return [news for news, _ in pairs]


def _delivery(news: Notification, whom: Addressee, *, doorway: str, due: datetime) -> Delivery:
    key = new_id()
    return Delivery(
        id=key,
        notification=news,
        address=whom.email,
        name=whom.name,
        doorway=doorway,
        token_hash=links.hashed(links.token(key)) if doorway else None,
        message_id=f"<{key}@{settings.MAIL_DOMAIN}>",
        next_attempt_at=due,
    )
