"""How long a session lives."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from partnernet.core.sessions import BEGUN, NOTED_EVERY, SEEN
from tests.identity.test_sign_in import _fresh_limits, known, sign_in

__all__ = ["_fresh_limits", "known"]

pytestmark = pytest.mark.django_db
HOUR = 3600


def signed_in(person, *, begun: int = 0, idle: int = 0) -> Client:
    """Return a browser that signed in so many seconds ago, and did the last thing so many ago."""
    client = Client()
    assert sign_in(client, person.email).status_code == 302
    session = client.session
    session[BEGUN] -= begun
    session[SEEN] -= idle
    session.save()
    return client


def test_a_session_in_which_nobody_does_anything_ends(sub, known):
    page, idle = reverse("jobs", args=[sub.firm.pk]), settings.SESSION_IDLE_SECONDS
    awake, asleep = signed_in(known, idle=idle - 60), signed_in(known, idle=idle + 60)

    assert settings.SESSION_IDLE_SECONDS == 72 * HOUR
    assert awake.get(page).status_code == 200
    answer = asleep.get(page)

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert Session.objects.count() == 1
    assert asleep.get("/api/v1/firms/me/").status_code == 401


def test_a_session_ends_after_two_weeks_however_busy(sub, known):
    page, age = reverse("jobs", args=[sub.firm.pk]), settings.SESSION_COOKIE_AGE

    assert age == 14 * 24 * HOUR
    assert signed_in(known, begun=age - 60).get(page).status_code == 200
    assert signed_in(known, begun=age + 60).get(page).status_code == 302


def test_whoever_goes_on_stays_signed_in(sub, known):
    client, page = signed_in(known, idle=NOTED_EVERY + 60), reverse("jobs", args=[sub.firm.pk])
    before = client.session[SEEN]

    client.get(page)

    assert client.session[SEEN] >= before + NOTED_EVERY + 60


def test_reading_notes_it_once_an_hour_at_most(sub, known):
    client, page = signed_in(known, idle=NOTED_EVERY - 60), reverse("my-details")
    client.get(page)
    before = client.session[SEEN]

    client.get(page)

    assert client.session[SEEN] == before
