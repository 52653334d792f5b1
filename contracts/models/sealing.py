"""The sealed PDF of an agreement, the debt of making it, and what is kept outside it as proof: certificates, digests, timestamps."""

from datetime import datetime
from typing import Self

from django.db import models

from contracts.models.agreements import Agreement, AgreementRevision
from partnernet.core.models import Entity

_SHA256 = r"^[0-9a-f]{64}$"


class SealingQuerySet(models.QuerySet["Sealing"]):
    def owed(self) -> Self:
        return self.filter(done_at=None)

    def due(self, now: datetime) -> Self:
        return self.owed().filter(next_attempt_at__lte=now)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Sealing(Entity):
    """The debt of one sealed PDF, written with the last signature and tried until it is paid. The agreement does not wait for it."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="sealing")
    owed_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SealingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(attempts__gte=1), name="sealing_done_was_tried"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=models.Q(done_at=None), name="sealing_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {'sealed' if self.done_at else 'to be sealed'}"


class SealCertificate(Entity):
    """A certificate that we have sealed with, kept for ever: its private key may be gone, what it sealed can still be checked."""

    fingerprint = models.CharField(max_length=64, unique=True)
    pem = models.TextField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    first_used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fingerprint__regex=_SHA256), name="seal_certificate_fingerprint_whole"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__gt=models.F("valid_from")),
                name="seal_certificate_valid_for_a_while",
            ),
        ]

    def __str__(self) -> str:
        return self.fingerprint


class ExecutedDocumentQuerySet(models.QuerySet["ExecutedDocument"]):
    def of(self, agreement: Agreement) -> Self:
        return self.filter(agreement=agreement)

    def without_bytes(self) -> Self:
        """Read what is known of the file, and not the file."""
        return self.defer("body", "head_token")

    def unstamped(self) -> Self:
        """Keep those without a trusted timestamp, neither in their seal nor given later."""
        return self.filter(timestamped_at=None, timestamp=None)


class ExecutedDocument(Entity):
    """The one PDF of a signed agreement, as it was sealed. Never changed, never deleted, never rendered again.

    The first `rendered_size` bytes are the PDF before its seal. `chain_head` is the head of the history that is printed in it.
    """

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="document")
    revision = models.ForeignKey(AgreementRevision, models.PROTECT, related_name="+")
    body = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    rendered_size = models.PositiveIntegerField()
    rendered_sha256 = models.CharField(max_length=64)
    rendered_by = models.CharField(max_length=100)
    certificate = models.ForeignKey(SealCertificate, models.PROTECT, related_name="documents")
    chain_sequence = models.PositiveIntegerField()
    chain_head = models.CharField(max_length=64)
    head_token = models.BinaryField(default=b"", blank=True)
    sealed_at = models.DateTimeField()
    timestamped_at = models.DateTimeField(null=True, blank=True)

    objects = ExecutedDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    sha256__regex=_SHA256, rendered_sha256__regex=_SHA256, chain_head__regex=_SHA256
                ),
                name="document_fingerprints_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(rendered_size__gt=0, size__gt=models.F("rendered_size")),
                name="document_sealed_after_it_was_rendered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.sha256[:12]}"


class ChainDigest(Entity):
    """All heads of agreements' histories that moved since the day before, under one fingerprint that goes on from the last.

    Whoever keeps one of these fingerprints can show later that no history below it was cut or rewritten.
    """

    day = models.DateField(unique=True)
    previous_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex=_SHA256, previous_sha256__regex=_SHA256),
                name="digest_fingerprints_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.sha256[:12]}"


class ChainHead(Entity):
    """The last line of one agreement's history on the day of a digest."""

    digest = models.ForeignKey(ChainDigest, models.PROTECT, related_name="heads")
    agreement = models.ForeignKey(Agreement, models.PROTECT, db_index=False, related_name="digested_heads")
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "agreement"], name="head_once_a_digest"),
            models.CheckConstraint(condition=models.Q(hash__regex=_SHA256), name="head_hash_whole"),
        ]
        indexes = [models.Index(fields=["agreement", "-sequence"], name="head_last")]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.sequence}"


class TrustedTimestamp(Entity):
    """An RFC 3161 token over a fingerprint: of a digest, or of a file whose seal had to go without one."""

    document = models.OneToOneField(
        ExecutedDocument, models.PROTECT, null=True, blank=True, related_name="timestamp"
    )
    digest = models.OneToOneField(
        ChainDigest, models.PROTECT, null=True, blank=True, related_name="timestamp"
    )
    sha256 = models.CharField(max_length=64)
    token = models.BinaryField()
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document=None, digest__isnull=False)
                | models.Q(document__isnull=False, digest=None),
                name="timestamp_of_one_thing",
            ),
            models.CheckConstraint(condition=models.Q(sha256__regex=_SHA256), name="timestamp_sha256_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.given_at:%Y-%m-%d}"
