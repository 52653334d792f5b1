"""The REST API's doors and the resources of firms."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from partners.actions import keys, members
from partners.models import ApiKey, FirmInvite
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
ApiOf = Callable[..., APIClient]


def test_nobody_gets_401_with_a_problem() -> None:
    answer = APIClient().get("/api/v1/firms/")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("secret", ["pnk_wrong", "", "pnk_" + "a" * 43])
def test_an_unknown_key_gets_401(secret: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    assert client.get("/api/v1/firms/").status_code == 401


def test_a_key_is_kept_as_a_hash_and_its_use_is_noted(prime: People) -> None:
    key, secret = keys.create("PSA", by=prime.owner, scopes=["read"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    me = client.get("/api/v1/firms/me/")

    assert secret.startswith("pnk_")
    assert len(secret) >= 4 + 43
    assert secret not in str(ApiKey.objects.values().get())
    assert (me.json()["role"], me.json()["firm"]["id"]) == ("owner", str(prime.firm.pk))
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_a_revoked_key_is_out_on_the_next_request(prime: People, api_of: ApiOf) -> None:
    client = api_of(prime.owner)
    assert client.get("/api/v1/firms/me/").status_code == 200

    keys.revoke(ApiKey.objects.get(), by=prime.owner)

    assert client.get("/api/v1/firms/me/").status_code == 401


def test_a_removed_members_key_is_out_on_the_next_request(prime: People, api_of: ApiOf) -> None:
    client = api_of(prime.dispatcher)

    members.remove(prime.dispatcher, by=prime.owner)

    assert client.get("/api/v1/firms/me/").status_code == 401


def test_a_key_without_the_scope_cannot_take_steps(prime: People, api_of: ApiOf) -> None:
    answer = api_of(prime.owner, "read").post(
        "/api/v1/firm-invites/", {"firm_name": "Lou", "email": "lou@lou.example"}
    )

    assert answer.status_code == 403
    assert "offers" in answer.json()["detail"]
    assert FirmInvite.objects.count() == 0


def test_a_session_in_several_firms_names_one(prime: People, sub: People) -> None:
    make.MemberFactory(user=prime.owner.user, firm=sub.firm, role="viewer")
    client = APIClient()
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    unnamed = client.get("/api/v1/firms/me/")
    named = client.get("/api/v1/firms/me/", headers={"PartnerNet-Firm": str(sub.firm.pk)})
    foreign = client.get("/api/v1/firms/me/", headers={"PartnerNet-Firm": str(uuid4())})

    assert (unnamed.status_code, unnamed.json()["code"]) == (400, "firm_needed")
    assert (named.status_code, named.json()["role"]) == (200, "viewer")
    assert foreign.status_code == 404


def test_the_directory_is_searched(prime: People, sub: People, stranger: People, api_of: ApiOf) -> None:
    make.ProfileSkillFactory(profile=sub.firm.profile)
    client = api_of(prime.viewer)

    for asked in ({"q": "mesa"}, {"skill": "patching"}, {"near": "11801", "miles": 1}):
        found = client.get("/api/v1/firms/", asked).json()["results"]
        assert [firm["name"] for firm in found] == ["Blue Mesa IT"], asked
    assert found[0]["miles"] == 0
    assert found[0]["skills"] == ["patching"]
    assert len(client.get("/api/v1/firms/").json()["results"]) == 2


def test_a_foreign_card_is_not_there(prime: People, sub: People, api_of: ApiOf) -> None:
    card = make.CardFactory()
    make.PartnershipFactory(owner=sub.firm, other=card)
    client = api_of(prime.owner)

    foreign = client.get(f"/api/v1/firms/{card.pk}/")
    missing = client.get(f"/api/v1/firms/{uuid4()}/")

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json() == missing.json()


def test_a_firm_is_invited_in_two_steps(prime: People, sub: People, api_of: ApiOf) -> None:
    client = api_of(prime.dispatcher)
    made = client.post("/api/v1/firm-invites/", {"firm_name": "Lou's", "email": "lou@lou.example"})

    sent = client.post(f"/api/v1/firm-invites/{made.json()['id']}/send/")
    again = client.post(f"/api/v1/firm-invites/{made.json()['id']}/send/")
    foreign = api_of(sub.owner).post(f"/api/v1/firm-invites/{made.json()['id']}/revoke/")

    assert (made.status_code, made.json()["status"]) == (201, "draft")
    assert (sent.status_code, sent.json()["status"]) == (200, "sent")
    assert (again.status_code, again.json()["code"], again.json()["open_steps"]) == (
        409,
        "illegal_step",
        ["revoke"],
    )
    assert foreign.status_code == 404


def test_the_wrong_role_gets_403_and_nothing_moves(prime: People, api_of: ApiOf) -> None:
    answer = api_of(prime.viewer).post(
        "/api/v1/firm-invites/", {"firm_name": "Lou", "email": "lou@lou.example"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_role")
    assert FirmInvite.objects.count() == 0


def test_bad_fields_are_named(prime: People, api_of: ApiOf) -> None:
    answer = api_of(prime.owner).post("/api/v1/firm-invites/", {"firm_name": "", "email": "lou"})

    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"firm_name", "email"}


def test_the_same_key_gives_the_same_answer(prime: People, api_of: ApiOf) -> None:
    client = api_of(prime.owner)
    body = {"firm_name": "Lou", "email": "lou@lou.example"}

    first = client.post("/api/v1/firm-invites/", body, headers={"Idempotency-Key": "a"})
    again = client.post("/api/v1/firm-invites/", body, headers={"Idempotency-Key": "a"})
    other = client.post("/api/v1/firm-invites/", body | {"message": "Hi"}, headers={"Idempotency-Key": "a"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert FirmInvite.objects.count() == 1


def test_a_refusal_is_replayed_too(prime: People, sub: People, api_of: ApiOf) -> None:
    client = api_of(prime.owner)
    body = {"firm_name": "Blue Mesa", "email": "pat@bluemesa.example"}

    first = client.post("/api/v1/firm-invites/", body, headers={"Idempotency-Key": "a"})
    sub.firm.web_domain = ""
    sub.firm.save()
    again = client.post("/api/v1/firm-invites/", body, headers={"Idempotency-Key": "a"})

    assert first.status_code == again.status_code == 400
    assert first.json() == again.json()
    assert FirmInvite.objects.count() == 0


def test_scores_come_with_their_lines(prime: People, sub: People, api_of: ApiOf) -> None:
    event = make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm)

    scores = {row["dimension"]: row for row in api_of(sub.viewer).get("/api/v1/scores/").json()}

    assert set(scores) == {"trust", "as_sub", "as_prime", "credit"}
    assert scores["as_sub"]["is_new"] is True
    assert [line["id"] for line in scores["as_sub"]["lines"]] == [str(event.pk)]


@pytest.mark.parametrize("rows", [1, 50])
def test_the_directory_takes_as_many_queries_for_50_as_for_1(
    prime: People, rows: int, api_of: ApiOf, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(rows):
        firm = make.FirmFactory()
        make.ProfileSkillFactory(profile=firm.profile)
        make.FirmScoreFactory(firm=firm)
        make.CapacityFactory(firm=firm)
    client = api_of(prime.owner)
    client.get("/api/v1/firms/me/")

    with django_assert_num_queries(2):
        answer = client.get("/api/v1/firms/", {"page_size": 100})

    assert len(answer.json()["results"]) == rows
