"""granian with one worker, as `make run` starts it, and a client that keeps its connection."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent


class Server:
    """One server and one connection to it."""

    def __init__(self, port: int, group: int) -> None:
        self.port, self.group = port, group
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, path: str, headers: Mapping[str, str], *, body: str | None = None, status: int = 200
    ) -> bytes:
        """Send one request and read the whole answer; any other status ends the run."""
        self.line.request("POST" if body else "GET", path, body, dict(headers))
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status != status:
            message = f"{path} answered {answer.status}: {text[:300]!r}"
            raise SystemExit(message)
        return text


@contextmanager
def serving(*, settings: str = "partnernet.settings") -> Iterator[Server]:
    """Start the server with these settings, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "partnernet.wsgi:application"]  # fmt: skip
    env = os.environ | {"DJANGO_SETTINGS_MODULE": settings, "API_RATE": "1000000/min"}
    process = subprocess.Popen(command, env=env, start_new_session=True)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
