"""A timestamp authority of our own, for tests: the same protocol, no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper


@cache
def _made(name: str) -> tuple[rsa.RSAPrivateKey, pyca.Certificate]:
    private, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    called = pyca.Name([pyca.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = pyca.KeyUsage(True, True, *[False] * 7)
    made = (
        pyca.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(private.public_key())
        .serial_number(pyca.random_serial_number())
        .not_valid_before(now - timedelta(days=10000))
        .not_valid_after(now + timedelta(days=10000))
        .add_extension(pyca.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
    return private, made


def root(name: str = "Time of Garden City") -> bytes:
    """The certificate of an authority, as PEM."""
    return _made(name)[1].public_bytes(serialization.Encoding.PEM)


def stamper(at: datetime, name: str = "Time of Garden City") -> TimeStamper:
    private, certificate = _made(name)
    secret = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(secret),
        fixed_dt=at,
    )


class Away(TimeStamper):
    """An authority that does not answer."""

    async def async_request_tsa_response(self, req: object) -> object:
        raise TimestampRequestError("Error in communication with timestamp server")
