"""Gives each process of pytest-xdist a Valkey database of its own; pytest-django does the same for PostgreSQL.

Loaded by `-p`, before the settings read the environment.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit


def numbered(url: str, worker: str) -> str:
    """Return the address of one worker's database: `gw0` has number 1, for a lone process uses 0."""
    number = int(worker.removeprefix("gw")) + 1
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["REDIS_URL"] = numbered(os.environ["REDIS_URL"], worker)
