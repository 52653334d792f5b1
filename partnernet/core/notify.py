"""Later is a promise: news is owed in rows of the same transaction, and paid after it.

Celery pays fast; the sweep pays whatever the broker lost. Sending is at-least-once: a crash between the mail
server's yes and our commit sends again, with the same Message-ID, so that mailboxes show it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
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

# What is promised inside `together` and not written yet.
_held: ContextVar[list[tuple[Notification, Delivery]] | None] = ContextVar("held", default=None)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom to tell: a person with an account (then also in their inbox), or a bare address."""

    email: str
    name: str = ""
    user_id: UUID | None = None
    firm_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class News:
    """One message of a kind: whom to tell, where its button leads, what it says, and what it is about."""

    to: Iterable[Addressee]
    path: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    subject_id: UUID | None = None
    once: str = ""


@contextmanager
def together() -> Iterator[None]:
    """Write all that is owed inside at the end, in as few statements as one message; an error inside writes none.

    Stand it inside the action's transaction. Inside another `together` it waits for the outer one.
    """
    if _held.get() is not None:
        yield
        return
    held: list[tuple[Notification, Delivery]] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    _write(held)


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
    per recipient, so that a sweep, or two at once, may say the same thing twice. `doorway` names an address
    that takes a mailed token instead of `path`. Nothing leaves before `send_after`. Inside `together` rows with
    `once` are returned though they may turn out to have been promised before.
    """
    pairs = _promise(kind, News(to, path, context or {}, subject_id, once), now=now, urgent=urgent)
    return _store(pairs, doorway=doorway, due=send_after or now)


def owe_each(kind: str, many: Iterable[News], *, now: datetime, doorway: str = "") -> list[Notification]:
    """Promise many messages of one kind, each with its own words, in as few statements as one."""
    pairs = [pair for news in many for pair in _promise(kind, news, now=now)]
    return _store(pairs, doorway=doorway, due=now)


def _promise(
    kind: str, news: News, *, now: datetime, urgent: bool = False
) -> list[tuple[Notification, Addressee]]:
    values = dict(news.context)
    title = " ".join(render_to_string(f"emails/{kind}/subject.txt", values).split())[:300]
    return [
        (
            Notification(
                user_id=whom.user_id,
                firm=whom.firm_id,
                kind=kind,
                title=title,
                path=news.path,
                context=values,
                subject_id=news.subject_id,
                urgent=urgent,
                dedupe=f"{kind}:{news.once}:{whom.user_id or whom.email}"[:300] if news.once else None,
                created_at=now,
            ),
            whom,
        )
        for whom in news.to
    ]


def _store(pairs: list[tuple[Notification, Addressee]], *, doorway: str, due: datetime) -> list[Notification]:
    """Write the rows that were not promised before, or hold them until `together` ends."""
    rows = [(news, _delivery(news, whom, doorway=doorway, due=due)) for news, whom in pairs]
    held = _held.get()
    if held is None:
        rows = _write(rows)
    else:
        held += rows
    return [news for news, _ in rows]


def _write(rows: list[tuple[Notification, Delivery]]) -> list[tuple[Notification, Delivery]]:
    """Write rows, ring the bell once the transaction has committed, and return what was new."""
    rows = _unsaid(rows)
    if rows:
        Delivery.objects.bulk_create([delivery for _, delivery in rows])
        keys = [str(delivery.pk) for _, delivery in rows]
        transaction.on_commit(partial(ring, keys), robust=True)
    return rows


def _unsaid(rows: list[tuple[Notification, Delivery]]) -> list[tuple[Notification, Delivery]]:
    """Insert notifications and return those that are new.

    Two sweeps may promise the same at once: the second waits for the first in the unique index and then inserts
    nothing, where a look beforehand would not have seen it.
    """
    promised = [news for news, _ in rows]
    if all(news.dedupe is None for news in promised):
        Notification.objects.bulk_create(promised)
        return rows
    Notification.objects.bulk_create(promised, ignore_conflicts=True)
    new = set(Notification.objects.filter(pk__in=[n.pk for n in promised]).values_list("pk", flat=True))
    return [row for row in rows if row[0].pk in new]


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
