"""Reading news."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from partnernet.core import clock
from partnernet.core.models import Notification, User


def mark_read(news: Notification, *, now: datetime | None = None) -> None:
    """Mark one piece of news as read; the first time counts."""
    Notification.objects.filter(pk=news.pk, read_at=None).update(read_at=now or clock.now())


def mark_all_read(user: User, firm_id: UUID, *, now: datetime | None = None) -> int:
    """Mark all news of a person in a firm as read, and say how many were not."""
    return Notification.objects.inbox_of(user, firm_id).unread().update(read_at=now or clock.now())
