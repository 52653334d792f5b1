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
