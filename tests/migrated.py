"""Keeps one database that all migrations have run on, of which every process of tests takes a copy.

95 migrations cost a process 40 s of CPU; a copy costs PostgreSQL a fraction of a second. The name holds a hash of the
migrations, so a change of one makes another template; Django still migrates each copy, which finds nothing to do.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parent.parent
PREFIX = "partnernet_migrated_"
# Any number that nobody else in this database server takes.
LOCK = 20_070_311


def template() -> str:
    """Return the name of the migrated database, made first when it is not there; processes wait for the one that makes it."""
    name = PREFIX + _fingerprint()
    with _cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        there = {row[0] for row in cursor.fetchall()}
        for old in there - {name}:
            cursor.execute(f"DROP DATABASE {old}")
        if name not in there:
            _make(cursor, name)
    return name


def _make(cursor: Any, name: str) -> None:
    """Make the database under another name first: what carries the name is complete."""
    making = PREFIX + "making"
    cursor.execute(f"CREATE DATABASE {making}")
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{making}").geturl()
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"DATABASE_URL": url}, check=True)
    cursor.execute(f"ALTER DATABASE {making} RENAME TO {name}")


def _fingerprint() -> str:
    """Return a hash of the text of every migration of every app."""
    migrations = MigrationLoader(None).disk_migrations
    digest = hashlib.sha256()
    for key in sorted(migrations):
        digest.update(repr(key).encode() + Path(inspect.getfile(type(migrations[key]))).read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _cursor() -> Iterator[Any]:
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
