"""What keeps histories honest from outside: a digest of all their heads each day, and trusted timestamps for what has none."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from contracts import chain, timestamps
from contracts.actions import seal_keys
from contracts.chain import Fault
from contracts.models import AgreementEvent, ChainDigest, ChainHead, ExecutedDocument, TrustedTimestamp
from contracts.timestamps import TimestampMissingError
from partnernet.core import clock
from partnernet.core.locks import alone

log = structlog.get_logger(__name__)

BATCH = 20
Head = tuple[UUID, int, str]


@transaction.atomic
def digest_heads(*, now: datetime | None = None) -> int:
    """Write the digest of the day that has ended, once: every head that moved since the digest before. Returns 1 when it wrote one."""
    now = now or clock.now()
    day = now.date() - timedelta(days=1)
    if ChainDigest.objects.filter(day__gte=day).exists() or not alone("digest of histories"):
        return 0
    before = ChainDigest.objects.order_by("-day").first()
    heads = list(_moved())
    previous = before.sha256 if before else chain.GENESIS
    digest = ChainDigest.objects.create(
        day=day,
        previous_sha256=previous,
        sha256=chain.link(previous, digested(day, heads)),
        count=len(heads),
        made_at=now,
    )
    ChainHead.objects.bulk_create(
        [ChainHead(digest=digest, agreement_id=key, sequence=at, hash=mark) for key, at, mark in heads],
        batch_size=1000,
    )
    return 1


def _moved() -> Iterator[Head]:
    """Yield the last line of each agreement whose last line stands in no digest."""
    last = AgreementEvent.objects.order_by("agreement_id", "-sequence").distinct("agreement_id")
    known = dict(
        ChainHead.objects.order_by("agreement_id", "-sequence")
        .distinct("agreement_id")
        .values_list("agreement_id", "hash")
    )
    for key, at, mark in last.values_list("agreement_id", "sequence", "hash").iterator(chunk_size=2000):
        if known.get(key) != mark:
            yield key, at, mark


def digested(day: date, heads: Iterable[Head]) -> str:
    """Return the text that a digest is the fingerprint of: its day, then a line for each agreement in the order of their ids."""
    return "\n".join([day.isoformat(), *(f"{key} {at} {mark}" for key, at, mark in sorted(heads))]) + "\n"


def faults_of_digests() -> list[Fault]:
    """Recompute every digest and how they continue one another. `sequence` counts them from the first."""
    found, previous = [], chain.GENESIS
    for number, digest in enumerate(ChainDigest.objects.order_by("day"), start=1):
        heads = digest.heads.values_list("agreement_id", "sequence", "hash")
        if digest.previous_sha256 != previous:
            found.append(Fault(number, f"The digest of {digest.day} does not continue the one before it."))
        if digest.sha256 != chain.link(digest.previous_sha256, digested(digest.day, heads)):
            found.append(Fault(number, f"The digest of {digest.day} was changed after it was written."))
        previous = digest.sha256
    return found


def stamp_due(*, now: datetime | None = None) -> int:
    """Have digests and files without a trusted timestamp stamped, where an authority is named; return how many were."""
    authority = timestamps.authority(settings.TIMESTAMP_URL)
    if authority is None:
        return 0
    digests = ChainDigest.objects.filter(timestamp=None).order_by("day")[:BATCH]
    documents = ExecutedDocument.objects.unstamped().without_bytes().order_by("sealed_at", "pk")[:BATCH]
    rows = [
        *(TrustedTimestamp(sha256=digest.sha256, digest=digest) for digest in digests),
        *(TrustedTimestamp(sha256=document.sha256, document=document) for document in documents),
    ]
    for done, row in enumerate(rows):
        try:
            row.token, row.given_at = timestamps.trusted(
                row.sha256, of=authority, authorities=seal_keys.authorities()
            )
        except TimestampMissingError as error:  # the rest waits for the next look
            log.warning("timestamp_missing", fingerprint=row.sha256, error=str(error))
            return done
        # Two sweepers may have asked at once; the first token stays.
        TrustedTimestamp.objects.bulk_create([row], ignore_conflicts=True)
    return len(rows)
