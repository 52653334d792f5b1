"""A database of its own for measuring, filled once by `seed_scale` and used again."""

from __future__ import annotations

import os

import psycopg2

FIRMS, ORDERS = 1000, 100_000


def prepare(firms: int, orders: int) -> None:
    """Make, migrate and fill the database `bench_<firms>x<orders>`, unless it is there; DATABASE_URL names it afterwards."""
    base, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"bench_{firms}x{orders}"
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    os.environ["DATABASE_URL"] = f"{base}/{name}"


def fill(firms: int, orders: int) -> None:
    """Migrate, and seed what is missing; make offers answerable again, whose time has run out since."""
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()
    from django.db import connection  # noqa: PLC0415 - the same

    from engagements.models import WorkOrder  # noqa: PLC0415 - the same

    call_command("migrate", verbosity=0)
    if not WorkOrder.objects.exists():
        call_command("seed_scale", firms=firms, work_orders=orders)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE engagements_offer SET respond_by = now() + interval '20 hours' WHERE status = 'sent'"
        )
        cursor.execute("ANALYZE engagements_offer")
