"""ETag, If-Match and If-None-Match: what was read is what is changed, and what stayed is not sent again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from engagements.models import Engagement
from tests.engagements.conftest import cover, job, line, now, offer, order  # noqa: F401 - fixtures
from tests.everything import nothing_moves
from tests.factories.clients import ClientFactory, SiteFactory

pytestmark = pytest.mark.django_db
JOB = {"title": "New", "timezone": "America/New_York"}


def api(member: Any) -> APIClient:
    client = APIClient()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def things(prime, order) -> dict[str, tuple[str, str, Any]]:  # noqa: F811
    """Return what can be changed: the address, the method, and a body that is right."""
    place = SiteFactory(client=ClientFactory(firm=prime.firm, name="Massapequa Motors"))
    return {
        "job": (f"/api/v1/engagements/{order.engagement_id}/", "put", JOB),
        "client": (f"/api/v1/clients/{place.client_id}/", "patch", {"industry": "Dental"}),
        "site": (f"/api/v1/sites/{place.pk}/", "patch", {"access_notes": "Ring twice."}),
    }


@pytest.mark.parametrize("name", ["job", "client", "site"])
def test_only_what_was_read_is_changed(prime, things, name: str) -> None:
    address, method, body = things[name]
    client = api(prime.dispatcher)
    read = client.get(address)["ETag"]

    changed = getattr(client, method)(address, body, headers={"If-Match": read})
    with nothing_moves():
        stale = getattr(client, method)(address, body, headers={"If-Match": read})

    assert (changed.status_code, changed["ETag"] != read) == (200, True)
    assert changed["ETag"] == client.get(address)["ETag"]
    assert (stale.status_code, stale["Content-Type"]) == (412, "application/problem+json")
    assert stale.json()["code"] == "stale"


@pytest.mark.parametrize("named", ['"0"', "0", "W/{tag}", '"0", "1"', "", "{bare}"])
@pytest.mark.parametrize("name", ["job", "client", "site"])
def test_a_tag_that_is_not_the_one_changes_nothing(prime, things, name: str, named: str) -> None:
    address, method, body = things[name]
    client = api(prime.dispatcher)
    tag = client.get(address)["ETag"]

    with nothing_moves():
        answer = getattr(client, method)(
            address, body, headers={"If-Match": named.format(tag=tag, bare=tag.strip('"'))}
        )

    assert answer.status_code == 412


@pytest.mark.parametrize("named", ["*", '"0", {tag}', None])
def test_one_of_several_tags_any_or_none_will_do(prime, things, named: str | None) -> None:
    address, method, body = things["job"]
    client = api(prime.dispatcher)
    headers = {"If-Match": named.format(tag=client.get(address)["ETag"])} if named else {}

    assert getattr(client, method)(address, body, headers=headers).status_code == 200
    assert Engagement.objects.get().title == "New"


def test_what_others_wrote_meanwhile_is_not_written_over(prime, things) -> None:
    address, _, _ = things["client"]
    mine, theirs = api(prime.dispatcher), api(prime.owner)
    read = mine.get(address)["ETag"]
    theirs.patch(address, {"industry": "Law"})

    answer = mine.patch(address, {"industry": "Dental"}, headers={"If-Match": read})

    assert answer.status_code == 412
    assert Client.objects.get(name="Massapequa Motors").industry == "Law"


def test_a_tag_belongs_to_one_viewer(prime, things) -> None:
    address, method, body = things["job"]
    read = api(prime.owner).get(address)["ETag"]

    assert api(prime.dispatcher).get(address)["ETag"] != read
    assert (
        getattr(api(prime.dispatcher), method)(address, body, headers={"If-Match": read}).status_code == 412
    )


@pytest.mark.parametrize("name", ["firm-me", "firm", "engagement", "work-order", "offer", "client", "site"])
def test_what_stayed_the_same_is_not_sent_again(prime, sub, offer, line, name: str) -> None:  # noqa: F811
    ids = {
        "firm": sub.firm.pk, "engagement": offer.work_order.engagement_id, "work-order": offer.work_order_id,
        "offer": offer.pk, "client": line.site.client_id, "site": line.site_id,
    }  # fmt: skip
    address = reverse(f"api-{name}-detail", args=[ids[name]]) if name in ids else reverse(f"api-{name}")
    client = api(prime.owner)
    read = client.get(address)

    again = client.get(address, headers={"If-None-Match": f'"0", W/{read["ETag"]}'})
    other = client.get(address, headers={"If-None-Match": '"0"'})

    assert read["ETag"].startswith('"')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", read["ETag"])
    assert (other.status_code, other.json()) == (200, read.json())


def test_a_step_answers_with_the_tag_of_what_it_made(prime, things, job) -> None:  # noqa: F811
    client = api(prime.owner)
    made = client.post("/api/v1/engagements/", JOB)

    assert made["ETag"] == client.get(made["Location"])["ETag"]


def test_lists_have_none(prime, things) -> None:
    for address, _, _ in things.values():
        listed = address.rsplit("/", 2)[0] + "/"
        answer = api(prime.owner).get(listed, headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.has_header("ETag")) == (200, False)
