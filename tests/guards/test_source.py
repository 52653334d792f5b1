"""The house rules that a reader would otherwise have to remember, held over the source itself."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands

ROOT = settings.BASE_DIR
APPS = ("partnernet", "partners", "clients", "contracts", "engagements", "billing")
COMMITTED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    if name and (ROOT / name).is_file()
]
SOURCE = [path for path in COMMITTED if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in APPS]
OURS = [path for path in SOURCE if "migrations" not in path.parts]
MIGRATIONS = [path for path in SOURCE if "migrations" in path.parts and path.name[0].isdigit()]
TESTS = [path for path in COMMITTED if path.suffix == ".py" and path.relative_to(ROOT).parts[0] == "tests"]
# Read for `make run` and its kin alone, or by developers.
NOT_FOR_OTHERS = {"DEBUG", "EMAIL_BACKEND"}
TEMPLATES = [path for path in COMMITTED if path.relative_to(ROOT).parts[0] == "templates"]


def _calls(path: Path, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == name:
            yield node


def test_every_lock_names_its_rows_and_lets_children_in() -> None:
    """`no_key` lets others insert children, `of` keeps joined rows free; an order keeps two lockers from a deadlock."""
    bad = []
    for path in OURS:
        lines = path.read_text().splitlines()
        for call in _calls(path, "select_for_update"):
            keywords = {keyword.arg for keyword in call.keywords}
            rest = "\n".join(lines[call.lineno - 1 : (call.end_lineno or 0) + 6]).split("\n\n")[0]
            if not {"no_key", "of"} <= keywords or not re.search(
                r"order_by\(|in_order\(|\.get\(|\.first\(", rest
            ):
                bad.append(f"{path.relative_to(ROOT)}:{call.lineno}")

    assert bad == []


def test_nothing_is_longer_than_a_reader_can_hold() -> None:
    limits = [(OURS, 400), (TESTS, 600), ([path for path in TEMPLATES if path.suffix == ".html"], 150)]

    long = [
        f"{path.relative_to(ROOT)}: {lines} lines, at most {limit}"
        for paths, limit in limits
        for path in paths
        if (lines := path.read_text().count("\n")) > limit
    ]

    assert long == []


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 50
    ]

    assert long == []


@pytest.mark.parametrize("part", ["actions", "models", "workflow"])
def test_rules_know_no_door(part: str) -> None:
    inside = [path for path in OURS if part in {path.stem, path.parent.name}]

    doors = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in inside
        for line in path.read_text().splitlines()
        if re.match(r"\s*(from|import) (django\.http|django\.shortcuts|rest_framework)\b", line)
    ]

    assert doors == []


def test_migrations_import_nothing_of_ours() -> None:
    """Django itself writes `import x.y` for a field's class, default or callable; people would write `from`."""
    bad = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in MIGRATIONS
        for line in path.read_text().splitlines()
        if re.match(rf"from ({'|'.join(APPS)})\b", line)
    ]

    assert bad == []


def test_migrations_have_names() -> None:
    assert [path.name for path in MIGRATIONS if re.search(r"_auto_|_initial\.py$", path.name)] == []


def test_later_is_a_promise_and_never_a_timer() -> None:
    timed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg in {"eta", "countdown"}
    ]

    assert timed == []


def test_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {_name(one) for one in project["project"]["dependencies"]}

    base = (ROOT / "requirements" / "base.txt").read_text()
    dev = (ROOT / "requirements" / "dev.txt").read_text()

    assert wanted - set(_locked(base)) == set()
    assert {_name(one) for one in project["dependency-groups"]["dev"]} - set(_locked(dev)) == set()
    for one in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        _holds(one, _locked(base) | _locked(dev))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~ ]", requirement)[0].lower().replace("_", "-")


def _locked(text: str) -> dict[str, str]:
    return {
        name.lower(): version
        for name, version in re.findall(r"^([\w.-]+)(?:\[.*?\])?==([\w.]+)", text, re.MULTILINE)
    }


def _holds(requirement: str, locked: dict[str, str]) -> None:
    for operator, version in re.findall(r"(>=|<)([\d.]+)", requirement):
        have, want = _parts(locked[_name(requirement)]), _parts(version)
        assert have >= want if operator == ">=" else have < want, requirement


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_no_registry_is_named_in_a_committed_file() -> None:
    named = re.compile(r"--(extra-)?index-url|://[^ ]+/simple|\"resolved\":")
    here = Path(__file__)

    found = [
        str(path.relative_to(ROOT))
        for path in COMMITTED
        if path != here
        and path.suffix in {".txt", ".json", ".toml", ".sh", ".yml", ".cfg", ".ini", ""}
        and named.search(path.read_text())
    ]

    assert found == []


def test_commands_and_targets_in_the_documents_exist() -> None:
    documents = [path for path in COMMITTED if path.suffix == ".md"]
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = set(get_commands())

    for path in documents:
        text = path.read_text()
        assert set(re.findall(r"manage\.py (\w+)", text)) - known == set(), path
        assert set(re.findall(r"`make (\w+)", text)) - targets == set(), path
        for adr in re.findall(r"adr/(\d{4}-[\w-]+\.md)", text):
            assert (ROOT / "docs" / "adr" / adr).exists(), (path, adr)


def test_every_setting_in_the_documents_is_read_somewhere() -> None:
    """Names in capitals between backticks, in examples, and with an `=` before a command."""
    named = {
        name
        for path in COMMITTED
        if path.suffix == ".md" and path.name != "CHANGELOG.md"
        for name in re.findall(
            r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|`[A-Z]{4,}`|\b[A-Z]{4,}(?==\w)", path.read_text()
        )
    }
    read = "\n".join(path.read_text() for path in [*OURS, ROOT / "Makefile", ROOT / "docker-compose.yml"])

    assert {"PGBOUNCER", "DATABASE_URL", "LINK_KEY"} <= {name.strip("`") for name in named}
    assert {name for name in named if not re.search(rf"\b{name.strip('`')}\b", read)} == set()


def test_every_variable_that_is_read_stands_in_the_documents() -> None:
    settings_source = (ROOT / "partnernet" / "settings.py").read_text()
    read = set(re.findall(r"(?:environ\.get|_flag|_names|_secret)\(\s*\"([A-Z_]+)\"", settings_source))
    documents = "\n".join(path.read_text() for path in COMMITTED if path.suffix == ".md")

    assert len(read) > 15
    assert {name for name in read if not re.search(rf"\b{name}\b", documents)} - NOT_FOR_OTHERS == set()


def test_every_exception_to_a_rule_says_why() -> None:
    """`# noqa: CODE - the reason`; a fixture asked for by name needs none, wherever it is imported with one."""
    bare = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in COMMITTED
        if path.suffix == ".py" and path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := re.search(r"#\s*noqa\b(.*)", line))
        and not re.match(r": [A-Z]+\d+(, [A-Z]+\d+)* - \S", found[1])
        and not (found[1] == ": F811" and "noqa: F401 - fixtures" in path.read_text())
    ]

    assert bare == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
