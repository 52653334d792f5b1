"""docs/security.md names tests: each of them exists, and each line of the table names one."""

from __future__ import annotations

import re

from tests.guards.test_source import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [line for line in TEXT.splitlines() if line.startswith("| V")]


def test_every_requirement_names_how_it_is_met_and_by_which_test() -> None:
    for row in ROWS:
        requirements, levels, how, tests = (cell.strip() for cell in row.strip("|").split(" | "))
        assert re.fullmatch(r"V\d+\.\d+\.\d+(, V\d+\.\d+\.\d+)*", requirements), row
        assert re.fullmatch(r"[123](, [123])*", levels), row
        assert how, row
        assert re.search(r"`tests/[^`]+`", tests), row
    assert len(ROWS) >= 28


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)

    missing = [
        (path, name)
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]

    assert len(named) > 35
    assert missing == []


def test_no_requirement_stands_twice() -> None:
    found = [name for row in ROWS for name in re.findall(r"V\d+\.\d+\.\d+", row.split(" | ")[0])]

    assert sorted(set(found)) == sorted(found)
