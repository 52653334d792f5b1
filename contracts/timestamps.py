"""Trusted timestamps (RFC 3161): asked of an authority over a fingerprint, and checked. Pure: no database, no settings.

Only the fingerprint leaves. A token is checked as of its own time: an authority's certificate ends sooner than an agreement.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, pem, x509
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from contracts.threads import aside

SECONDS = 10


class TimestampMissingError(Exception):
    """The authority did not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an authority says that it saw a fingerprint; `holds` when the token is over it and leads up to a known certificate."""

    at: datetime
    holds: bool


def authority(url: str) -> TimeStamper | None:
    """Return whom to ask, or None where nobody is named."""
    return RequestsHTTPTimeStamper(url, timeout=SECONDS) if url else None  # type: ignore[no-untyped-call] # so in pyHanko


def token(fingerprint: str, *, of: TimeStamper) -> bytes:
    """Ask for a token over a SHA-256, given as 64 hexadecimal digits. Raises TimestampMissingError."""
    try:
        answer = aside(lambda: asyncio.run(of.async_timestamp(bytes.fromhex(fingerprint), "sha256")))
    except (TimestampRequestError, OSError, ValueError, TypeError) as error:
        raise TimestampMissingError(str(error)) from error
    return bytes(answer.dump())


def trusted(fingerprint: str, *, of: TimeStamper, authorities: Sequence[bytes]) -> tuple[bytes, datetime]:
    """Ask for a token that leads up to one of `authorities`; return it and its time. Raises TimestampMissingError."""
    given = token(fingerprint, of=of)
    stamp = read(given, fingerprint, authorities=authorities)
    if stamp is None or not stamp.holds:
        raise TimestampMissingError("The token leads up to no certificate that we trust.")
    return given, stamp.at


def read(given: bytes, fingerprint: str, *, authorities: Sequence[bytes]) -> Stamp | None:
    """Check a token against the SHA-256 that it should be over; None when it is no token at all."""
    try:
        content = cms.ContentInfo.load(given)["content"]
        at = time_of(content)
        status = aside(lambda: asyncio.run(_checked(content, fingerprint, context(authorities, at))))
    except Exception:  # noqa: BLE001 - whatever broken bytes make a parser say, they are no token
        return None
    return Stamp(at, holds=bool(status.intact and status.valid and status.trusted))


async def _checked(
    content: cms.SignedData, fingerprint: str, trusted: ValidationContext
) -> TimestampSignatureStatus:
    facts = await generic_cms.validate_tst_signed_data(content, trusted, lambda _: bytes.fromhex(fingerprint))
    return TimestampSignatureStatus(**facts)


def time_of(content: cms.SignedData) -> datetime:
    moment: datetime = content["encap_content_info"]["content"].parsed["gen_time"].native
    return moment


def context(authorities: Sequence[bytes], at: datetime) -> ValidationContext:
    """Return whom to trust with a token of that time. Nothing is fetched."""
    roots = [x509.Certificate.load(pem.unarmor(one)[2]) for one in authorities]
    return ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)


def split(text: str) -> tuple[bytes, ...]:
    """Return the certificates of a PEM text, each by itself."""
    if not text.strip():
        return ()
    return tuple(pem.armor("CERTIFICATE", body) for _, _, body in pem.unarmor(text.encode(), multiple=True))
