"""One clock for every decision: the database's."""

from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import DateTimeField, Func

NOW: Final = Func(function="clock_timestamp", output_field=DateTimeField())
"""The same instant as `now()` gives, for a statement that reads something anyway."""


def now() -> datetime:
    """Return the database's present instant in UTC.

    Call it after the locks: `clock_timestamp()` moves on inside a transaction, so an answer that had
    to wait for a lock is judged by the moment it got through.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (instant,) = cursor.fetchone()
    assert isinstance(instant, datetime)  # noqa: S101 - narrows the type for mypy, the driver guarantees it
    return instant


def settled() -> datetime:
    """Return an instant before which everything is written: whatever is still under way began later.

    Read it before the rows, in a statement of its own. What only reads holds nothing up.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEAST(statement_timestamp(), min(xact_start)) FROM pg_stat_activity"
            " WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        (instant,) = cursor.fetchone()
    assert isinstance(instant, datetime)  # noqa: S101 - the same
    return instant
