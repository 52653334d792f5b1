"""Pages and the API read only what is the caller's: every query at a door starts from a firm, a row in hand, or says why not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.guards.test_source import OURS, ROOT

DOORS = re.compile(r"(^|/)(views|api|pages)(/|\.py$)|/http\.py$")
# Methods of querysets that take a firm, a member or a row in hand, and `none`.
SCOPES = {
    "about", "asked_of", "awaiting", "between", "given_by", "in_round_of", "inbox_of", "kept_by", "kept_off_network_by", "listed_for", "none", "of", "of_deal",
    "of_order", "of_technician", "received_by", "sent_by", "shown_by", "taken_by", "to_pay", "to_receive", "under_way_for",
    "unread_by", "visible_to", "waiting_at",
}  # fmt: skip
# Fields that lead to a firm, a person or a row in hand.
PARENTS = {
    "asker", "assignment", "client", "engagement", "event", "firm", "invoice", "invoices_issued", "offer", "owner", "payee",
    "prime", "revision", "user", "work_order",
}  # fmt: skip
# What stands at a door without a firm, and why it may.
OPEN = {
    ("billing/api.py", "InvoiceLine"): "how lines are ordered under invoices that are the caller's",
    ("contracts/views/affiliated.py", "TemplateVersion"): "the shipped texts are everybody's",
    ("contracts/views/amending.py", "TemplateVersion"): "the shipped texts are everybody's",
    (
        "contracts/views/disputes.py",
        "SignatureDispute",
    ): "the operator of the whole network, on a page of its own",
    ("contracts/views/moving.py", "TemplateVersion"): "the shipped texts are everybody's",
    ("contracts/views/proposing.py", "TemplateVersion"): "the shipped texts are everybody's",
    ("contracts/views/texts.py", "*"): "the operator of the whole network",
    ("contracts/views/agreements.py", "TemplateVersion"): "the shipped texts are everybody's",
    (
        "contracts/views/public.py",
        "Agreement",
    ): "whoever holds the code of verification may check the signatures",
    ("engagements/views/door.py", "Offer"): "a mailed token says which",
    ("engagements/views/recorded.py", "RecordedAnswer"): "a mailed token says which",
    ("partnernet/pages/doors.py", "FirmInvite"): "a mailed token says which",
    ("partnernet/pages/enclosing.py", "TemplateVersion"): "the shipped texts are everybody's",
    ("partnernet/pages/needs.py", "Objection"): "two Q objects above it name the firm",
    ("partnernet/pages/operator.py", "*"): "the operator of the whole network",
    ("partners/api/communities.py", "Community"): "the list of communities is everybody's",
    (
        "partners/views/communities.py",
        "Community",
    ): "the list is everybody's; a page is its admin's or the operator's",
    ("partners/views/directory.py", "Community"): "the list of communities is everybody's",
    ("partners/views/doors.py", "Community"): "those that the person looks after",
    ("partners/views/directory.py", "Skill"): "the list of skills is everybody's",
    ("partners/views/doors.py", "Invitation"): "a mailed token says which",
    ("partners/views/settings.py", "Skill"): "the list of skills is everybody's",
}


@dataclass(frozen=True)
class Query:
    """A chain that begins at a model: where it stands, and what is called and named along it."""

    path: str
    line: int
    model: str
    calls: frozenset[str]
    names: frozenset[str]
    in_hand: bool


def queries(text: str, path: str) -> Iterator[Query]:
    tree = ast.parse(text)
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_base_manager", "_default_manager"}:
            yield _along(node, above, path)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "get_object_or_404":
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id[0].isupper():
                yield Query(
                    path, node.lineno, first.id, frozenset(), frozenset(_keywords(node)), in_hand=False
                )


def _along(node: ast.Attribute, above: dict[ast.AST, ast.AST], path: str) -> Query:
    calls, names, in_hand, top = set[str](), set[str](), False, node
    while (up := above.get(top)) is not None:
        if isinstance(up, ast.Attribute) and up.value is top:
            calls.add(up.attr)
        elif isinstance(up, ast.Call) and up.func is top:
            names |= set(_keywords(up))
            in_hand = in_hand or any(
                keyword.arg == "pk" and isinstance(keyword.value, ast.Attribute) for keyword in up.keywords
            )
        elif isinstance(up, ast.Call) and getattr(up.func, "id", "") == "get_object_or_404":
            names |= set(_keywords(up))
            break
        else:
            break
        top = up  # type: ignore[assignment] # both kinds are expressions
    return Query(path, node.lineno, ast.unparse(node.value), frozenset(calls), frozenset(names), in_hand)


def _keywords(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        yield from (keyword.arg or "").split("__")


def is_scoped(query: Query) -> bool:
    return bool(query.calls & SCOPES or query.names & PARENTS) or query.in_hand


def test_every_query_at_a_door_starts_from_a_firm(capsys) -> None:
    doors = [path for path in OURS if DOORS.search(str(path.relative_to(ROOT))) and "core" not in path.parts]
    found = [query for path in doors for query in queries(path.read_text(), str(path.relative_to(ROOT)))]

    unscoped = [query for query in found if not is_scoped(query)]
    excused = [query for query in unscoped if (query.path, query.model) in OPEN or (query.path, "*") in OPEN]

    with capsys.disabled():
        print(
            f"\nscoped: {len(found)} queries in {len(doors)} doors, {len(unscoped) - len(excused)} unscoped, {len(excused)} with a reason"
        )
    assert len(found) > 150
    assert [f"{query.path}:{query.line} {query.model}" for query in unscoped if query not in excused] == []
    used = {(query.path, model) for query in excused for model in (query.model, "*")}
    assert set(OPEN) - used == set(), "These need no excuse any more."


def test_the_guard_sees_an_unscoped_query() -> None:
    (bad,) = queries("WorkOrder.objects.with_sides().filter(status='open').get(pk=pk)", "x.py")
    (worse,) = queries("get_object_or_404(WorkOrder, pk=pk)", "x.py")
    (good,) = queries("get_object_or_404(WorkOrder.objects.visible_to(firm).with_sides(), pk=pk)", "x.py")

    assert [is_scoped(query) for query in (bad, worse, good)] == [False, False, True]
