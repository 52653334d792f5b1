"""News and what is owed of it."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from partnernet.core import models
from tests.factories.partners import UserFactory

FEBRUARY_12 = datetime(2007, 2, 12, 15, tzinfo=UTC)


class NotificationFactory(DjangoModelFactory[models.Notification]):
    class Meta:
        model = models.Notification

    user = factory.SubFactory(UserFactory)
    kind = "offer_sent"
    title = "$1,350: 18 computers, Hicksville"
    created_at = FEBRUARY_12


class DeliveryFactory(DjangoModelFactory[models.Delivery]):
    class Meta:
        model = models.Delivery

    notification = factory.SubFactory(NotificationFactory)
    address = factory.Sequence(lambda n: f"reader{n}@example.com")
    message_id = factory.Sequence(lambda n: f"<{n}@partnernet.example>")
    next_attempt_at = FEBRUARY_12


class IdempotencyRecordFactory(DjangoModelFactory[models.IdempotencyRecord]):
    class Meta:
        model = models.IdempotencyRecord

    principal = "a member"
    key = factory.Sequence(lambda n: f"key-{n}")
    fingerprint = "0" * 64
    status = 200
    body = "{}"
