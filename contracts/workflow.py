"""The steps of an agreement, and of what a client asked for. Owners make agreements; the clock lapses what nobody answers."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PROPOSER, OTHER = "proposer", "other"
PRIME, SUB = "prime", "sub"
LEADS = frozenset({"owner", "dispatcher"})
OPERATOR = "operator"
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
        Step("supersede", frozenset({"signed"}), "signed", SYSTEM),
        # That we know what the check found, and go on.
        Step("acknowledge", frozenset({"draft"}), "", PROPOSER, OWNER, label="We know, and go on"),
        *_both("acknowledge", OPEN | {"negotiating", "signed"}, "", label="We know, and go on"),
        *_both("terminate", frozenset({"signed"}), "signed", label="End it with notice", danger=True),
    ),
)

UNANSWERED = frozenset({"reported", "acknowledged"})
ANSWERED = frozenset({"referred_back", "change_order", "new_work_order", "released", "declined"})

APPROACH = Workflow(
    "report",
    (
        Step("acknowledge", frozenset({"reported"}), "acknowledged", PRIME, LEADS, label="We have heard it"),
        Step("refer_back", UNANSWERED, "referred_back", PRIME, LEADS, label="We take it over"),
        Step("make_change", UNANSWERED, "change_order", PRIME, LEADS, label="Make it a change of this work"),
        Step(
            "make_work",
            UNANSWERED | {"referred_back"},
            "new_work_order",
            PRIME,
            LEADS,
            label="Make it new work",
        ),
        # Without a fee it is released at once; with one, when an owner of the sub agrees.
        Step("release", UNANSWERED, "", PRIME, OWNER, label="Release it to them"),
        Step("take_release", frozenset({"acknowledged"}), "released", SUB, OWNER, label="Agree to the fee"),
        Step(
            "refuse_release",
            frozenset({"acknowledged"}),
            "acknowledged",
            SUB,
            OWNER,
            label="Leave it to them",
        ),
        Step("decline", UNANSWERED, "declined", PRIME, LEADS, label="Do not do it", needs_reason=True),
        Step("close", ANSWERED, "closed", PRIME, LEADS, label="Close it"),
        Step("escalate", UNANSWERED, "", SYSTEM),
    ),
)

# A text is written, looked at by a second pair of eyes, and published; from then on it never changes. A newer one lets it step back.
STAFF = frozenset({"operator"})
TEMPLATE = Workflow(
    "text",
    (
        Step("edit", frozenset({"draft"}), "draft", OPERATOR, STAFF, label="Change it"),
        Step("review", frozenset({"draft"}), "in_review", OPERATOR, STAFF, label="Send to review"),
        Step("reopen", frozenset({"in_review"}), "draft", OPERATOR, STAFF, label="Back to the draft"),
        Step("publish", frozenset({"in_review"}), "published", OPERATOR, STAFF, label="Publish"),
        Step(
            "note_review", frozenset({"in_review", "published", "deprecated"}), "", OPERATOR, STAFF,
            label="Note who reviewed it",
        ),
        Step("deprecate", frozenset({"published"}), "deprecated", OPERATOR, STAFF, label="Let it run out"),
        Step(
            "withdraw", frozenset({"published", "deprecated"}), "withdrawn", OPERATOR, STAFF, needs_reason=True,
            label="Withdraw it", danger=True,
        ),
    ),
)  # fmt: skip
