import pytest

from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide
from partnernet.core.workflow import SYSTEM, Step, Workflow

DESK = frozenset({"owner", "dispatcher"})
OFFER = Workflow(
    "offer",
    [
        Step("accept", frozenset({"sent"}), "accepted", "sub", DESK),
        Step("send_back", frozenset({"accepted"}), "sent", "prime", DESK, needs_reason=True),
        Step("expire", frozenset({"sent"}), "expired", SYSTEM),
    ],
)


def test_the_row_that_allows_a_step_is_returned():
    assert OFFER.check("accept", status="sent", side="sub", role="owner").target == "accepted"


def test_the_other_side_is_told_so():
    with pytest.raises(WrongSide):
        OFFER.check("accept", status="sent", side="prime", role="owner")


def test_the_wrong_role_is_told_so():
    with pytest.raises(WrongRole):
        OFFER.check("accept", status="sent", side="sub", role="technician")


def test_the_wrong_moment_names_the_open_steps():
    with pytest.raises(IllegalStep) as refused:
        OFFER.check("send_back", status="sent", side="prime", role="owner", reason="Two are missing.")

    assert refused.value.open_steps == []
    assert str(refused.value) == "The offer is sent, so this is no longer possible."


def test_a_backward_step_needs_a_reason():
    with pytest.raises(RuleBroken, match="Say why"):
        OFFER.check("send_back", status="accepted", side="prime", role="owner", reason="  ")


def test_a_stranger_never_passes_for_the_clock():
    with pytest.raises(WrongSide):
        OFFER.check("expire", status="sent", side="sub", role="owner")


def test_an_unknown_step_is_a_mistake_of_ours():
    with pytest.raises(LookupError):
        OFFER.check("bribe", status="sent", side="sub", role="owner")


def test_buttons_come_from_the_table():
    assert [step.name for step in OFFER.open_steps("sent", side="sub", role="owner")] == ["accept"]
    assert OFFER.open_steps("sent", side="sub", role="technician") == ()
