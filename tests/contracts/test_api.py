from collections.abc import Callable
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from contracts import chain
from contracts.chain import Ring
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement, AgreementEvent, Signature
from tests.factories.contracts import drafted, proposed, protected, published, signed
from tests.factories.partners import FirmFactory, People
from tests.queries import asked

pytestmark = pytest.mark.django_db
ApiOf = Callable[..., APIClient]
URL = "/api/v1/agreements/"


def test_a_draft_is_made_sent_and_answered(prime: People, sub: People, api_of: ApiOf, person_of: ApiOf):
    published()
    ours, theirs = api_of(prime.owner), api_of(sub.owner)

    made = ours.post(URL, {"other": str(sub.firm.pk), "values": {"governing_law": "US-NY", "net_days": 30}})
    sent = ours.post(f"{URL}{made.json()['id']}/propose/")
    revised = theirs.post(
        f"{URL}{made.json()['id']}/revise/",
        {"values": {"net_days": 10}, "seen": sent.json()["content_sha256"], "comment": "Ten?"},
    )
    seen = {"seen": revised.json()["content_sha256"]}
    agreed = person_of(prime.owner).post(f"{URL}{made.json()['id']}/accept-terms/", seen)

    assert [answer.status_code for answer in (made, sent, revised, agreed)] == [201, 200, 200, 200]
    assert [answer.json()["status"] for answer in (made, sent, revised, agreed)] == [
        "draft",
        "proposed",
        "negotiating",
        "agreed",
    ]
    assert agreed.json()["values"]["net_days"] == 10
    assert agreed.json()["values"]["governing_law"] == "US-NY"
    assert agreed.json()["in_force"] is False
    assert AgreementEvent.objects.filter(door="api").count() == 4


def test_a_key_never_signs(prime: People, sub: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)
    body = {
        "content_sha256": agreement.content_sha256,
        "name": "Pat",
        "title": "Owner",
        "authorised": True,
        "agreed": True,
        "consent_version": CONSENT_VERSION,
    }

    answer = api_of(sub.owner, "read", "offers", "engagements", "billing").post(
        f"{URL}{agreement.pk}/sign/", body
    )

    assert answer.status_code == 403
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(("seconds", "code"), [(10, 200), (301, 403)])
def test_a_person_signs_when_it_is_clear_who_it_is(
    prime: People, sub: People, proven_browser_of, seconds: int, code: int
):
    agreement = proposed(prime.owner, sub.firm)
    body = {
        "content_sha256": agreement.content_sha256,
        "name": "Pat",
        "title": "Owner",
        "authorised": True,
        "agreed": True,
        "consent_version": CONSENT_VERSION,
    }

    browser = proven_browser_of(sub.owner, seconds=seconds)
    answer = browser.post(f"{URL}{agreement.pk}/sign/", body, content_type="application/json")

    assert answer.status_code == code
    assert Signature.objects.count() == (2 if code == 200 else 1)
    if code == 403:
        assert answer.json()["code"] == "reauthentication_required"


@pytest.mark.parametrize(
    ("step", "body", "status", "code"),
    [
        ("accept-terms", {"seen": "x"}, 409, "illegal_step"),
        ("recall", {}, 403, "wrong_side"),
        ("void", {}, 403, "wrong_side"),
        ("ask-changes", {}, 400, "rule_broken"),
        ("terminate", {}, 409, "illegal_step"),
    ],
)
def test_a_refused_step_says_why_and_changes_nothing(
    prime: People, sub: People, person_of: ApiOf, step: str, body: dict[str, str], status: int, code: str
):
    agreement = proposed(prime.owner, sub.firm)
    before = AgreementEvent.objects.count()

    answer = person_of(sub.owner).post(f"{URL}{agreement.pk}/{step}/", body, format="json")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert AgreementEvent.objects.count() == before
    assert Agreement.objects.get().status == "partially_signed"


def test_a_stale_text_is_refused(prime: People, sub: People, api_of: ApiOf):
    agreement = drafted(prime.owner, sub.firm)

    answer = api_of(prime.owner).post(
        f"{URL}{agreement.pk}/revise/", {"seen": "0" * 64, "values": {"net_days": 10}}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_revision")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"net_days": 99}, "net_days"),
        ({"net_days": [1]}, "net_days"),
        ({"liability_cap": {"amount": "-5", "currency": "USD"}}, "liability_cap"),
        ({"loyalty": 1}, "loyalty"),
        ({"forum": ["courts"]}, "forum"),
        ({"services_in_scope": "a\x00b"}, "services_in_scope"),
    ],
)
def test_bad_values_get_a_sentence_each(prime: People, sub: People, api_of: ApiOf, values: dict, field: str):
    published()

    answer = api_of(prime.owner).post(
        URL, {"other": str(sub.firm.pk), "values": {"governing_law": "US-NY", **values}}
    )

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert Agreement.objects.count() == 0


def test_patch_of_a_status_is_not_there(prime: People, sub: People, api_of: ApiOf):
    agreement = proposed(prime.owner, sub.firm)

    assert api_of(sub.owner).patch(f"{URL}{agreement.pk}/", {"status": "signed"}).status_code == 405


@pytest.mark.parametrize("nested", ["", "events/", "revisions/", "protected-clients/"])
def test_a_foreign_agreement_is_as_missing_as_a_missing_one(
    prime: People, sub: People, stranger: People, api_of: ApiOf, nested: str
):
    agreement = signed(prime.owner, sub.owner)
    api = api_of(stranger.owner)

    foreign, missing = api.get(f"{URL}{agreement.pk}/{nested}"), api.get(f"{URL}{uuid4()}/{nested}")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    assert api.get(URL).json()["results"] == []


def test_the_history_can_be_recomputed_from_the_api(prime: People, sub: People, api_of: ApiOf):
    agreement = signed(prime.owner, sub.owner)

    rows = api_of(sub.viewer).get(f"{URL}{agreement.pk}/events/").json()

    assert (
        chain.faults(Ring(row["sequence"], row["previous_hash"], row["text"], row["hash"]) for row in rows)
        == []
    )
    assert [row["step"] for row in rows] == ["draft", "propose", "sign", "sign"]


def test_technicians_read_no_agreements(prime: People, sub: People, api_of: ApiOf):
    signed(prime.owner, sub.owner)

    assert api_of(prime.technician).get(URL).status_code == 403


def test_the_lists_ask_the_same_number_of_questions_at_1_and_50(prime: People, sub: People, api_of: ApiOf):
    protected(prime.owner, sub.owner)
    api = api_of(prime.owner)
    assert asked(lambda: api.get(URL), "contracts", "clients") == 2
    assert asked(lambda: api.get("/api/v1/protected-clients/"), "contracts", "clients") == 1
    for _ in range(49):
        proposed(prime.owner, FirmFactory())

    assert asked(lambda: api.get(URL), "contracts", "clients") == 2
    assert len(api.get(URL).json()["results"]) == 25
