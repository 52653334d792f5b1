"""A browser whose person has just shown, or long ago, who they are."""

from __future__ import annotations

import time
from uuid import UUID

from allauth.account.internal.flows import login
from django.test import Client


def prove(client: Client, user_id: UUID, *, seconds: int = 10) -> None:
    """Write into the session that the password was typed `seconds` ago."""
    session = client.session
    record = {"method": "password", "at": time.time() - seconds, "reauthenticated": True}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user_id)
    session.save()
