"""Redis is away: the work goes on, and only what must not be tried without limit waits."""

from __future__ import annotations

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from tests.everything import nothing_moves


@pytest.fixture(params=["redis://127.0.0.1:9/0", "unix:///nowhere/valkey.sock"])
def away(request, settings):
    """Point the cache to where nobody listens."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": request.param}}
    _forget()
    yield
    _forget()


def _forget() -> None:
    if hasattr(caches._connections, "default"):
        delattr(caches._connections, "default")


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
def test_who_is_signed_in_works_on_by_page_and_by_api(prime):
    client = Client()
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(reverse("jobs", args=[prime.firm.pk]))
    listed = client.get("/api/v1/engagements/", headers={"x-firm": str(prime.firm.pk)})
    written = client.post(
        "/api/v1/clients/", {"name": "Anodyne Press"}, headers={"x-firm": str(prime.firm.pk)}
    )

    assert (page.status_code, listed.status_code, written.status_code) == (200, 200, 201)


@pytest.mark.django_db
@pytest.mark.usefixtures("away")
def test_tries_that_cannot_be_counted_wait_and_change_nothing(prime):
    with nothing_moves():
        answer = Client().post(
            reverse("account_login"), {"login": prime.owner.user.email, "password": "a guess of somebody"}
        )

    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "Signing in has to wait a moment" in answer.content.decode()
