"""Every id in every address, swapped for the other firm's: the same answer as for an id that does not exist."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from tests.guards.doors.addresses import API, PAGES, Row
from tests.guards.doors.world import World, browser, caller

pytestmark = pytest.mark.django_db


def _names_rows(row: Row) -> bool:
    """Say whether an address has ids; a leading colon marks words, such as a month."""
    return any(not value.startswith(":") for value in row.ids.values())


# The directory is open to every firm, so a firm's id is nobody's secret.
OPEN = {"firm", "firm-note", "firm-mark", "agreement-propose", "api-firm-detail", "firm-papers", "vetting"}
ROWS = [row for row in [*PAGES, *API] if _names_rows(row) and row.name not in OPEN]
CASES = [pytest.param(row, method, id=f"{method} {row.name}") for row in ROWS for method in row.may]
PER_REQUEST = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|hx-headers=\'[^\']+\'|[0-9a-f-]{36}')


@pytest.mark.parametrize(("row", "method"), CASES)
def test_a_foreign_id_answers_like_a_missing_one(world: World, row: Row, method: str) -> None:
    member = world.stranger["owner"]
    words = {name: value for name, value in row.ids.items() if value.startswith(":")}
    foreign = {name: world.ids[value] for name, value in row.ids.items() if name not in words}
    given = {name: value[1:] for name, value in words.items()}

    theirs = _send(row, method, given | foreign, member)
    missing = _send(row, method, given | {name: uuid4() for name in foreign}, member)

    assert theirs.status_code == 404
    assert missing.status_code == 404
    assert PER_REQUEST.sub(b"", theirs.content) == PER_REQUEST.sub(b"", missing.content)


NESTED = [
    ("visit-task", "task", "sub"),
    ("visit-return-access", "grant", "sub"),
    ("work-approve", "submission", "prime"),
    ("work-send-back", "submission", "prime"),
    ("problem-resolve", "problem", "sub"),
    ("payment-confirm", "payment", "sub"),
    ("payment-deny", "payment", "sub"),
    ("api-work-order-task", "task", "sub"),
    ("api-work-order-resolve-problem", "problem", "sub"),
]


@pytest.mark.parametrize(("name", "inner", "side"), NESTED)
def test_an_id_of_another_order_does_not_open_below_ours(
    world: World, name: str, inner: str, side: str
) -> None:
    (row,) = [each for each in ROWS if each.name == name]
    ids = {key: world.ids[value] for key, value in row.ids.items()} | {inner: uuid4()}

    assert _send(row, "POST", ids, world.side(side)["owner"]).status_code == 404


def _send(row: Row, method: str, ids: dict[str, Any], member: Any) -> Any:
    firm: dict[str, UUID] = {} if row in API else {"firm": member.firm_id}
    address = reverse(row.name, kwargs={**ids, **firm})
    client: Any = caller(member) if row in API else browser(member)
    return client.get(address) if method == "GET" else getattr(client, method.lower())(address)
