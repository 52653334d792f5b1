"""The key that seals: given by the environment, or made once and kept in the data folder. Every certificate ever used is kept."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from contracts import seals, timestamps
from contracts.models import SealCertificate
from contracts.seals import Key
from partnernet.core.errors import RuleBroken


def current(*, now: datetime) -> tuple[Key, SealCertificate]:
    """Return the key in use and its certificate as we keep it. Makes a key where there is none yet."""
    given = settings.SEAL_KEY
    key = seals.read_key(given.encode()) if given else _kept(Path(settings.SEAL_KEPT_AT), now)
    return key, _registered(key, now)


def replace(*, now: datetime) -> SealCertificate:
    """Seal with a new key from now on. The old private key is gone; its certificate stays, so that what it sealed can be checked."""
    if settings.SEAL_KEY:
        raise RuleBroken("SEAL_KEY is given by the environment. Put the new key there, and start again.")
    current(now=now)  # its certificate is kept before it goes
    path = Path(settings.SEAL_KEPT_AT)
    _write(path.with_suffix(".new"), now).replace(path)
    return current(now=now)[1]


def certificates() -> tuple[bytes, ...]:
    """Return every certificate that we have ever sealed with."""
    kept = SealCertificate.objects.order_by("first_used_at", "pk").values_list("pem", flat=True)
    return tuple(one.encode() for one in kept)


def authorities() -> tuple[bytes, ...]:
    """Return the certificates that a trusted timestamp must lead up to."""
    return timestamps.split(settings.TIMESTAMP_ROOTS)


def _kept(path: Path, now: datetime) -> Key:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = _write(path.with_suffix(f".{os.getpid()}"), now)
        try:
            path.hardlink_to(made)  # unlike a rename, this lets only the first of two processes through
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return seals.read_key(path.read_bytes())


def _write(path: Path, now: datetime) -> Path:
    """Write a new key to a file that only we may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(seals.written(seals.new_key(settings.SEAL_NAME, now=now)))
    return path


def _registered(key: Key, now: datetime) -> SealCertificate:
    since, until = seals.valid(key.certificate)
    known, _ = SealCertificate.objects.get_or_create(
        fingerprint=key.fingerprint,
        defaults={
            "pem": key.certificate.decode(),
            "valid_from": since,
            "valid_until": until,
            "first_used_at": now,
        },
    )
    return known
