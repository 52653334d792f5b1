"""What every test stands on: real servers, a fast hasher, mail in memory."""

from __future__ import annotations

import os

import pytest

# The synchronous Playwright API runs a loop of its own; the ORM is used beside it in journeys.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def quiet_world(settings):
    """Hash fast, keep mail in memory, and let tests say which deliveries are paid."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
