"""Browsers and keys, borrowed from where firms are tested; and a browser that has just proved who it is."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from allauth.account.internal.flows import login
from django.test import Client

from partners.models import Member
from tests.partners.conftest import api_of, browser_of

__all__ = ["api_of", "browser_of", "proven_browser_of"]


@pytest.fixture
def proven_browser_of(browser_of: Callable[[Member], Client]) -> Callable[..., Client]:
    """Return a signed-in browser whose person typed the password `seconds` ago."""

    def made(member: Member, *, seconds: int = 10) -> Client:
        client = browser_of(member)
        session = client.session
        record = {"method": "password", "at": time.time() - seconds, "reauthenticated": True}
        session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record]
        session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(member.user_id)
        session.save()
        return client

    return made
