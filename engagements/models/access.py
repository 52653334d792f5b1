"""Keys, accounts and tools that were handed to the firm that does the work: owed back on every exit."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from engagements.models.offers import Assignment
from engagements.models.orders import WorkOrder
from partnernet.core.models import Entity
from partners.models import Firm, Member

HELD = ("in_progress", "on_hold", "submitted", "approved", "cancelled")
"""States of an order in which somebody of the other firm has read the briefing, so that its people know what they hold."""
ENDED = ("submitted", "approved", "cancelled")
"""States of an order in which what was handed over is to come back."""


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        """Keep what a firm handed over, and what it holds or held."""
        held = Q(assignment=None, work_order__sub=firm, work_order__status__in=HELD)
        return self.filter(Q(work_order__prime=firm) | held | Q(assignment__firm=firm))

    def owed(self) -> Self:
        """Neither handed back nor revoked."""
        return self.filter(returned_at=None, revoked_at=None)

    def of_running(self) -> Self:
        """Keep what whoever does the work now holds: not what a firm still owes whose work ended."""
        return self.filter(assignment=None)

    def unsettled(self) -> Self:
        """Neither received again nor revoked, at a firm that could have it."""
        somewhere = Q(assignment__isnull=False) | Q(work_order__sub__isnull=False)
        return self.filter(somewhere, received_at=None, revoked_at=None)

    def after_the_work(self) -> Self:
        return self.filter(Q(assignment__isnull=False) | Q(work_order__status__in=ENDED))

    def with_work(self) -> Self:
        return self.select_related(
            "assignment__firm",
            "work_order__prime",
            "work_order__sub",
            "work_order__client",
            "work_order__site",
        )


class AccessGrant(Entity):
    """A key, an account, a tool. `what` and `details` are shown after the briefing alone.

    The firm that holds it says that it went back; the firm that handed it over says that it arrived, or makes it useless.
    `assignment` is the one that ended while this was out: its firm owes it, whoever does the work afterwards.
    """

    class Kind(models.TextChoices):
        KEY = "key", "Key or card"
        ACCOUNT = "account", "Account or password"
        REMOTE = "remote", "Remote tool"
        DEVICE = "device", "Device"

    work_order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="access_grants")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, blank=True, related_name="access_owed"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.KEY)
    what = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    handed_over_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    returned_how = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["key", "account", "remote", "device"]), name="access_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None)
                | Q(returned_at__isnull=False, returned_by__isnull=False),
                name="access_returned_at_goes_with_returned_by",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None, received_by=None)
                | Q(received_at__isnull=False, received_by__isnull=False, returned_at__isnull=False),
                name="access_received_after_it_was_returned",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="access_revoked_at_goes_with_revoked_by",
            ),
        ]
        indexes = [
            models.Index(
                fields=["work_order"], condition=Q(received_at=None, revoked_at=None), name="access_unsettled"
            )
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def holder(self) -> Firm | None:
        """The firm that has it; loaded by `with_work`."""
        return self.assignment.firm if self.assignment else self.work_order.sub
