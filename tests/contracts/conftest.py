"""Browsers and keys, borrowed from where firms are tested; and a browser that has just proved who it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from partners.models import Member
from tests.partners.conftest import api_of, browser_of, person_of
from tests.proven import prove

__all__ = ["api_of", "browser_of", "person_of", "proven_browser_of"]


@pytest.fixture
def proven_browser_of(browser_of: Callable[[Member], Client]) -> Callable[..., Client]:
    """Return a signed-in browser whose person typed the password `seconds` ago."""

    def made(member: Member, *, seconds: int = 10) -> Client:
        client = browser_of(member)
        prove(client, member.user_id, seconds=seconds)
        return client

    return made
