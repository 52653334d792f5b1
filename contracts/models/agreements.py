from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Greatest, JSONObject, Least, Now

from contracts import drawing
from contracts.chain import GENESIS
from contracts.models.signed import SignatureQuerySet
from contracts.models.statuses import OPEN_FOR_SIGNING, PAPER, PAPER_STANDING, SIDES, Kind, Status
from contracts.models.templates import TemplateVersion
from contracts.workflow import OTHER, PROPOSER
from partnernet.core.models import Entity, EventBase, User
from partners.models import Firm

__all__ = [
    "OPEN_FOR_SIGNING", "PAPER", "PAPER_STANDING", "SIDES", "Agreement", "AgreementEvent", "AgreementQuerySet", "AgreementRevision",
    "Kind", "Reading", "Signature", "Status",
]  # fmt: skip

CHECKED_EACH = timedelta(hours=20)


@cache
def _changes_signed() -> ArraySubquery:
    """Return the column of `with_changes`; it is always the same, and long to write."""
    rows = Agreement.objects.signed().filter(amends=models.OuterRef("pk")).in_order_of_signing()
    row = JSONObject(effective_at="effective_at", values="current_revision__values")
    return ArraySubquery(rows.values(row=row))


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, firm: Firm | UUID, *, through: Iterable[UUID] = ()) -> Self:
        """Keep the firm's own, but what was never sent only where it wrote that; and the signed ones in `through`, read as an affiliate."""
        never_sent = models.Q(status=Status.DRAFT) | models.Q(status=Status.VOIDED, proposed_at=None)
        own = models.Q(proposer=firm) | models.Q(other=firm) & ~never_sent
        if keys := list(through):
            own |= models.Q(pk__in=keys, status=Status.SIGNED)
        return self.filter(own)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def between(self, one: Firm | UUID, two: Firm | UUID, *, through: Iterable[UUID] = ()) -> Self:
        """Keep those of exactly these two firms, and those in `through`, which reach them as affiliates."""
        theirs = models.Q(proposer=one, other=two) | models.Q(proposer=two, other=one)
        return self.filter(theirs | models.Q(pk__in=keys)) if (keys := list(through)) else self.filter(theirs)

    def signed(self) -> Self:
        return self.filter(status=Status.SIGNED)

    def on_record(self) -> Self:
        """Keep what both signed here, and what a firm states to hold on paper, disputed or not."""
        return self.filter(status__in=[Status.SIGNED, *PAPER_STANDING, Status.PAPER_DISPUTED])

    def binding(self, now: datetime) -> Self:
        """Keep what is in force: signed here, or on paper, undisputed and not left unanswered for too long."""
        fresh = models.Q(paper__answer_by=None) | models.Q(paper__answer_by__gt=now)
        on_paper = models.Q(status__in=PAPER_STANDING) & fresh
        return self.filter(models.Q(status=Status.SIGNED) | on_paper, effective_at__lte=now, ends_at__gt=now)

    def in_force(self, now: datetime) -> Self:
        return self.signed().filter(effective_at__lte=now, ends_at__gt=now)

    def ended(self, now: datetime) -> Self:
        return self.signed().filter(ends_at__lte=now)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def standing_alone(self) -> Self:
        """Leave out amendments: what they change is read together with the agreement that they change."""
        return self.filter(amends=None)

    def with_changes(self) -> Self:
        """Add `changes_signed`: what every signed amendment changes and from when, the last signed last."""
        return self.annotate(changes_signed=_changes_signed())

    def in_order_of_signing(self) -> Self:
        """Add `signed_at`, when the last of the signatures on the current revision was put, and order by it."""
        signed = Signature.objects.filter(revision=models.OuterRef("current_revision")).order_by("-signed_at")
        last = models.Subquery(signed.values("signed_at")[:1])
        return self.annotate(signed_at=last).order_by("signed_at", "pk")

    def under_way(self) -> Self:
        """Keep those that somebody still has to answer or sign."""
        return self.filter(status__in=[*OPEN_FOR_SIGNING, Status.NEGOTIATING])

    def lapsing(self, now: datetime) -> Self:
        return self.filter(lapses_at__lte=now)

    def to_remind(self, now: datetime) -> Self:
        return self.filter(remind_at__lte=now)

    def to_check(self, now: datetime, edition: str) -> Self:
        """Keep what is in force or to come, and was not looked at for a day, or not by these rules."""
        stale = models.Q(checked_at=None) | models.Q(checked_at__lte=now - CHECKED_EACH)
        begun = Agreement.objects.signed().filter(amends=models.OuterRef("pk"), effective_at__lte=now)
        begun = begun.filter(effective_at__gt=models.OuterRef("checked_at"))
        stale |= ~models.Q(checked_edition=edition) | models.Q(models.Exists(begun))
        return self.signed().standing_alone().filter(stale, ends_at__gt=now)

    def with_parties(self) -> Self:
        return self.select_related(
            "proposer", "other", "current_revision", "template_version__template", "amends"
        )

    def for_coverage(self) -> Self:
        """Read no more than a verdict looks at: the text of the template is long."""
        return self.select_related("template_version", "paper").standing_alone().with_changes().only(
            "proposer", "other", "effective_at", "ends_at", "protects_clients", "protects_people",
            "template_version__status", "template_version__new_work_until", "status", "kind", "paper__answer_by",
        )  # fmt: skip

    def for_notice(self) -> Self:
        """Read no more than a notice of protection says: the text of the contract is long."""
        firm = ("name", "timezone")
        return self.select_related("proposer", "other", "current_revision").standing_alone().with_changes().only(
            "template_version", "status", "kind", "client_tail_months", "current_revision__values",
            *(f"{side}__{name}" for side in ("proposer", "other") for name in firm),
        )  # fmt: skip

    def with_signed_sides(self) -> Self:
        """Add `signed_by_proposer` and `signed_by_other`, for the current revision."""
        signature = Signature.objects.filter(revision=models.OuterRef("current_revision"))
        return self.annotate(
            signed_by_proposer=models.Exists(signature.filter(side=PROPOSER)),
            signed_by_other=models.Exists(signature.filter(side=OTHER)),
        )

    def newest_first(self) -> Self:
        return self.order_by("-pk")


