"""A POST that carries a key: the nine cases of a request sent twice, and what is kept of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connections
from PIL import Image
from rest_framework.test import APIClient

from partnernet.core.models import IdempotencyRecord
from partnernet.core.rest import Problem
from partners.actions import keys
from partners.api import firms
from partners.models import FirmInvite, Member
from tests.engagements.conftest import cover, job, line, now, offer, order  # noqa: F401 - fixtures
from tests.engagements.test_visits import running, taken, visit  # noqa: F401 - fixtures
from tests.everything import nothing_moves
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/firm-invites/"
BODY = {"firm_name": "Lou", "email": "lou@lou.example"}
BAD = BODY | {"email": "lou"}


def caller(member: Any, *scopes: str, fails: bool = False) -> APIClient:
    """Return a program with an API key of a member."""
    _, secret = keys.create("test", by=member, scopes=scopes or ("read", "offers", "engagements"))
    client = APIClient(raise_request_exception=not fails)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    client.get("/api/v1/firms/me/")  # notes the key's first use
    return client


def send(client: APIClient, body: Any = None, key: str = "k", address: str = ADDRESS) -> Any:
    return client.post(address, BODY if body is None else body, headers={"Idempotency-Key": key})


def same(first: Any, again: Any) -> None:
    """Hold that an answer is the first one again."""
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "Location"):
        assert again.headers.get(name) == first.headers.get(name)
    assert again["Idempotent-Replayed"] == "true"


@pytest.fixture
def client(prime: People) -> APIClient:
    return caller(prime.owner)


def test_1_an_answer_comes_again_byte_for_byte(client: APIClient) -> None:
    first = send(client)
    with nothing_moves():
        again = send(client)

    assert (first.status_code, first["Location"]) == (201, f"{ADDRESS}{first.json()['id']}/")
    assert "Idempotent-Replayed" not in first
    same(first, again)
    assert client.get(first["Location"]).json() == first.json()


def test_2_what_is_refused_at_the_door_is_not_kept(prime: People) -> None:
    without = caller(prime.owner, "read")

    assert send(without).status_code == 403
    assert APIClient().post(ADDRESS, BODY, headers={"Idempotency-Key": "k"}).status_code == 401
    assert IdempotencyRecord.objects.count() == 0


def test_3_a_refusal_is_kept(client: APIClient) -> None:
    first = send(client, BAD)
    with nothing_moves():
        again = send(client, BAD)

    assert (first.status_code, first["Content-Type"]) == (400, "application/problem+json")
    same(first, again)


def test_4_a_refusal_after_the_work_leaves_no_work(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _after_the_work(monkeypatch, Problem(409, "Not like this.", code="rule_broken"))

    first, again = send(client), send(client)

    assert first.status_code == 409
    same(first, again)
    assert FirmInvite.objects.count() == 0


def _after_the_work(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the step do its work, then fail."""
    draft = firms.invites.draft

    def broken(*given: Any, **named: Any) -> None:
        draft(*given, **named)
        raise error

    monkeypatch.setattr(firms.invites, "draft", broken)


@pytest.mark.parametrize("body", [BODY | {"message": "Hi"}, {}, [BODY]], ids=["more", "nothing", "a list"])
def test_5_another_body_under_the_key_is_refused(client: APIClient, body: Any) -> None:
    send(client)
    with nothing_moves():
        other = send(client, body)

    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_5_so_is_another_address(client: APIClient) -> None:
    made = send(client)
    with nothing_moves():
        other = send(client, address=f"{made['Location']}revoke/")

    assert other.status_code == 422


def test_5_the_order_of_fields_is_no_other_body(client: APIClient) -> None:
    same(send(client), send(client, dict(reversed(BODY.items()))))


def test_6_a_refusal_stays_one_when_it_would_pass_now(client: APIClient, prime: People) -> None:
    made = send(client, key="draft")
    sent, revoke = f"{made['Location']}send/", f"{made['Location']}revoke/"
    send(client, {}, "revoke", revoke)
    first = send(client, {}, "send", sent)
    FirmInvite.objects.update(status="draft", revoked_at=None, revoked_by=None)

    again = send(client, {}, "send", sent)

    assert first.status_code == 409
    same(first, again)


def test_6_who_may_no_more_is_not_answered_from_memory(client: APIClient, prime: People) -> None:
    by_dispatcher = caller(prime.dispatcher)
    send(by_dispatcher)
    Member.objects.filter(pk=prime.dispatcher.pk).update(role="viewer")

    assert send(by_dispatcher).status_code == 403


