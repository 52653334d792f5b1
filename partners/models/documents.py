"""Papers of a firm: handed in, looked at by the operator, and what others asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from partnernet.core.ids import new_id
from partnernet.core.models import Entity
from partnernet.core.money import currency_field
from partners import papers
from partners.papers import Shown, Slot


class DocumentQuerySet(models.QuerySet["Document"]):
    """The vocabulary of papers."""

    def visible_to(self, firm: UUID) -> Self:
        """A firm sees its own papers whole; of those of others it learns no more than what holds until when."""
        return self.filter(firm=firm)

    def pending(self) -> Self:
        return self.filter(status=Document.Status.PENDING)

    def accepted(self) -> Self:
        return self.filter(status=Document.Status.ACCEPTED)

    def counted_on(self, day: date) -> Self:
        """Those that the operator had accepted by that day (UTC) and that were not taken back by then."""
        return self.filter(Q(status="accepted") | Q(status="withdrawn", withdrawn_at__date__gt=day)).filter(
            decided_at__date__lte=day
        )

    def of_slot(self, slot: Slot) -> Self:
        return self.filter(kind=slot.kind, policy=slot.policy, name__iexact=slot.name)

    def shown_by(self, firms: Iterable[UUID]) -> dict[UUID, list[Shown]]:
        """Return the accepted papers of each of these firms as values, in one query."""
        found: dict[UUID, list[Shown]] = {firm: [] for firm in firms}
        for paper in self.filter(firm__in=found, status="accepted").order_by("sent_at", "pk"):
            found[paper.firm_id].append(paper.shown)
        return found

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


def _kept_at(paper: Document, _name: str) -> str:
    """Return where the bytes are kept: a name of ours, never one that was sent."""
    return f"papers/{paper.firm_id}/{new_id()}"


class Document(Entity):
    """One paper. What it says counts once the operator has accepted it; whether it still holds is reckoned, never stored."""

    class Status(models.TextChoices):
        PENDING = "pending", "Being checked"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Not accepted"
        WITHDRAWN = "withdrawn", "Taken back"

    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=24, choices=list(papers.KINDS.items()))
    policy = models.CharField(max_length=24, choices=list(papers.POLICIES.items()), blank=True, default="")
    name = models.CharField(max_length=150, blank=True, default="", help_text="Of what, or of whom.")
    carrier = models.CharField(max_length=150, blank=True, default="")
    number = models.CharField(max_length=100, blank=True, default="", help_text="Never a tax number.")
    limit_each = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="For each claim."
    )
    limit_total = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="For all claims of a year."
    )
    currency = currency_field()
    effective_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    file = models.FileField(upload_to=_kept_at, max_length=200)
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True, default="", help_text="Why it was not accepted.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "core.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = "paper"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(papers.KINDS)), name="document_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=("pending", "accepted", "rejected", "withdrawn")),
                name="document_status_known",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="insurance") & Q(policy=""))
                | (
                    Q(kind="insurance", policy__in=list(papers.POLICIES), limit_each__gt=0)
                    & Q(effective_on__isnull=False, expires_on__isnull=False)
                    & ~Q(carrier="")
                    & ~Q(number="")
                ),
                name="document_insurance_says_what_it_covers",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("certification", "background_check")) | ~Q(name=""),
                name="document_named_where_there_are_several",
            ),
            models.CheckConstraint(
                condition=Q(effective_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gt=F("effective_on")),
                name="document_expires_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_at__isnull=True, decided_by__isnull=True)
                | Q(status="withdrawn", decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    status__in=("accepted", "rejected", "withdrawn"),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="document_decided_at_goes_with_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="document_rejected_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)),
                name="document_withdrawn_at_goes_with_withdrawn_by",
            ),
        ]
        indexes = [
            models.Index(fields=["firm", "status"], name="document_of_firm"),
            models.Index(fields=["expires_on"], condition=Q(status="accepted"), name="document_running_out"),
        ]

    def __str__(self) -> str:
        return self.slot.words

    @property
    def slot(self) -> Slot:
        """What a newer one takes the place of."""
        return Slot(self.kind, self.policy, self.name)

    @property
    def shown(self) -> Shown:
        """What the paper says, as a value. Names are compared without regard to capitals."""
        return Shown(
            Slot(self.kind, self.policy, self.name.casefold()),
            self.sent_at,
            self.effective_on,
            papers.last_day(self.kind, self.expires_on),
            self.limit_each,
            self.currency,
        )


class PaperRequestQuerySet(models.QuerySet["PaperRequest"]):
    """The vocabulary of requests for papers."""

    def waiting_at(self, firm: UUID) -> Self:
        """What others asked this firm for and have not been shown yet."""
        return self.filter(firm=firm, answered_at=None)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class PaperRequest(Entity):
    """One firm asks another for a paper, with the limit it has to show; answered when the operator has accepted such a one."""

    asker = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="papers_asked")
    kind = models.CharField(max_length=24, choices=list(papers.KINDS.items()))
    policy = models.CharField(max_length=24, choices=list(papers.POLICIES.items()), blank=True, default="")
    limit_each = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = currency_field()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PaperRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "firm", "kind", "policy"],
                condition=Q(answered_at__isnull=True),
                name="paper_request_once_open",
            ),
            models.CheckConstraint(condition=~Q(asker=F("firm")), name="paper_request_between_two_firms"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(papers.SHOWN)), name="paper_request_for_what_is_shown"
            ),
        ]
        indexes = [
            models.Index(fields=["firm"], condition=Q(answered_at__isnull=True), name="paper_request_open")
        ]

    def __str__(self) -> str:
        return self.slot.words

    @property
    def slot(self) -> Slot:
        """What was asked for."""
        return Slot(self.kind, self.policy)
