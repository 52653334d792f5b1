"""The steps of an agreement. Only owners act; the clock lapses what nobody answers."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PROPOSER, OTHER = "proposer", "other"
OWNER = frozenset({"owner"})
OPEN = frozenset({"proposed", "agreed", "partially_signed"})


def _both(name: str, sources: frozenset[str], target: str, *, label: str, **more: bool) -> tuple[Step, ...]:
    return tuple(Step(name, sources, target, side, OWNER, label=label, **more) for side in (PROPOSER, OTHER))


AGREEMENT = Workflow(
    "agreement",
    (
        Step("propose", frozenset({"draft"}), "proposed", PROPOSER, OWNER, label="Send without signing"),
        # The first signature leads to partially_signed, the second to signed; the action knows which it is.
        *_both("sign", OPEN, "", label="Continue to sign"),
        Step("revise", frozenset({"draft"}), "draft", PROPOSER, OWNER, label="Change the terms"),
        *_both(
            "revise",
            frozenset({"proposed", "negotiating", "agreed"}),
            "negotiating",
            label="Change the terms",
        ),
        *_both("accept_terms", frozenset({"negotiating"}), "agreed", label="Accept these terms"),
        *_both(
            "ask_changes",
            frozenset({"partially_signed"}),
            "partially_signed",
            label="Ask for changes",
            needs_reason=True,
        ),
        *_both(
            "recall",
            frozenset({"partially_signed"}),
            "negotiating",
            label="Recall our signature",
            danger=True,
        ),
        Step("decline", OPEN | {"negotiating"}, "declined", OTHER, OWNER, label="Decline", danger=True),
        Step(
            "void",
            OPEN | {"draft", "negotiating"},
            "voided",
            PROPOSER,
            OWNER,
            label="Withdraw it",
            danger=True,
        ),
        Step("lapse", OPEN, "lapsed", SYSTEM),
        *_both("terminate", frozenset({"signed"}), "signed", label="End it with notice", danger=True),
    ),
)
