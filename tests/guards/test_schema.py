"""The API's description is checked in, and says what the API does."""

import io

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from rest_framework.serializers import BaseSerializer

from partnernet.core.rest import Input

DESCRIBED = settings.BASE_DIR / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema():
    return yaml.safe_load(DESCRIBED.read_text())


def test_what_is_checked_in_is_what_the_code_says():
    written = io.StringIO()

    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)

    assert written.getvalue() == DESCRIBED.read_text(), "Run make schema, and look at the difference."


def test_nothing_that_the_server_keeps_can_be_written(schema):
    kept = {"id", "status", "number", "version", "points", "committed", "created_at", "approved_at"}
    bodies = _bodies(schema)

    written = {
        f"{name}.{field}"
        for name in bodies
        for field in schema["components"]["schemas"][name].get("properties", {})
        if field in kept
    }

    assert written == set()


def _bodies(schema):
    """Return the names of all parts of the schema that a request may carry."""
    found = set()
    for operations in schema["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _names(content["schema"], schema, found)
    return found


def _names(part, schema, found):
    if isinstance(part, list):
        for each in part:
            _names(each, schema, found)
    if isinstance(part, dict):
        name = part.get("$ref", "").rpartition("/")[2]
        if name and name not in found:
            found.add(name)
            _names(schema["components"]["schemas"][name], schema, found)
        for each in part.values():
            _names(each, schema, found)


def test_every_serializer_that_reads_is_strict_about_unknown_fields(schema):
    strict = {_schema_name(kind) for kind in _kinds(Input)}
    writing = {_schema_name(kind) for kind in _kinds(BaseSerializer)} - strict
    bodies = {name.removeprefix("Patched").removesuffix("Request") for name in _bodies(schema)}

    assert bodies & writing == set()


def _kinds(kind):
    """Return every subclass, near and far."""
    below = set(kind.__subclasses__())
    return below.union(*(_kinds(each) for each in below)) if below else below


def _schema_name(kind):
    return kind.__name__.removesuffix("Serializer")
