"""The sealed PDF of a signed agreement: owed with the last signature, made by a sweep, tried until it is done.

Rendering, sealing and asking for a timestamp happen outside any transaction. Two sweepers may do it at once; one of them keeps its file.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from contracts import certificate, seals, timestamps
from contracts.actions import seal_keys
from contracts.actions.history import Done, record, tell_both
from contracts.models import (
    Agreement,
    ExecutedDocument,
    FindingAcknowledgement,
    ProtectedClient,
    SealCertificate,
    Sealing,
    Signature,
)
from contracts.models.agreements import Status
from contracts.timestamps import TimestampMissingError
from partnernet.core import clock, mail, pdf
from partnernet.core.actors import CLOCK
from partnernet.core.models import Notification
from partnernet.core.workflow import SYSTEM

log = structlog.get_logger(__name__)

BATCH = 50
# Minutes until the next try after the n-th failure; the last one again and again.
RETRIES = (1, 2, 5, 15, 60, 180, 720)
STANDARDS: tuple[pdf.Standard, ...] = ("a-2a", "ua-1")
COPY = "agreement_sealed"


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed file that is not kept yet, and what is known of it."""

    body: bytes
    rendered: bytes
    certificate: SealCertificate
    sequence: int
    head: str
    token: bytes = b""
    stamped_at: datetime | None = None


def owe(agreement: Agreement, *, now: datetime) -> None:
    """Promise the sealed PDF, in the transaction of the last signature."""
    Sealing.objects.get_or_create(agreement=agreement, defaults={"owed_at": now, "next_attempt_at": now})


def seal_due(*, now: datetime | None = None) -> int:
    """Make what is owed and whose time has come, the oldest first; return how many were sealed."""
    now = now or clock.now()
    due = Sealing.objects.due(now).order_by("next_attempt_at", "pk").values_list("pk", "agreement_id")
    return sum(_seal(key, agreement, now) for key, agreement in due[:BATCH])


def _seal(key: UUID, agreement_id: UUID, now: datetime) -> bool:
    if not _claimed(key, now):
        return False
    try:
        return _keep(agreement_id, make(agreement_id, now=now), now)
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the others are still sealed and this one is tried again
        Sealing.objects.filter(pk=key).update(last_error=f"{type(error).__name__}: {error}"[:500])
        log.warning("sealing_failed", agreement=str(agreement_id), error=str(error)[:500])
        return False


@transaction.atomic
def _claimed(key: UUID, now: datetime) -> bool:
    """Count a try before it begins, so that a process that dies in it leaves the next one to others, a little later."""
    row = (
        Sealing.objects.due(now).select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=key)
    )
    found = row.order_by("pk").first()
    if found is None:
        return False
    found.attempts += 1
    found.next_attempt_at = now + timedelta(minutes=RETRIES[min(found.attempts, len(RETRIES)) - 1])
    found.save(update_fields=["attempts", "next_attempt_at"])
    return True


def make(agreement_id: UUID, *, now: datetime) -> Made:
    """Render and seal, with timestamps where an authority answers and without where none does. Writes nothing but the certificate."""
    key, kept = seal_keys.current(now=now)
    contents = _contents(agreement_id)
    authority = timestamps.authority(settings.TIMESTAMP_URL)
    last = contents.events[-1]
    token, stamped_at = b"", None
    if authority:
        try:
            roots = seal_keys.authorities()
            token, stamped_at = timestamps.trusted(last.hash, of=authority, authorities=roots)
        except TimestampMissingError as error:
            log.warning("timestamp_missing", agreement=str(agreement_id), error=str(error))
            authority = None
    rendered = _rendered(contents, kept, stamped_at, now)
    body = seals.sealed(
        rendered, key, reason=f"Agreement {contents.agreement.verify_code}", stamper=authority
    )
    return Made(body, rendered, kept, last.sequence, last.hash, token, stamped_at)


def _contents(agreement_id: UUID) -> certificate.Contents:
    agreement = Agreement.objects.with_parties().get(pk=agreement_id, status=Status.SIGNED)
    signatures = Signature.objects.filter(agreement=agreement).order_by("signed_at", "pk")
    clients = ProtectedClient.objects.filter(agreement=agreement, notified_at__lte=agreement.effective_at)
    return certificate.Contents(
        agreement=agreement,
        signatures=list(signatures.filter(revision=agreement.current_revision_id)),
        void=list(signatures.exclude(revision=agreement.current_revision_id)),
        clients=list(clients.select_related("prime", "sub").order_by("notified_at", "pk")),
        events=list(agreement.events.order_by("sequence")),
        acknowledged=list(
            FindingAcknowledgement.objects.filter(finding__revision=agreement.current_revision_id)
            .filter(acknowledged_at__lte=agreement.effective_at)
            .select_related("finding")
            .order_by("acknowledged_at", "pk")
        ),
    )


def _rendered(
    contents: certificate.Contents, kept: SealCertificate, stamped_at: datetime | None, now: datetime
) -> bytes:
    how = certificate.Sealing(
        at=now,
        address=settings.SITE_URL + reverse("verify"),
        certificate=kept.fingerprint,
        stamped_at=stamped_at,
        expects_stamps=bool(settings.TIMESTAMP_URL),
    )
    return pdf.made("agreement", certificate.facts(contents, how), on=now.date(), standards=STANDARDS)


@transaction.atomic
def _keep(agreement_id: UUID, made: Made, now: datetime) -> bool:
    """Store the file, name it in the history, and owe both sides their copy; False when another sweeper was first."""
    agreement = Agreement.objects.locked().with_parties().get(pk=agreement_id)
    owed = Sealing.objects.owed().locked().filter(agreement=agreement).first()
    if owed is None:
        return False
    document = ExecutedDocument.objects.create(
        agreement=agreement,
        revision_id=agreement.current_revision_id,
        body=made.body,
        size=len(made.body),
        sha256=hashlib.sha256(made.body).hexdigest(),
        rendered_size=len(made.rendered),
        rendered_sha256=hashlib.sha256(made.rendered).hexdigest(),
        rendered_by=f"typst {version('typst')}, pyHanko {version('pyhanko')}",
        certificate=made.certificate,
        chain_sequence=made.sequence,
        chain_head=made.head,
        head_token=made.token,
        sealed_at=now,
        timestamped_at=made.stamped_at,
    )
    owed.done_at, owed.last_error = now, ""
    owed.save(update_fields=["done_at", "last_error"])
    event = record(
        agreement,
        Done("seal", SYSTEM, agreement.status, agreement.status, changes=_named(document)),
        by=CLOCK,
        now=now,
    )
    news = {"code": agreement.verify_code, "sha256": document.sha256, "chain_head": event.hash}
    tell_both(COPY, agreement, now=now, **news)
    return True


def _named(document: ExecutedDocument) -> dict[str, str]:
    """Return what the history says of the file: it can then not be put in another's place unseen."""
    return {
        "sha256": document.sha256,
        "rendered_sha256": document.rendered_sha256,
        "certificate": document.certificate.fingerprint,
        "timestamp": document.timestamped_at.isoformat()
        if document.timestamped_at
        else "no trusted timestamp",
    }


def copy_for(news: Notification) -> mail.Enclosure | None:
    """Return the file that goes with the mail about it."""
    document = ExecutedDocument.objects.filter(agreement=news.subject_id).select_related("agreement").first()
    return mail.Enclosure(name_of(document), "application/pdf", bytes(document.body)) if document else None


def name_of(document: ExecutedDocument) -> str:
    return f"agreement-{document.agreement.verify_code}.pdf"
