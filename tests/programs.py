"""Real processes for tests: the web server, a worker and Beat, on a database and a broker of the test's choice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

BIN = Path(sys.executable).parent


def database_url() -> str:
    """Return the address of the database that this test writes to."""
    known = connection.settings_dict
    host = quote(str(known["HOST"]), safe="")
    return f"postgresql://{known['USER']}@{host}:{known['PORT'] or 5432}/{known['NAME']}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(what: Callable[[], object], *, within: float, every: float = 0.05) -> bool:
    """Wait until something holds, at most so many seconds."""
    end = time.monotonic() + within
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def start(command: list[str], *, log: Path, **more: str) -> subprocess.Popen[bytes]:
    """Start one of our processes in a group of its own; what it says goes into `log`."""
    with log.open("ab") as said:
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=os.environ | environment() | more, stdout=said,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip


def environment() -> Mapping[str, str]:
    return {"DATABASE_URL": database_url(), "PARTNERNET_ENV": "test", "LOG_LEVEL": "WARNING"}


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` the whole group that we started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=20)


def granian(port: int, *, workers: int = 2, threads: int = 4) -> list[str]:
    return [
        str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning", "partnernet.wsgi:application",
    ]  # fmt: skip


def takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def web(folder: Path, *, threads: int = 4, **more: str) -> Iterator[int]:
    """Serve PartnerNet on a port of its own; yields the port."""
    port = free_port()
    log = folder / "web.log"
    process = start(granian(port, threads=threads), log=log, **more)
    try:
        ready = eventually(lambda: takes_connections(port) or process.poll() is not None, within=60)
        assert ready, "The server did not start within a minute."
        assert process.poll() is None, log.read_text()[-3000:]
        yield port
    finally:
        kill(process)
