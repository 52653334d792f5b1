"""The API against its own description: bodies, ids and parameters that nobody thought of, the same ones in every run.

Every answer is one that is described, in the shape that is described, and none is a failure of ours.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count

import pytest
import schemathesis
import yaml
from django.conf import settings as django
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import get_resolver
from hypothesis import HealthCheck, given, settings
from rest_framework.throttling import UserRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from partnernet.wsgi import application
from partners.actions import keys
from partners.models.keys import SCOPES
from tests.guards.doors.addresses import API, Row
from tests.guards.doors.world import World, filled

pytestmark = pytest.mark.django_db
DESCRIBED = yaml.safe_load((django.BASE_DIR / "docs" / "openapi.yaml").read_text())
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
SCHEMA.app = application
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
OPERATIONS = [(path, method) for path, operations in DESCRIBED["paths"].items() for method in operations]
drawn = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def rows_by_path() -> dict[str, Row]:
    """Return the row of the table of addresses that each described path has."""
    known = {row.name: row for row in API}
    found = {}
    for name, (shapes, *_) in get_resolver().reverse_dict.items():
        if name in known:
            ((shape, _),) = shapes
            found[re.sub(r"%\((\w+)\)s", "{}", f"/{shape}")] = known[name]
    return found


ROWS = rows_by_path()


@pytest.fixture(scope="module")
def answered(pytestconfig: pytest.Config) -> Iterator[Counter[int]]:
    """Count the answers of all operations by status, 0 for those not as described; say them at the end."""
    counted: Counter[int] = Counter()
    yield counted
    wrong = counted.pop(0)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(
            f"\nschema: {len(OPERATIONS)} operations × {EXAMPLES} examples, "
            f"answers {dict(sorted(counted.items()))}, {wrong} not as described"
        )


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep a request from closing the connection whose transaction will be rolled back, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def known_parts(world: World, row: Row, names: list[str]) -> dict[str, str]:
    """Return ids that are there, under the names by which the description knows them."""
    return dict(zip(names, filled(world, list(row.ids.values())), strict=True))


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: str(part).upper())
def test_every_answer_is_as_described(
    world: World, monkeypatch, answered: Counter[int], path: str, method: str
) -> None:
    monkeypatch.setattr(UserRateThrottle, "allow_request", lambda *_: True)
    row = ROWS[re.sub(r"{\w+}", "{}", path)]
    _, secret = keys.create("fuzz", by=world.side(row.side)["owner"], scopes=list(SCOPES))
    headers = {"Authorization": f"Bearer {secret}"}
    ids = known_parts(world, row, re.findall(r"{(\w+)}", path))
    turns = count()

    @drawn
    @given(case=SCHEMA[path][method].as_strategy())
    def answers(case: schemathesis.Case) -> None:
        turn = next(turns) % 3
        # As drawn; of a row that is there; of a row that is there, with what the step needs.
        if turn:
            case.path_parameters.update(ids)
        if turn == 2 and isinstance(case.body, dict):
            case.body |= filled(world, row.body)
        case.headers.pop("PartnerNet-Firm", None)
        answered[0] += 1
        with transaction.atomic():
            answer = case.call_and_validate(headers=headers, checks=CHECKS)
            transaction.set_rollback(True)
        answered[0] -= 1
        answered[answer.status_code] += 1

    answers()
