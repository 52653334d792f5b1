"""One hostile text in every text of every row: pages, mails, lists for spreadsheets and logs show it, and none runs it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from partnernet.core import mail
from partnernet.core.models import Delivery
from tests.everything import _models
from tests.guards.doors.addresses import PAGES, Row
from tests.guards.doors.world import World, browser, filled

pytestmark = pytest.mark.django_db
# A formula, a tag, the end of an attribute, a template, a placeholder of Python's and a header, in 70 characters.
HOSTILE = "=1+1<svg/onload=alert(7)>\"'>{{7*7}}{% now 'Y' %}%(x)s{0}\r\nX-Forged: 1"
RUNS = re.compile(r"<svg/onload|=alert\(7\)>|onload=alert\(7\)>")
# Texts that mean something to us: keys, addresses, zones, codes. A form or a constraint keeps strangers' words out of them.
MEANT = {
    "timezone", "currency", "country", "state", "postcode", "email", "address_email", "password", "slug", "domain", "web_domain",
    "status", "step", "kind", "path", "doorway", "message_id", "dedupe", "principal", "fingerprint",
}  # fmt: skip


def texts_of(model: Any) -> list[models.Field[Any, Any]]:
    """Return the fields that hold somebody's words, long enough for ours."""
    return [
        field
        for field in model._meta.concrete_fields
        if type(field) in {models.CharField, models.TextField}
        and not (field.choices or field.primary_key or field.unique or field.name in MEANT)
        and len(HOSTILE) <= (field.max_length or 10**6)
    ]


def poison() -> tuple[Counter[str], list[str]]:
    """Write the hostile text wherever the database lets it be; return how many fields took it, and which did not."""
    took, refused = Counter[str](), []
    for model in _models():
        for field in texts_of(model):
            try:
                with transaction.atomic():
                    rows = model._base_manager.exclude(**{field.name: ""}).update(**{field.name: HOSTILE})
            except DatabaseError:
                refused.append(f"{model._meta.label}.{field.name}")
            else:
                took[model._meta.label] += bool(rows)
    return took, refused


@pytest.fixture
def poisoned(world: World) -> World:
    took, refused = poison()
    assert took.total() > 40, (took, refused)
    return world


def read(world: World, row: Row, role: str) -> Any:
    member = world.side(row.side)[role]
    return browser(member).get(reverse(row.name, kwargs=filled(world, row.ids) | {"firm": member.firm_id}))


def body_of(answer: Any) -> str:
    raw: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return raw.decode(errors="replace")


def kinds(answer: Any) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0]


def test_no_page_and_no_list_runs_it(poisoned: World, capsys: pytest.CaptureFixture[str]) -> None:
    shown: Counter[str] = Counter()
    for row in (row for row in PAGES if "GET" in row.may):
        answer = read(poisoned, row, row.may["GET"][0])
        assert answer.status_code in {200, 302, 304}, (row.name, answer.status_code)
        body = body_of(answer)
        kind = kinds(answer)
        if kind == "text/csv":
            shown[kind] += holds_no_formula(body)
        elif kind == "text/html":
            assert RUNS.findall(body) == [], row.name
            shown[kind] += "svg/onload" in body
            assert "X-Forged" not in answer.headers

    with capsys.disabled():
        print(
            f"\ninjection: one hostile text in every field; shown harmless by {shown['text/html']} pages and {shown['text/csv']} lists"
        )
    assert shown["text/html"] > 40
    assert shown["text/csv"] >= 5


def holds_no_formula(body: str) -> bool:
    """Hold that no cell begins like a formula; say whether a cell has the text."""
    cells = [cell for line in csv.reader(io.StringIO(body.removeprefix("\ufeff"))) for cell in line]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))] == []
    return any("svg/onload" in cell for cell in cells)


def letters() -> Iterator[Delivery]:
    """Return one delivery of each kind of news there is."""
    seen = set[str]()
    for delivery in Delivery.objects.select_related("notification").order_by("pk"):
        if delivery.notification.kind not in seen:
            seen.add(delivery.notification.kind)
            yield delivery


def hostile(value: Any) -> Any:
    """Put the text in place of every word of a message's facts, however deep."""
    if isinstance(value, dict):
        return {name: hostile(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner) for inner in value]
    return HOSTILE if isinstance(value, str) else value


def test_no_mail_carries_it_into_a_header_or_runs_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    checked = 0
    for delivery in letters():
        news = delivery.notification
        news.context = hostile(news.context)
        news.title = " ".join(HOSTILE.split())
        delivery.name = " ".join(HOSTILE.split())
        letter = mail.message(delivery)

        sent = letter.message()
        assert RUNS.findall(str(letter.alternatives[0][0])) == [], news.kind
        assert sent["X-Forged"] is None
        assert "{{7*7}}" in str(letter.alternatives[0][0]) or "svg" not in str(letter.alternatives[0][0])
        checked += 1

    with capsys.disabled():
        print(
            f"\ninjection: {checked} kinds of mail with the text in every fact, 0 headers forged, 0 tags let through"
        )
    assert checked >= 15


def test_what_is_typed_into_a_name_stays_a_name(world: World) -> None:
    """The same words, typed once: they come back as words in the page, in the list and in the API."""
    owner = world.prime["owner"]
    client = browser(owner)
    typed = HOSTILE.replace("\r\n", " ")
    firm = {"PartnerNet-Firm": str(owner.firm_id)}
    made = client.post("/api/v1/clients/", {"name": typed}, content_type="application/json", headers=firm)
    assert made.status_code == 201, made.content

    page = body_of(client.get(reverse("clients", args=[owner.firm_id])))
    listed = body_of(client.get(reverse("export-clients", args=[owner.firm_id])))
    told = client.get("/api/v1/clients/", headers=firm).json()["results"]

    assert "=1+1&lt;svg/onload=alert(7)&gt;" in page
    assert RUNS.findall(page) == []
    assert holds_no_formula(listed)
    assert typed in [each["name"] for each in told]
