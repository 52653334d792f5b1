"""Every address, tried by everybody: without a session, as a stranger, in every wrong role, and in every right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.guards.doors.addresses import ALL, API, PAGES, Row
from tests.guards.doors.outside import BODIES, OUTSIDE, TOKENS
from tests.guards.doors.world import World, browser, caller, filled

pytestmark = pytest.mark.django_db
ROWS = [*PAGES, *API]
CASES = [pytest.param(row, method, id=f"{method} {row.name}") for row in ROWS for method in row.may]
SENTENCE = re.compile(r"[A-Z][^.!?]{8,}[.!?]")


def test_every_address_stands_in_the_table_once() -> None:
    addresses = {name for name in _names() if not name.startswith("admin:")}
    listed = [row.name for row in ROWS] + list(OUTSIDE)

    assert addresses - set(listed) == set(), "Add a row to tests/guards/doors/addresses.py."
    assert set(listed) - addresses == set(), "These are gone."
    assert len(listed) == len(set(listed))


def test_the_table_knows_every_method_of_the_api() -> None:
    known = {row.name: set(row.may) for row in API}

    for pattern in _patterns(get_resolver().url_patterns):
        methods = {method.upper() for method in getattr(pattern.callback, "actions", None) or {}} - {"HEAD"}
        if methods and pattern.name:
            assert known[pattern.name] == methods, pattern.name


@pytest.mark.parametrize(("row", "method"), CASES)
def test_nobody_enters_without_a_session(world: World, row: Row, method: str) -> None:
    client = caller(None) if row in API else browser(None)

    answer = _send(client, method, world, row, firm=world.side(row.side_of(method))["owner"].firm_id)

    if row in API:
        assert answer.status_code == 401
        assert SENTENCE.search(answer.json()["detail"])
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("row", "method"), CASES)
def test_a_stranger_finds_nothing(world: World, row: Row, method: str) -> None:
    stranger = world.stranger["owner"]
    client = caller(stranger) if row in API else browser(stranger)

    answer = _send(client, method, world, row, firm=world.side(row.side_of(method))["owner"].firm_id)

    if row in API and not row.ids:
        assert answer.status_code < 500
        assert answer.status_code != 403
    elif row.name.startswith(("api-firm-detail",)):
        assert answer.status_code == 200
    elif row.name == "api-agreement-sign":
        assert answer.status_code in {400, 404}
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize(("row", "method"), CASES)
def test_a_wrong_role_is_told_so(world: World, row: Row, method: str) -> None:
    for role in set(ALL) - set(row.may[method]):
        member = world.side(row.side_of(method))[role]
        client = caller(member) if row in API else browser(member)

        answer = _send(client, method, world, row, firm=member.firm_id)

        if row.name in {"inbox-read", "api-agreement-sign"} and answer.status_code in {400, 404}:
            continue
        assert answer.status_code == 403, (role, answer.status_code, answer.headers.get("Location"))
        told = answer.json()["detail"] if row in API else _told(answer)
        assert SENTENCE.search(told), (role, told)


@pytest.mark.parametrize(("row", "method"), CASES)
def test_a_right_role_gets_in(world: World, row: Row, method: str) -> None:
    for role in row.may[method]:
        member = world.side(row.side_of(method))[role]
        client = caller(member) if row in API else browser(member)

        with transaction.atomic():
            answer = _send(client, method, world, row, firm=member.firm_id)
            transaction.set_rollback(True)

        assert answer.status_code in {200, 201, 204, 302, 304, 400, 409, 422}, (
            role,
            answer.status_code,
            answer.content[-600:],
        )
        assert not answer.headers.get("Location", "").startswith(reverse("account_login"))


OUTSIDE_CASES = [(name, method) for name, known in OUTSIDE.items() for method in known]


@pytest.mark.parametrize(("name", "method"), OUTSIDE_CASES)
def test_an_address_outside_answers_somebody_without_a_session(world: World, name: str, method: str) -> None:
    address = reverse(name, kwargs=filled(world, TOKENS.get(name, {})))
    client = browser(None)

    answer = (
        client.generic(method, address)
        if method == "GET"
        else client.post(address, filled(world, BODIES.get(name, {})))
    )

    expected = OUTSIDE[name][method]
    if expected == "sign in":
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
    else:
        assert answer.status_code in (expected if isinstance(expected, tuple) else (expected,)), (
            answer.headers.get("Location")
        )


@pytest.mark.parametrize("name", [name for name in OUTSIDE if name in TOKENS and "token" in TOKENS[name]])
def test_an_unknown_token_opens_nothing(world: World, name: str) -> None:
    method = "POST" if "GET" not in OUTSIDE[name] or OUTSIDE[name]["GET"] == 405 else "GET"

    answer = browser(world.stranger["owner"]).generic(
        method, reverse(name, kwargs={"token": "x" * 43}), "step=decline", "application/x-www-form-urlencoded"
    )

    assert answer.status_code == 404


def test_the_admin_is_for_the_operator(world: World) -> None:
    addresses = [reverse(name) for name in _names() if name.startswith("admin:") and _plain(name)]

    for address in addresses:
        for member in (None, world.prime["owner"]):
            refused = browser(member).get(address)
            assert refused.status_code in {302, 403}, (address, refused.status_code)
            assert refused.status_code == 403 or refused["Location"].startswith(
                ("/admin/", "/accounts/login/")
            )


def _plain(name: str) -> bool:
    try:
        reverse(name)
    except Exception:  # noqa: BLE001 - it takes arguments
        return False
    return name not in {"admin:login", "admin:jsi18n"}


def _names() -> set[str]:
    found = set()
    for pattern in _patterns(get_resolver().url_patterns):
        if pattern.name:
            found.add(pattern.name)
    return found | {f"admin:{name}" for name in _admin_names()}


def _admin_names() -> set[str]:
    (admin,) = [each for each in get_resolver().url_patterns if getattr(each, "namespace", None) == "admin"]
    return {each.name for each in _patterns(admin.url_patterns) if each.name}


def _patterns(patterns: Any) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from _patterns(each.url_patterns)
        else:
            yield each


def _send(client: Any, method: str, world: World, row: Row, *, firm: UUID | None) -> Any:
    kwargs = filled(world, row.ids) | ({} if row in API else {"firm": firm})
    address, body = reverse(row.name, kwargs=kwargs), filled(world, row.body)
    if method == "GET":
        return client.get(address)
    if row in API:
        as_form = (
            {"format": "multipart"}
            if row.name.endswith(("deliverables", "evidence", "on-paper"))
            else {"format": "json"}
        )
        return getattr(client, method.lower())(address, body, **as_form)
    return client.post(address, body)


def _told(answer: Any) -> str:
    text = re.sub(r"<title>.*?</title>|<head>.*?</head>", "", answer.content.decode(), flags=re.DOTALL)
    (paragraph,) = re.findall(r"<h1[^>]*>.*?</h1>\s*<p>(.*?)</p>", text, re.DOTALL)[:1]
    return unescape(paragraph)