def test_7_a_failure_before_the_end_is_kept_by_nobody(prime: People, monkeypatch: pytest.MonkeyPatch) -> None:
    client = caller(prime.owner, fails=True)
    with monkeypatch.context() as broken:
        _after_the_work(broken, RuntimeError("boom"))
        failed = send(client)
        kept = (IdempotencyRecord.objects.count(), FirmInvite.objects.count())

    again = send(client)

    assert (failed.status_code, kept) == (500, (0, 0))
    assert (again.status_code, FirmInvite.objects.count()) == (201, 1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_7_nor_is_an_answer_that_says_try_again(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with monkeypatch.context() as broken:
        _after_the_work(broken, Problem(status, "Try again.", code="busy", wait=2))
        failed = send(client)

    assert (failed.status_code, failed["Retry-After"]) == (status, "2")
    assert (IdempotencyRecord.objects.count(), FirmInvite.objects.count()) == (0, 0)
    assert send(client).status_code == 201


def test_8_an_answer_that_never_arrived_is_there_on_the_second_call(prime: People) -> None:
    _, secret = keys.create("test", by=prime.owner, scopes=("offers",))
    lost, patient = APIClient(), APIClient()
    for each in (lost, patient):
        each.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    first = send(lost)

    same(first, send(patient))
    assert FirmInvite.objects.count() == 1


def test_8_effect_and_answer_are_kept_together_or_not_at_all(
    prime: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = caller(prime.owner, fails=True)
    with monkeypatch.context() as broken:
        lost = OperationalError("the server closed the connection")
        broken.setattr(IdempotencyRecord.objects, "create", lambda **_: (_ for _ in ()).throw(lost))
        failed = send(client)

    assert (failed.status_code, FirmInvite.objects.count()) == (500, 0)


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], None]]:
    """Take a lock in a session of its own, as a request that still runs does."""
    other = connections.create_connection("default")

    def hold(name: str) -> None:
        digest = hashlib.sha256(name.encode()).digest()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [int.from_bytes(digest[:8], signed=True)])

    yield hold
    other.close()


def test_9_a_request_whose_twin_still_runs_is_told_to_wait(
    prime: People, elsewhere: Callable[[str], None]
) -> None:
    key, secret = keys.create("test", by=prime.owner, scopes=("offers",))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    client.get("/api/v1/firms/me/")
    elsewhere(f"key {key.pk}\0k")

    with nothing_moves():
        answer = send(client)

    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (409, "in_flight", "1")
    assert send(client, key="another").status_code == 201


def test_a_key_belongs_to_one_program_and_one_member(prime: People) -> None:
    program, neighbour, person = caller(prime.owner), caller(prime.owner), APIClient()
    person.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answers = [
        send(each, BODY | {"email": f"lou{n}@lou{n}.example"})
        for n, each in enumerate((program, neighbour, person, caller(prime.dispatcher)))
    ]

    assert [answer.status_code for answer in answers] == [201] * 4
    assert FirmInvite.objects.count() == 4


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "schlüssel", "k\0", "a\tb"])
def test_a_key_that_cannot_be_is_refused(client: APIClient, key: str) -> None:
    with nothing_moves():
        answer = client.post(ADDRESS, BODY, HTTP_IDEMPOTENCY_KEY=key)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_an_answer_without_a_body_comes_again_too(running, visit) -> None:  # noqa: F811
    client = caller(visit.technician)
    address = f"/api/v1/work-orders/{visit.work_order_id}/acknowledge-briefing/"

    first = send(client, {}, address=address)
    with nothing_moves():
        again = send(client, {}, address=address)

    assert (first.status_code, first.content) == (204, b"")
    same(first, again)


def test_a_key_at_an_address_without_a_post_is_a_405(client: APIClient) -> None:
    made = send(client)

    assert send(client, address=made["Location"]).status_code == 405


def photo(colour: str) -> SimpleUploadedFile:
    """Return a picture of one size, whatever its colour."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(drawn, "BMP")
    pixels = Image.open(drawn)
    kept = io.BytesIO()
    pixels.save(kept, "PNG", compress_level=0)
    return SimpleUploadedFile("a.png", kept.getvalue(), "image/png")


def test_a_photo_is_kept_once_and_told_from_another(running, visit) -> None:  # noqa: F811
    client = caller(visit.technician)
    address = f"/api/v1/work-orders/{visit.work_order_id}/deliverables/"

    def upload(colour: str) -> Any:
        return client.post(
            address, {"file": photo(colour)}, format="multipart", headers={"Idempotency-Key": "k"}
        )

    first = upload("red")
    with nothing_moves():
        again, other = upload("red"), upload("blue")

    assert first.status_code == 201, first.content
    same(first, again)
    assert photo("red").size == photo("blue").size
    assert other.status_code == 422


def test_of_a_request_only_a_hash_is_kept(client: APIClient) -> None:
    send(client, BODY | {"message": "The alarm code is 4711."})

    (kept,) = IdempotencyRecord.objects.values()
    assert "4711" not in str({**kept, "body": ""})
