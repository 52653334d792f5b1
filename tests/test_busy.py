"""Somebody else keeps the row: an answer comes within the lock's patience, says so, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from engagements.models import WorkOrder
from tests.engagements.conftest import job, line, now, offer, order  # noqa: F401 - fixtures
from tests.everything import nothing_moves

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@contextmanager
def kept_by_somebody_else(row: WorkOrder) -> Iterator[None]:
    """Hold the row's lock in another session until the block ends."""
    held, let_go = Event(), Event()

    def keep() -> None:
        try:
            with transaction.atomic():
                WorkOrder.objects.locked().get(pk=row.pk)
                held.set()
                let_go.wait(20)
        finally:
            held.set()
            connections.close_all()

    thread = Thread(target=keep)
    thread.start()
    held.wait(5)
    try:
        yield
    finally:
        let_go.set()
        thread.join()


@pytest.mark.parametrize("door", ["page", "API"])
def test_a_row_kept_by_another_session_is_a_503_that_says_when_to_try_again(door, offer, order, sub, capsys):  # noqa: F811
    client = Client()
    client.force_login(sub.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("offer-accept", args=[sub.firm.pk, offer.pk])
    address = page if door == "page" else f"/api/v1/offers/{offer.pk}/accept/"
    headers = {"x-firm": str(sub.firm.pk)}
    offer.refresh_from_db()

    with kept_by_somebody_else(order), nothing_moves():
        began = time.perf_counter()
        answer = client.post(address, {"revision": str(offer.revision_id)}, headers=headers)
        took = time.perf_counter() - began

    with capsys.disabled():
        print(
            f"\nlock wait ({door}): {answer.status_code} with Retry-After {answer.headers['Retry-After']} after {took:.1f} s"
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    if door == "API":
        assert (answer.headers["Content-Type"], answer.json()["code"]) == ("application/problem+json", "busy")
    # The database gives up after three seconds by itself (lock_timeout); nobody waits for the one who keeps the row.
    assert took < 10
