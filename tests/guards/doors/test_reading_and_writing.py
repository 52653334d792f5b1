"""No form is taken without its token, and nothing is written by reading: every address of the table."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.everything import nothing_moves
from tests.guards.doors.addresses import API, PAGES, Row
from tests.guards.doors.world import World, browser, filled

# Marked, though `world` opens the database: what has no mark runs last, when others have emptied it.
pytestmark = pytest.mark.django_db
POSTS = [row for row in PAGES if "POST" in row.may]
READS = [row for row in [*PAGES, *API] if "GET" in row.may]


@pytest.mark.parametrize("row", POSTS, ids=lambda row: row.name)
def test_a_form_without_its_token_is_refused(world: World, row: Row):
    member = world.side(row.side)["owner"]
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(member).cookies
    address = reverse(row.name, kwargs=filled(world, row.ids) | {"firm": member.firm_id})

    with nothing_moves():
        assert client.post(address, filled(world, row.body)).status_code == 403


def test_a_session_needs_its_token_at_the_api_as_well(world: World):
    client = Client(enforce_csrf_checks=True)
    member = world.prime["owner"]
    client.cookies = browser(member).cookies
    address = reverse("api-invoice-approve", args=[world.ids["invoice"]])

    refused = client.post(address, headers={"PartnerNet-Firm": str(member.firm_id)})

    assert (refused.status_code, refused.json()["status"]) == (403, 403)


@pytest.mark.parametrize("row", READS, ids=lambda row: f"{row.name}-{row.side}")
def test_reading_writes_nothing(world: World, row: Row):
    member = world.side(row.side)["owner"]
    client, firm = browser(member), {} if row in API else {"firm": member.firm_id}
    address = reverse(row.name, kwargs=filled(world, row.ids) | firm)

    with nothing_moves():
        answer = client.get(address, headers={"PartnerNet-Firm": str(member.firm_id)})
        b"".join(answer.streaming_content) if answer.streaming else answer.content
