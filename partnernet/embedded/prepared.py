"""Remembers that our own database was prepared, so that the next start need not load Django to find nothing to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from partnernet.embedded.servers import ROOT, data_folder


def holds(url: str) -> bool:
    """Say whether this database stands as it was left prepared, by the very migrations and texts that are here."""
    kept = data_folder() / "prepared"
    return kept.exists() and kept.read_text() == _mark(url) != ""


def remember(url: str) -> None:
    """Keep that the database is prepared."""
    (data_folder() / "prepared").write_text(_mark(url))


def _mark(url: str) -> str:
    """Return a mark of the cluster, of what was applied to it and of what is here; nothing while it holds no firm."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('partners_firm') IS NOT NULL")
            if not _only(cursor.fetchone()):
                return ""
            cursor.execute("SELECT EXISTS (SELECT 1 FROM partners_firm)")
            if not _only(cursor.fetchone()):
                return ""
            cursor.execute("SELECT system_identifier FROM pg_control_system()")
            cluster = _only(cursor.fetchone())
            cursor.execute("SELECT count(*) FROM django_migrations")
            applied = _only(cursor.fetchone())
    finally:
        connection.close()
    mark = hashlib.sha256(f"{cluster} {applied}".encode())
    for path in sorted(_sources()):
        mark.update(path.name.encode() + path.read_bytes())
    return mark.hexdigest()


def _only(row: tuple[object, ...] | None) -> object:
    return row[0] if row else None


def _sources() -> Iterator[Path]:
    """Yield what decides how a database is prepared: our migrations, the packages that bring others, the shipped texts."""
    yield ROOT / "requirements" / "base.txt"
    for app in ROOT.glob("*/migrations"):
        yield from app.glob("*.py")
    yield from (ROOT / "partnernet" / "core" / "migrations").glob("*.py")
    yield from (
        path for path in (ROOT / "contracts" / "standard").rglob("*") if path.suffix in {".md", ".toml"}
    )
