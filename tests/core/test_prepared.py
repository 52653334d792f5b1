"""A second start believes that the database is prepared only while it is."""

from __future__ import annotations

import pytest
from django.db import connection

from partnernet.embedded import prepared
from tests.factories.partners import FirmFactory
from tests.programs import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def url(monkeypatch, tmp_path) -> str:
    monkeypatch.setattr(prepared, "data_folder", lambda: tmp_path)
    return database_url()


def test_what_was_prepared_holds(url):
    FirmFactory()

    prepared.remember(url)

    assert prepared.holds(url)


def test_an_empty_database_is_prepared_again(url):
    prepared.remember(url)

    assert not prepared.holds(url)


def test_another_state_of_the_migrations_is_prepared_again(url):
    FirmFactory()
    prepared.remember(url)

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('partners', '9999_gone', now()) RETURNING id"
        )
        (row,) = cursor.fetchone()
        try:
            assert not prepared.holds(url)
        finally:
            cursor.execute("DELETE FROM django_migrations WHERE id = %s", [row])


def test_a_changed_text_is_prepared_again(url, monkeypatch, tmp_path):
    FirmFactory()
    prepared.remember(url)
    changed = tmp_path / "clients.md"
    changed.write_text("Other words.")

    monkeypatch.setattr(prepared, "_sources", lambda: iter([changed]))

    assert not prepared.holds(url)
