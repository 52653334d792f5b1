"""Both servers of one data folder, started by whoever comes first and stopped by the same."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from partnernet.embedded import postgres, valkey

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """Return the folder that holds everything PartnerNet writes on this machine."""
    return Path(os.environ.get("PARTNERNET_DATA", ROOT / ".data"))


def leave_when_told() -> None:
    """Let a termination unwind what is running, so that no server stays behind. For programs, in their main thread."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)


@contextmanager
def running(folder: Path | None = None, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Yield `DATABASE_URL` and `REDIS_URL`, starting what the environment does not name.

    The first process that asks owns the servers and stops them when it leaves. A later one joins. Servers
    that a killed owner left behind are taken over.
    """
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    if len(given) == 2:
        yield given
        return
    folder = folder or data_folder()
    here = postgres.place(folder)
    lock = (folder / "owner.lock").open("w")
    owner = _take(lock.fileno())
    try:
        if "DATABASE_URL" not in given:
            postgres.start(here, durable=durable)
        if "REDIS_URL" not in given:
            valkey.start(folder, here.sockets, durable=durable)
        yield {"DATABASE_URL": here.url(), "REDIS_URL": valkey.url(here.sockets)} | given
    finally:
        if owner:
            valkey.stop(here.sockets)
            postgres.stop(here)
        lock.close()


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
