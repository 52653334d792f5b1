"""Locks on a name, for work that one process at a time should do."""

import hashlib

from django.db import connection


def alone(name: str) -> bool:
    """Take the lock of a name until the transaction ends; False when somebody else holds it."""
    digest = hashlib.sha256(name.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], signed=True)])
        (got,) = cursor.fetchone()
    return bool(got)
