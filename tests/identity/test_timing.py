"""How long an answer takes does not say who has an account.

A few tries in every run, held loosely because machines are noisy: an answer that hashes and one that does not are ten times further
apart. `ENUMERATION_TRIES=100 ENUMERATION_MS=5` (`make figures`) for a quiet one. The hasher is the real one.
"""

from __future__ import annotations

import os
import time
from statistics import median

import pytest
from django.conf import global_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

TRIES = int(os.environ.get("ENUMERATION_TRIES", "7"))
AT_MOST = float(os.environ.get("ENUMERATION_MS", "0"))
PASSWORD = "correct horse battery staple"
PAGES = [
    ("account_login", "login", {"password": "wrong " + PASSWORD}),
    ("account_reset_password", "email", {}),
    ("account_request_login_code", "email", {}),
    ("account_signup", "email", {"password1": "entirely new horse 7", "name": "Ann"}),
]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("page", "field", "more"), PAGES, ids=[page for page, _, _ in PAGES])
def test_a_known_address_takes_as_long_as_an_unknown_one(sub, settings, capsys, page, field, more) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    user = sub.owner.user
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    user.emailaddress_set.update_or_create(email=user.email, defaults={"verified": True, "primary": True})
    took: dict[bool, list[float]] = {True: [], False: []}

    for number in range(2 * TRIES + 2):
        known = number % 2 == 0
        cache.clear()
        client = Client()
        client.get(reverse(page))
        began = time.perf_counter()
        answer = client.post(
            reverse(page), {field: user.email if known else f"nobody{number}@nowhere.example"} | more
        )
        if number > 1:
            took[known].append((time.perf_counter() - began) * 1000)
        assert answer.status_code in {200, 302}

    apart = abs(median(took[True]) - median(took[False]))
    with capsys.disabled():
        print(
            f"\ntiming: {page}: known {median(took[True]):.1f} ms, unknown {median(took[False]):.1f} ms, {apart:.1f} ms apart"
        )
    assert apart <= (AT_MOST or 60 + max(map(median, took.values())) / 4)