class Agreement(Entity):
    """A contract between exactly two firms.

    A signed one has, held by the database, two signatures of two people on the SHA-256 of its current revision.
    """

    proposer = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="agreements_proposed")
    other = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="agreements_received")
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.MASTER_SUBCONTRACT)
    # The signed agreement that an amendment changes. Its own words never move: what holds is read from both.
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    # Written in one transaction with its first revision: both keys are checked at its end.
    current_revision = models.ForeignKey("AgreementRevision", models.PROTECT, related_name="+")
    content_sha256 = models.CharField(max_length=64)
    verify_code = models.CharField(max_length=24, unique=True)
    protects_clients = models.BooleanField(default=False)
    protects_people = models.BooleanField(default=False)
    client_tail_months = models.PositiveSmallIntegerField(default=0)
    # The side that has to sign before the other can; empty: in any order.
    signs_first = models.CharField(max_length=8, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())
    proposed_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    terminated_at = models.DateTimeField(null=True, blank=True)
    terminated_by = models.ForeignKey(Firm, models.PROTECT, null=True, blank=True, related_name="+")
    # When the rules were last asked, and of which edition they were: what is in force is asked again each night.
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_edition = models.CharField(max_length=16, blank=True)

    signed_by_proposer: bool  # both only after `with_signed_sides()`
    signed_by_other: bool
    signed_at: datetime | None  # only after `in_order_of_signing()`
    changes_signed: list[dict[str, Any]]  # only after `with_changes()`; Any: JSON

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="agreement_status_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(proposer=models.F("other")), name="agreement_of_two_firms"
            ),
            models.CheckConstraint(
                condition=models.Q(signs_first__in=["", *SIDES]), name="agreement_order_of_signing_known"
            ),
            models.UniqueConstraint(
                Least("proposer", "other"),
                Greatest("proposer", "other"),
                "kind",
                condition=models.Q(status__in=["proposed", "negotiating", "agreed", "partially_signed"])
                & ~models.Q(kind="amendment"),
                name="agreement_one_under_way",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="agreement_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind="paper", status__in=PAPER)
                | ~models.Q(kind="paper") & ~models.Q(status__in=PAPER),
                name="agreement_on_paper_is_never_signed_here",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="amendment", amends__isnull=False)
                | ~models.Q(kind="amendment") & models.Q(amends=None),
                name="agreement_amendment_names_what_it_changes",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["signed", *PAPER],
                    effective_at__isnull=False,
                    ends_at__gt=models.F("effective_at"),
                )
                | ~models.Q(status__in=["signed", *PAPER]) & models.Q(effective_at=None, ends_at=None),
                name="agreement_signed_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["proposed", "agreed", "partially_signed"], lapses_at__isnull=False
                )
                | ~models.Q(status__in=["proposed", "agreed", "partially_signed"])
                & models.Q(lapses_at=None, remind_at=None),
                name="agreement_open_for_signing_lapses",
            ),
            models.CheckConstraint(
                condition=models.Q(terminated_at=None, terminated_by=None)
                | models.Q(terminated_at__isnull=False, terminated_by__isnull=False, status="signed"),
                name="agreement_termination_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["proposer", "-id"], name="agreement_proposed"),
            models.Index(fields=["other", "-id"], name="agreement_received"),
            models.Index(
                fields=["lapses_at"], condition=models.Q(lapses_at__isnull=False), name="agreement_lapsing"
            ),
            models.Index(
                fields=["remind_at"], condition=models.Q(remind_at__isnull=False), name="agreement_to_remind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposer_id} – {self.other_id}"

    def side_of(self, firm_id: UUID | None) -> str:
        """Return the side a firm stands on, or "" for a stranger."""
        return {self.proposer_id: PROPOSER, self.other_id: OTHER}.get(firm_id, "") if firm_id else ""

    @property
    def is_amendment(self) -> bool:
        return self.kind == Kind.AMENDMENT

    def firm_on(self, side: str) -> Firm:
        return self.proposer if side == PROPOSER else self.other

    def in_force(self, now: datetime) -> bool:
        return bool(self.effective_at and self.ends_at and self.effective_at <= now < self.ends_at)


class AgreementRevision(Entity):
    """The terms as one side put them, with the text that anybody signs. Never changed, never deleted."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    values = models.JSONField()
    values_sha256 = models.CharField(max_length=64)
    other_changes = models.TextField(blank=True)
    text = models.TextField()
    content_sha256 = models.CharField(max_length=64)
    author_side = models.CharField(max_length=8)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    comment = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["agreement", "id", "content_sha256"], name="revision_with_its_hash"
            ),
            models.CheckConstraint(condition=models.Q(author_side__in=SIDES), name="revision_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} revision {self.number}"


class Reading(Entity):
    """That a person opened a revision, and agreed to deal with it electronically. Kept by POST, never by GET."""

    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="readings")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_viewed_at = models.DateTimeField()
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "user"], name="reading_once_per_person"),
            models.CheckConstraint(
                condition=models.Q(consented_at=None, consent_version="")
                | models.Q(consented_at__isnull=False) & ~models.Q(consent_version=""),
                name="reading_consent_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.revision_id}"


class Signature(Entity):
    """One person's signature for one side, on the hash of one revision. Never changed, never deleted.

    It counts while its revision is the agreement's current one; afterwards it is history.
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="signatures")
    content_sha256 = models.CharField(max_length=64)
    side = models.CharField(max_length=8)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    firm_name = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=100)
    email = models.EmailField()
    method = models.CharField(max_length=10, default="typed")
    # Strokes as `contracts.drawing` reads them; the typed name says whose they are.
    drawing = models.TextField(blank=True, default="")
    authority = models.TextField()
    consent_version = models.CharField(max_length=10)
    authentication = models.JSONField(default=list)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    invited_at = models.DateTimeField()
    first_viewed_at = models.DateTimeField()
    consented_at = models.DateTimeField()
    signed_at = models.DateTimeField()

    objects = SignatureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "user"], name="signature_of_one_person_once"),
            models.UniqueConstraint(fields=["revision", "side"], name="signature_of_one_side_once"),
            models.CheckConstraint(condition=models.Q(side__in=SIDES), name="signature_side_known"),
            models.CheckConstraint(
                condition=models.Q(method="typed", drawing="")
                | models.Q(method="drawn") & ~models.Q(drawing=""),
                name="signature_typed_or_drawn",
            ),
            models.CheckConstraint(
                condition=~models.Q(name="")
                & ~models.Q(title="")
                & ~models.Q(authority="")
                & ~models.Q(consent_version=""),
                name="signature_says_who_and_by_what_right",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    first_viewed_at__lte=models.F("consented_at"), consented_at__lte=models.F("signed_at")
                ),
                name="signature_after_reading_and_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.firm_name}"

    @property
    def drawn_path(self) -> str:
        """The drawn signature as the path of an SVG; nothing for a typed one."""
        return drawing.path(self.drawing) if self.drawing else ""

    @property
    def drawn_frame(self) -> str:
        """The box around it, as an SVG takes it."""
        return " ".join(map(str, drawing.frame(self.drawing))) if self.drawing else ""


class AgreementEvent(EventBase):
    """One line of an agreement's history, hashed together with the line before."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, default=GENESIS)
    text = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "sequence"], name="agreement_event_sequence_once")
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.step}"
