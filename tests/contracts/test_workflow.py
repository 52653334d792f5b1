"""Every status × step × side × role, against a table written by hand."""

from itertools import product

import pytest

from contracts.workflow import AGREEMENT
from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide

STATUSES = (
    "draft",
    "proposed",
    "negotiating",
    "agreed",
    "partially_signed",
    "signed",
    "declined",
    "voided",
    "lapsed",
)
ROLES = ("owner", "signatory", "dispatcher", "finance", "technician", "viewer")
TO_SIGN = {"proposed", "agreed", "partially_signed"}
# step -> side -> the statuses in which an owner of that side may take it
OPEN = {
    "propose": {"proposer": {"draft"}},
    "sign": {"proposer": TO_SIGN, "other": TO_SIGN},
    "revise": {
        "proposer": {"draft", "proposed", "negotiating", "agreed"},
        "other": {"proposed", "negotiating", "agreed"},
    },
    "accept_terms": {"proposer": {"negotiating"}, "other": {"negotiating"}},
    "ask_changes": {"proposer": {"partially_signed"}, "other": {"partially_signed"}},
    "recall": {"proposer": {"partially_signed"}, "other": {"partially_signed"}},
    "decline": {"other": TO_SIGN | {"negotiating"}},
    "void": {"proposer": TO_SIGN | {"draft", "negotiating"}},
    "name_signatory": {
        "proposer": TO_SIGN | {"draft", "negotiating"},
        "other": TO_SIGN | {"negotiating"},
    },
    "release_signatory": {
        "proposer": TO_SIGN | {"draft", "negotiating"},
        "other": TO_SIGN | {"negotiating"},
    },
    "pass_on": {"proposer": TO_SIGN | {"negotiating"}, "other": TO_SIGN | {"negotiating"}},
    "order_signing": {"proposer": {"draft", "proposed", "negotiating", "agreed"}},
    "dispute_signature": {key: {"partially_signed", "signed"} for key in ("proposer", "other")},
    "withdraw_dispute": {key: TO_SIGN | {"negotiating", "signed"} for key in ("proposer", "other")},
    "settle_dispute": {key: TO_SIGN | {"negotiating", "signed"} for key in ("proposer", "other")},
    "close_dispute": {"system": TO_SIGN | {"negotiating"}},
    "signatory_left": {"system": TO_SIGN | {"draft", "negotiating"}},
    "terminate": {"proposer": {"signed"}, "other": {"signed"}},
    "amend": {"proposer": {"signed"}, "other": {"signed"}},
    "lapse": {"system": TO_SIGN},
    "supersede": {"system": {"signed"}},
    "acknowledge": {
        "proposer": TO_SIGN | {"draft", "negotiating", "signed"},
        "other": TO_SIGN | {"negotiating", "signed"},
    },
}
# What being named to sign opens, or having signed; `pass_on` is theirs alone.
NAMED = {"sign", "accept_terms", "dispute_signature", "withdraw_dispute", "settle_dispute"}
CELLS = list(product(STATUSES, OPEN, ("proposer", "other", "system", ""), ROLES))


def expected(status: str, step: str, side: str, role: str) -> type[Exception] | None:
    if side not in OPEN[step]:
        return WrongSide
    if side != "system" and role not in _may(step):
        return WrongRole
    return None if status in OPEN[step][side] else IllegalStep


def _may(step: str) -> set[str]:
    if step == "pass_on":
        return {"signatory"}
    return {"owner", "signatory"} if step in NAMED else {"owner"}


def met(status: str, step: str, side: str, role: str) -> type[Exception] | None:
    try:
        AGREEMENT.check(step, status=status, side=side, role=role, reason="Because.")
    except RuleBroken as refusal:
        return type(refusal)
    return None


def test_the_table_names_every_step():
    assert {step.name for step in AGREEMENT} == set(OPEN)


def test_every_cell_is_as_written():
    assert len(CELLS) == 9 * 22 * 4 * 6
    assert [cell for cell in CELLS if met(*cell) is not expected(*cell)] == []


@pytest.mark.parametrize("side", ["proposer", "other"])
def test_asking_for_changes_takes_a_reason(side: str):
    with pytest.raises(RuleBroken, match="Say why"):
        AGREEMENT.check("ask_changes", status="partially_signed", side=side, role="owner", reason=" ")
