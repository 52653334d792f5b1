"""What every address of the API has in common, walked through its description and tried at the door."""

from __future__ import annotations

import re

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft202012Validator
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.throttling import UserRateThrottle

from partnernet.api_examples import EXAMPLES
from partnernet.core.rest import CursorPages
from partners.api import firms

DESCRIBED = yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
SCHEMAS = DESCRIBED["components"]["schemas"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
}
EVERY = pytest.mark.parametrize("name", OPERATIONS)
MONEY = re.compile(r"(^|_)(amount|price(?!_basis)|fee|cost|exceed|revenue|kept|rate)($|_)")
# Parts of one resource, which come whole: as many as the resource has, or the newest 200.
WHOLE = {
    "agreements/{id}/approvals/", "agreements/{id}/comments/", "agreements/{id}/disputes/", "agreements/{id}/signatories/", "agreements/{id}/effective-terms/", "agreements/{id}/events/", "agreements/{id}/findings/", "agreements/{id}/protected-clients/", "agreements/{id}/revisions/", "claims/{id}/events/", "claims/{id}/evidence/", "engagements/{id}/crew/",
    "engagements/{id}/lines/", "engagements/{id}/matches/", "invoices/{id}/events/", "invoices/{id}/credit-notes/", "invoices/{id}/objections/", "invoices/{id}/payments/", "protected-clients/{id}/releases/", "scores/",
    "work-orders/{id}/change-requests/", "work-orders/{id}/deliverables/", "work-orders/{id}/events/", "work-orders/{id}/messages/", "work-orders/{id}/offers/", "work-orders/{id}/problems/",
    "work-orders/{id}/recorded-answers/",
    "work-orders/{id}/submissions/", "work-orders/{id}/tasks/",
}  # fmt: skip


def resolved(part):
    """Follow a reference inside the description."""
    while "$ref" in part:
        found = DESCRIBED
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


@EVERY
def test_every_refusal_is_a_problem_with_a_code(name):
    answers = {int(code): resolved(answer) for code, answer in OPERATIONS[name]["responses"].items()}
    refusals = {code: answer for code, answer in answers.items() if code >= 400}

    assert {400, 401, 403, 404, 429} <= set(refusals)
    for answer in refusals.values():
        (kind,) = answer["content"]
        assert kind == "application/problem+json"
        assert "code" in resolved(answer["content"][kind]["schema"])["required"]
    for code in {409, 429, 503} & set(refusals):
        assert "Retry-After" in refusals[code]["headers"]


@EVERY
def test_every_operation_has_a_summary(name):
    assert re.match(r"[A-Z].{3,110}$", OPERATIONS[name]["summary"])


@EVERY
def test_every_post_takes_a_key_and_every_change_a_version(name):
    headers = {each["name"] for each in OPERATIONS[name]["parameters"] if each["in"] == "header"}

    assert ("Idempotency-Key" in headers) == name.startswith("POST")
    assert ("If-Match" in headers) == name.startswith(("PUT", "PATCH"))


@EVERY
def test_every_list_is_paged_by_cursor(name):
    if not name.startswith("GET") or "200" not in OPERATIONS[name]["responses"]:
        return
    (content,) = OPERATIONS[name]["responses"]["200"]["content"].values()
    shown, path = resolved(content["schema"]), name.removeprefix("GET /api/v1/")
    if shown["type"] == "array":
        assert path in WHOLE
    elif "results" in shown.get("properties", {}):
        asked = {each["name"] for each in OPERATIONS[name]["parameters"]}
        assert {"cursor", "page_size"} <= asked
        assert set(shown["properties"]) == {"next", "previous", "results"}


def test_money_is_an_amount_with_its_currency():
    answers = {name: schema for name, schema in SCHEMAS.items() if not name.endswith("Request")}
    amounts = {
        f"{name}.{field}": set(resolved(schema).get("properties", {}))
        for name, of in answers.items()
        for field, schema in of.get("properties", {}).items()
        if MONEY.search(field)
    }

    assert len(amounts) > 10
    assert {name for name, parts in amounts.items() if parts != {"amount", "currency"}} == set()


@pytest.mark.parametrize("operation", EXAMPLES)
def test_an_example_of_the_main_job_is_what_the_body_takes(operation):
    (found,) = [each for each in OPERATIONS.values() if each["operationId"] == operation]
    content = found["requestBody"]["content"]["application/json"]

    checked = Draft202012Validator({**content["schema"], "components": DESCRIBED["components"]})
    (shown,) = content["examples"].values()

    assert shown["value"] == EXAMPLES[operation]
    checked.validate(shown["value"])


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nowhere/", "clients/nowhere/at/all/"])
def test_an_address_that_is_not_there_is_a_problem(path):
    answer = APIClient().get(f"/api/v1/{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


@pytest.mark.django_db
def test_a_failure_of_ours_is_a_problem(prime, monkeypatch):
    client = APIClient(raise_request_exception=False)
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    monkeypatch.setattr(firms, "firms_told_to", lambda *_: 1 / 0)

    answer = client.get("/api/v1/firms/")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["code"] == "failed"


@pytest.mark.django_db
def test_too_many_requests_are_told_when_to_come_back(prime, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "get_rate", lambda _: "1/min")
    client = APIClient()
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")

    _, answer = client.get("/api/v1/firms/me/"), client.get("/api/v1/firms/me/")

    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(answer["Retry-After"]) <= 60


@pytest.mark.parametrize(("asked", "shown"), [("1000", 100), ("100", 100), ("", 25), ("x", 25), ("0", 25)])
def test_a_page_holds_at_most_a_hundred(asked, shown):
    request = Request(APIRequestFactory().get("/", {"page_size": asked}))

    assert CursorPages().get_page_size(request) == shown
