"""The seal on a finished PDF: put on, and looked at again. Pure: no database, no settings.

The seal is an organisation's: it shows that PartnerNet issued exactly these bytes. It is nobody's advanced signature.

A file that somebody hands in is never parsed as a PDF. Its signature must cover every byte but its own hexadecimal digits, so nothing
that could be shown is left outside; the cryptography is pyHanko's, over those bytes.
"""

import asyncio
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from asn1crypto import cms, keys
from asn1crypto import pem as asn1_pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracts import timestamps
from contracts.threads import aside

YEARS = 10
FIELD = "Seal"
LARGEST_SEAL = 128 * 1024
MOST_SEALS = 8
_STAMPED_SIZE = 32 * 1024  # hexadecimal digits, so half as many bytes: enough for any authority's chain
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")


@dataclass(frozen=True, slots=True)
class Key:
    """A private key with its certificate, and those between it and its issuer; each as PEM."""

    private: bytes
    certificate: bytes
    others: tuple[bytes, ...] = ()

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


@dataclass(frozen=True, slots=True)
class Seal:
    """What is found of a seal. `covered` is how many bytes from the beginning it speaks for; 0 when there is none."""

    found: bool
    intact: bool = False
    fingerprint: str = ""
    covered: int = 0
    timestamped_at: datetime | None = None
    timestamp_holds: bool = False


NO_SEAL = Seal(found=False)


def new_key(name: str, *, now: datetime) -> Key:
    """Make a key of our own with a certificate that vouches for itself. Half of it is secret: keep it so."""
    private = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Seal of {name}"[:64]),
    ])  # fmt: skip
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Key(secret, made.public_bytes(serialization.Encoding.PEM))


def read_key(text: bytes) -> Key:
    """Read what `written` writes, or the same from another issuer: the private key, its certificate, then those above it.

    Raises ValueError when a part is missing, or the key is not the certificate's.
    """
    private = serialization.load_pem_private_key(text, password=None)
    found = x509.load_pem_x509_certificates(text)
    if private.public_key() != found[0].public_key():
        raise ValueError("The first certificate is not that of the private key.")
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    own, *others = (one.public_bytes(serialization.Encoding.PEM) for one in found)
    return Key(secret, own, tuple(others))


def written(key: Key) -> bytes:
    return b"".join((key.private, key.certificate, *key.others))


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a certificate given as PEM."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()


def valid(certificate: bytes) -> tuple[datetime, datetime]:
    """Return from when until when a certificate is meant to be used."""
    read = x509.load_pem_x509_certificate(certificate)
    return read.not_valid_before_utc, read.not_valid_after_utc


def sealed(pdf: bytes, key: Key, *, reason: str, stamper: TimeStamper | None = None) -> bytes:
    """Return `pdf` with a PAdES seal that allows no change; its first bytes are those of `pdf`.

    With a stamper the seal carries an RFC 3161 token; raises what the stamper raises.
    """
    certificate, others = _asn1(key.certificate), SimpleCertificateStore()  # type: ignore[no-untyped-call] # so in pyHanko
    others.register_multiple(_asn1(one) for one in key.others)
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(asn1_pem.unarmor(key.private)[2]),
        cert_registry=others,
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        name=certificate.subject.native["common_name"],
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    put = signers.PdfSigner(about, signer, timestamper=stamper)

    def put_on() -> io.BytesIO:
        made: io.BytesIO = put.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=_STAMPED_SIZE if stamper else None
        )
        return made

    return aside(put_on).getvalue()


def examined(pdf: bytes, *, certificates: Sequence[bytes], authorities: Sequence[bytes] = ()) -> Seal:
    """Look at the seal of any file, however hostile. `certificates` are those we ever sealed with, `authorities` those of timestamps.

    A seal by anybody else is found, and never intact.
    """
    best = NO_SEAL
    for place in islice(_RANGE.finditer(pdf), MOST_SEALS):
        seal = _at(pdf, place, certificates, authorities)
        if seal.intact:
            return seal
        best = best if best.fingerprint else seal
    return best


def _at(
    pdf: bytes, place: re.Match[bytes], certificates: Sequence[bytes], authorities: Sequence[bytes]
) -> Seal:
    """Look at the signature that one `/ByteRange` speaks of: from the first byte to its digits, and on from there."""
    start, length, resume, rest = (int(number) for number in place.groups())
    hole, end = pdf[length:resume], resume + rest
    whole = start == 0 and length < resume <= end <= len(pdf) and len(hole) <= LARGEST_SEAL
    if not whole or (hole[:1], hole[-1:]) != (b"<", b">") or length <= place.start() < resume:
        return Seal(found=True)
    try:
        content = cms.ContentInfo.load(bytes.fromhex(hole[1:-1].decode("ascii")))["content"]
        return _judged(pdf[:length] + pdf[resume:end], content, end, certificates, authorities)
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes make a parser say, it is no seal of ours
        return Seal(found=True, covered=end)


def _judged(
    spoken_for: bytes,
    content: cms.SignedData,
    end: int,
    certificates: Sequence[bytes],
    authorities: Sequence[bytes],
) -> Seal:
    carried = {sha256(one.chosen.dump()).hexdigest(): one.chosen for one in content["certificates"]}
    known = {fingerprint(one): _asn1(one) for one in certificates}
    signer = content["signer_infos"][0]["sid"].chosen.native
    mark = next((mark for mark, one in carried.items() if one.serial_number == signer["serial_number"]), "")
    if mark not in known:
        return Seal(found=True, fingerprint=mark, covered=end)
    status = aside(lambda: asyncio.run(_checked(spoken_for, content, known[mark], authorities)))
    stamp = status.timestamp_validity
    return Seal(
        found=True,
        intact=bool(status.intact and status.valid and status.trusted),
        fingerprint=mark,
        covered=end,
        timestamped_at=stamp.timestamp if stamp else None,
        timestamp_holds=bool(stamp and stamp.intact and stamp.valid and stamp.trusted),
    )


async def _checked(
    spoken_for: bytes,
    content: cms.SignedData,
    certificate: asn1_x509.Certificate,
    authorities: Sequence[bytes],
) -> StandardCMSSignatureStatus:
    """Ask pyHanko, trusting this one certificate for the seal and only `authorities` for the timestamp; it fetches nothing.

    A certificate outlives its last day as proof of what it sealed before, so it is asked about a day on which it was valid.
    """
    tokens = generic_cms.extract_tst_data_iter(content["signer_infos"][0], signed=False)
    stamped_at = next((timestamps.time_of(token) for token in tokens), None)
    return await generic_cms.async_validate_detached_cms(
        spoken_for,
        content,
        signer_validation_context=ValidationContext(
            trust_roots=[certificate], allow_fetching=False, moment=certificate.not_valid_after
        ),
        ts_validation_context=timestamps.context(authorities, stamped_at) if stamped_at else None,
    )


def _asn1(certificate: bytes) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(asn1_pem.unarmor(certificate)[2])
