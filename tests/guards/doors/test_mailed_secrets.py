"""A mailed link: opening it does nothing, and its secret reaches no cache, no log and no other site."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from logging.config import DictConfigurator

import pytest
from django.conf import settings
from django.urls import reverse

from partnernet.core.logs import logging_for
from tests.everything import nothing_moves
from tests.guards.doors.outside import OUTSIDE, TOKENS
from tests.guards.doors.world import World, browser, filled

pytestmark = pytest.mark.django_db
MAILED = [name for name, known in TOKENS.items() if "token" in known]
READ = [name for name in MAILED if OUTSIDE[name].get("GET") != 405]
FOREIGN = re.compile(r"""(?:href|src|action)=["'](https?://[^"']+)""")


def address_of(world: World, name: str) -> tuple[str, str]:
    """Return a mailed address, and the secret in it."""
    ids = filled(world, TOKENS[name])
    return reverse(name, kwargs=ids), ids["token"]


@pytest.mark.parametrize("name", MAILED)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_opening_a_mailed_link_does_nothing(world: World, name: str, method: str) -> None:
    address, _ = address_of(world, name)

    for reader in (None, world.stranger["owner"]):
        with nothing_moves():
            browser(reader).generic(method, address)


@pytest.mark.parametrize("name", READ)
def test_no_cache_and_no_other_site_learns_the_secret(world: World, name: str) -> None:
    address, _ = address_of(world, name)

    answer = browser(None).get(address)

    assert "no-store" in answer["Cache-Control"]
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "same-origin")
    foreign = [
        found for found in FOREIGN.findall(answer.content.decode()) if not found.startswith(settings.SITE_URL)
    ]
    assert foreign == []


@pytest.fixture(params=["for people", "JSON"])
def lines(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Catch the lines that the console would get, in either of its two forms."""
    wanted = logging_for(json=request.param == "JSON", level="DEBUG")
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    configured = DictConfigurator({"version": 1, "formatters": wanted["formatters"]})  # type: ignore[no-untyped-call] # logging's own
    handler.setFormatter(configured.configure_formatter(dict(wanted["formatters"]["line"])))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.mark.parametrize("name", MAILED)
def test_no_log_learns_the_secret(world: World, lines: io.StringIO, name: str) -> None:
    address, token = address_of(world, name)

    for client in (browser(None), browser(world.stranger["owner"])):
        client.get(address)
        client.post(address, {"step": "decline"})
        client.get(address + "nothing-here/")
    logging.getLogger("django.request").warning("Not Found: %s", address)

    written = lines.getvalue()
    assert written.count("\n") >= 4
    assert token not in written


def test_no_log_learns_a_key(world: World, lines: io.StringIO) -> None:
    secret = "pnk_" + "k" * 43
    browser(None).get(f"/api/v1/firms/me/?key={secret}", headers={"Authorization": f"Bearer {secret}"})
    logging.getLogger("anything").warning("Tried with %s", secret)

    assert lines.getvalue()
    assert secret not in lines.getvalue()


@pytest.mark.parametrize(
    "typed", ["%0d%0aERROR forged", "%0aERROR%20forged", "%E2%80%A8ERROR forged", "%1b[2JERROR forged"]
)
def test_no_line_of_a_log_can_be_forged(world: World, lines: io.StringIO, typed: str) -> None:
    client = browser(world.prime["owner"])
    client.get(f"/accounts/{typed}/", headers={"User-Agent": "x\r\nERROR forged"})
    client.get(f"/{world.prime['owner'].firm_id}/find/?q={typed}")

    assert [line for line in lines.getvalue().splitlines() if line.lstrip().startswith("ERROR forged")] == []
    assert "\x1b[2J" not in lines.getvalue()
