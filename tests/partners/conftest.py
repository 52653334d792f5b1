"""Callers of the API and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from partners.actions import keys
from partners.models import Member


@pytest.fixture
def api_of() -> Callable[..., APIClient]:
    """Return an API client that carries a key of a member."""

    def made(member: Member, *scopes: str) -> APIClient:
        _, secret = keys.create("test", by=member, scopes=scopes or ("read", "offers"))
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return made


@pytest.fixture
def person_of() -> Callable[[Member], APIClient]:
    """Return an API client whose person is signed in: what takes a person, no key can do."""

    def made(member: Member) -> APIClient:
        client = APIClient()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return made


@pytest.fixture
def browser_of() -> Callable[[Member], Client]:
    """Return a signed-in browser of a member."""

    def made(member: Member) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return made


@pytest.fixture
def due() -> Callable[..., list[Any]]:
    """Return the mails owed, as (kind, address)."""
    from partnernet.core.models import Delivery  # noqa: PLC0415 - the apps must be ready first

    def read() -> list[Any]:
        rows = Delivery.objects.order_by("id").values_list("notification__kind", "address")
        return list(rows)

    return read
