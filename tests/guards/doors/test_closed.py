"""What no door lets through: a status typed by a machine, and a mailed secret that leaves its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.everything import nothing_moves
from tests.guards.doors.addresses import API, Row
from tests.guards.doors.outside import OUTSIDE, TOKENS
from tests.guards.doors.world import World, browser, caller

pytestmark = pytest.mark.django_db

SINGLE = [row for row in API if row.name.endswith("-detail")]
BY_TOKEN = sorted(name for name, takes in TOKENS.items() if "token" in takes)


def test_the_resources_with_a_status_are_among_them() -> None:
    assert {"api-visit-detail", "api-invoice-detail", "api-payment-detail", "api-agreement-detail"} <= {
        row.name for row in SINGLE
    }


@pytest.mark.parametrize("row", SINGLE, ids=lambda row: row.name)
def test_a_status_is_not_written(world: World, row: Row) -> None:
    address = reverse(row.name, kwargs={name: world.ids[value] for name, value in row.ids.items()})

    with nothing_moves():
        answer = caller(world.side(row.side)["owner"]).patch(address, {"status": "cancelled"}, format="json")

    assert answer["Content-Type"] == "application/problem+json"
    if "PATCH" not in row.may:
        assert answer.status_code in {403, 405}, answer.content
        assert answer.json()["detail"].endswith((" each a POST.", "Nothing is written here."))
    else:
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == ["status"]


@pytest.mark.parametrize("name", BY_TOKEN)
@pytest.mark.parametrize("known", [True, False], ids=["our token", "a wrong one"])
def test_a_mailed_secret_stays_on_its_page(world: World, name: str, known: bool) -> None:
    """Neither kept by a cache, nor found by a search engine, nor told to the next site."""
    token = world.ids[TOKENS[name]["token"]] if known else "x" * 43
    address = reverse(name, kwargs={"token": token})

    for method in OUTSIDE[name]:
        answer: Any = getattr(browser(), method.lower())(address)

        # `no-referrer` would make a form's Origin null, and its own page could not send it.
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
