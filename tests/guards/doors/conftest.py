"""The story, loaded once for all tests here; what each of them does is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.guards.doors.world import World, build


@pytest.fixture
def _django_db_helper() -> None:
    """Keep pytest-django from opening a transaction of its own around the ones below."""


@pytest.fixture(scope="package")
def loaded(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            # One transaction for all tests here; what is done between two of them takes longer than a person's may idle.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(loaded: World, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield loaded
        transaction.set_rollback(True)
