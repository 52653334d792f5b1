"""Every kind of news has its three texts, and every kind that the source names has its folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.workflow import AGREEMENT
from tests.guards.test_source import OURS, ROOT

EMAILS = ROOT / "templates" / "emails"
FOLDERS = sorted(path.name for path in EMAILS.iterdir() if path.is_dir())
# How an agreement is closed names its mail: see `contracts.actions.agreements._close`.
CLOSED = {f"agreement_{step.target}" for name in ("decline", "void") for step in AGREEMENT.rows(name)}


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_mail_has_a_subject_a_text_and_a_page(kind: str) -> None:
    assert {path.name for path in (EMAILS / kind).iterdir()} == {"subject.txt", "body.txt", "body.html"}
    assert [path.name for path in (EMAILS / kind).iterdir() if not path.read_text().strip()] == []


def test_every_kind_that_is_told_has_its_mail() -> None:
    told = {kind for path in OURS for kind in _told(path)} | CLOSED

    assert {"offer_sent", "work_approved", "invoice_issued", "agreement_signed", "firm_invited"} <= told
    assert told - set(FOLDERS) == set()


def test_every_mail_is_named_in_the_source() -> None:
    written = {text.removeprefix("emails/").partition("/")[0] for path in OURS for text in _texts(path)}

    assert set(FOLDERS) - written - CLOSED == set()


def _told(path: Path) -> Iterator[str]:
    """Yield the kinds written out in calls of `owe`, `tell`, `_tell`, `_to_sub` and their kin."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name != "owe" and not name.lstrip("_").startswith(("tell", "to_sub", "to_prime")):
            continue
        first = node.args[:2] if name == "_tell" else node.args[:1]
        for argument in first:
            yield from _constants(argument)


def _texts(path: Path) -> Iterator[str]:
    yield from _constants(ast.parse(path.read_text()))


def _constants(tree: ast.AST) -> Iterator[str]:
    """Yield every string below, but not the pieces of an f-string."""
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.value
