"""Production settings as they are, in a process of their own: no warnings, safe headers, safe cookies."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests import programs
from tests.guards.doors.outside import OUTSIDE, TOKENS

MADE_UP = {
    "PARTNERNET_ENV": "production",
    "SECRET_KEY": "k" * 17 + "Zp4!vQ9x7Lw2sT8uR6yN3mB5cD1fG0hJaKeWiXoPl" + "2",
    "LINK_KEY": "m" * 50,
    "ALLOWED_HOSTS": "partnernet.example",
    "SITE_URL": "https://partnernet.example",
    "TRUSTED_PROXIES": "1",
}
ASK = """
import json, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "partnernet.example", "x-forwarded-proto": "https"})
said = {}
for address in %s:
    answer = client.get(address)
    said[address] = [answer.status_code, dict(answer.headers), {name: dict(morsel) for name, morsel in answer.cookies.items()}]
print(json.dumps(said))
"""


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        **MADE_UP,
        "DJANGO_SETTINGS_MODULE": "partnernet.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    # Tests of the browser set it; a server never does.
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    environment["DATABASE_URL"] = programs.database_url()
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_deployment_check_has_nothing_to_say() -> None:
    checked = _run("manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout


def test_production_does_not_start_without_its_secrets() -> None:
    environment = {**os.environ, "PARTNERNET_ENV": "production", "PYTHONPATH": str(settings.BASE_DIR)}
    environment.pop("SECRET_KEY", None)

    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        check=False,
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert started.returncode != 0
    assert "Set SECRET_KEY or SECRET_KEY_FILE." in started.stderr


@pytest.fixture(scope="module")
def answers(django_db_setup) -> dict[str, list]:
    from django.urls import reverse  # noqa: PLC0415 - the apps must be ready first

    addresses = [
        reverse(name) for name, methods in OUTSIDE.items() if name not in TOKENS and methods.get("GET") == 200
    ]
    said = _run("-c", ASK % json.dumps(addresses))
    assert said.returncode == 0, said.stderr[-2000:]
    found: dict[str, list] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.mark.django_db
def test_every_public_address_sends_safe_headers(answers: dict[str, list]) -> None:
    for address, (status, headers, _) in answers.items():
        assert status < 500, address
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "frame-ancestors 'none'" in policy, address
        assert "default-src 'none'" in policy, address


def test_cookies_are_bound_to_the_host(answers: dict[str, list]) -> None:
    cookies = {name: known for _, _, set_by in answers.values() for name, known in set_by.items()}

    assert "__Host-csrf" in cookies
    for name, known in cookies.items():
        assert name.startswith("__Host-"), name
        assert known["secure"] is True
        assert known["path"] == "/"
        assert known["domain"] == ""
        assert known["samesite"] == "Lax"
