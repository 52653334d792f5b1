"""The kernel's tables: people, what they are owed to know, and answers that must not be given twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from partnernet.core import door
from partnernet.core.actors import Actor
from partnernet.core.ids import new_id


class Entity(models.Model):
    """Anything with a UUIDv7 key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    """Makes users who sign in by email."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Store a person; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(Entity, AbstractBaseUser, PermissionsMixin):
    """A person. What they may do hangs on their memberships of firms."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, default="America/New_York")
    locale = models.CharField(max_length=10, default="en-us")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower(F("email"))), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def called(self) -> str:
        """Return what to call this person: their name, or the address where there is none."""
        return self.name or self.email


class EventBase(Entity):
    """One step of one aggregate, written in the transaction that took it. Never changed afterwards."""

    step = models.CharField(max_length=40)
    side = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    door = models.CharField(max_length=10)
    by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_firm = models.UUIDField(null=True, blank=True)
    on_behalf_of = models.CharField(max_length=120, blank=True)
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.step} {self.id}"

    @staticmethod
    def draft(  # noqa: PLR0913 - an event has this many facts; the one place that takes them all
        *,
        by: Actor,
        step: str,
        side: str,
        now: datetime,
        statuses: tuple[str, str] = ("", ""),
        reason: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the column values of an event; `statuses` is (from, to)."""
        return {
            "step": step,
            "side": side,
            "role": by.role,
            "door": door.current(),
            "by_user_id": by.user_id,
            "by_firm": by.firm_id,
            "from_status": statuses[0],
            "to_status": statuses[1],
            "reason": reason,
            "changes": dict(changes or {}),
            "occurred_at": now,
        }


class NotificationQuerySet(models.QuerySet["Notification"]):
    def inbox_of(self, user: User, firm_id: Any) -> Self:
        """What this person was told as a member of this firm, newest first."""
        return self.filter(user=user, firm=firm_id).order_by("-created_at", "-id")

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(Entity):
    """One piece of news for one person."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications"
    )
    firm = models.UUIDField(null=True, blank=True)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=300, blank=True)
    context = models.JSONField(default=dict, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    urgent = models.BooleanField(default=False)
    dedupe = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 - NULL never collides
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe"], name="notification_owed_once"),
        ]
        indexes = [
            models.Index(fields=["user", "firm", "-created_at", "-id"], name="notification_inbox"),
            models.Index(fields=["user", "firm"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["subject_id"], name="notification_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Not sent, not given up, and their time has come."""
        return self.filter(sent_at=None, given_up_at=None, next_attempt_at__lte=now)

    def given_up(self) -> Self:
        """The dead letters: tried over days, and never taken by the other side."""
        return self.filter(given_up_at__isnull=False)


class Delivery(Entity):
    """One message to one address. The row is the debt; the broker is only a bell."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, default="email")
    address = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    doorway = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(given_up_at=None), name="delivery_sent_or_given_up"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(sent_at=None, given_up_at=None),
                name="delivery_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.message_id}"


class IdempotencyRecord(Entity):
    """The first answer to a keyed request, byte for byte, stored in the transaction of its effect."""

    principal = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once"),
            models.CheckConstraint(condition=models.Q(status__lt=500), name="idempotency_keeps_no_failure"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"
