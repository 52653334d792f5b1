"""The steps of an agreement, of what a client asked for, and of a claim. Owners make agreements; the clock lapses what nobody answers."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PROPOSER, OTHER = "proposer", "other"
PRIME, SUB = "prime", "sub"
LEADS = frozenset({"owner", "dispatcher"})
OPERATOR = "operator"
OWNER = frozenset({"owner"})
# Whoever an owner has named to sign one agreement acts in this role on it.
SIGNATORY = "signatory"
SIGNERS = OWNER | {SIGNATORY}
OPEN = frozenset({"proposed", "agreed", "partially_signed"})
UNSIGNED = frozenset({"draft", "proposed", "negotiating", "agreed"})
SIGNED_BY_SOMEBODY = frozenset({"partially_signed", "signed"})


def _both(
    name: str,
    sources: frozenset[str],
    target: str,
    *,
    label: str,
    roles: frozenset[str] = OWNER,
    **more: bool,
) -> tuple[Step, ...]:
    return tuple(Step(name, sources, target, side, roles, label=label, **more) for side in (PROPOSER, OTHER))


AGREEMENT = Workflow(
    "agreement",
    (
        Step("propose", frozenset({"draft"}), "proposed", PROPOSER, OWNER, label="Send without signing"),
        # The first signature leads to partially_signed, the second to signed; the action knows which it is.
        *_both("sign", OPEN, "", label="Continue to sign", roles=SIGNERS),
        Step("revise", frozenset({"draft"}), "draft", PROPOSER, OWNER, label="Change the terms"),
        *_both(
            "revise",
            frozenset({"proposed", "negotiating", "agreed"}),
            "negotiating",
            label="Change the terms",
        ),
        *_both(
            "accept_terms", frozenset({"negotiating"}), "agreed", label="Accept these terms", roles=SIGNERS
        ),
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
        *_both("amend", frozenset({"signed"}), "signed", label="Change it by amendment"),
        # Who signs for a side, and which side first.
        Step("name_signatory", frozenset({"draft"}), "", PROPOSER, OWNER, label="Name who signs"),
        *_both("name_signatory", OPEN | {"negotiating"}, "", label="Name who signs"),
        Step("release_signatory", frozenset({"draft"}), "", PROPOSER, OWNER, label="Any owner signs"),
        *_both("release_signatory", OPEN | {"negotiating"}, "", label="Any owner signs"),
        *_both("pass_on", OPEN | {"negotiating"}, "", label="Pass it on", roles=frozenset({SIGNATORY})),
        Step("order_signing", UNSIGNED, "", PROPOSER, OWNER, label="Who signs first"),
        *_both(
            "dispute_signature",
            SIGNED_BY_SOMEBODY,
            "",
            label="Dispute it",
            roles=SIGNERS,
            danger=True,
            needs_reason=True,
        ),
        *_both(
            "withdraw_dispute",
            OPEN | {"negotiating", "signed"},
            "",
            label="Take it back",
            roles=SIGNERS,
        ),
        *_both(
            "settle_dispute",
            OPEN | {"negotiating", "signed"},
            "",
            label="It is settled",
            roles=SIGNERS,
            needs_reason=True,
        ),
        # What is about a signature of a proposal ends with the proposal, or when the signature is taken back.
        Step("close_dispute", OPEN | {"negotiating"}, "", SYSTEM),
        Step("signatory_left", OPEN | {"draft", "negotiating"}, "", SYSTEM),
        *_both("terminate", frozenset({"signed"}), "signed", label="End it with notice", danger=True),
    ),
)

# What a firm does for itself about a text; the action asks which of these roles its owners want.
DESK = frozenset({"owner", "dispatcher", "finance", "viewer"})
TO_BE_SIGNED = UNSIGNED | OPEN
APPROVAL = Workflow(
    "text",
    (
        Step("ask_approval", TO_BE_SIGNED, "", "firm", DESK - {"viewer"}, label="Ask for approval"),
        Step("approve_text", TO_BE_SIGNED, "", "firm", frozenset({"owner", "finance"}), label="Approve it"),
        Step("refuse_text", TO_BE_SIGNED, "", "firm", frozenset({"owner", "finance"}), label="Not like this"),
    ),
)

COMMENT = Workflow(
    "text",
    tuple(
        Step(name, TO_BE_SIGNED, "", "firm", DESK - {"viewer"}, label=label)
        for name, label in (
            ("comment", "Comment"),
            ("resolve_comment", "Settled"),
            ("reopen_comment", "Not settled"),
        )
    ),
)

# What one firm says of an agreement that both signed on paper. The other answers; nobody signs anything here.
STANDING = frozenset({"on_paper", "paper_confirmed"})
PAPER = Workflow(
    "agreement on paper",
    (
        Step(
            "confirm", frozenset({"on_paper", "paper_disputed"}), "paper_confirmed", OTHER, OWNER,
            label="Yes, that is right",
        ),
        Step(
            "object", STANDING, "paper_disputed", OTHER, OWNER, needs_reason=True, label="No, that is wrong", danger=True
        ),
        Step("affirm", STANDING, "", PROPOSER, OWNER, label="It still holds"),
        Step(
            "withdraw", STANDING | {"paper_disputed"}, "paper_withdrawn", PROPOSER, OWNER, needs_reason=True,
            label="Withdraw it", danger=True,
        ),
        Step("ask", STANDING, "", SYSTEM),
    ),
)  # fmt: skip

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

CLAIMANT, RESPONDENT = "claimant", "respondent"
CLAIM_OPEN = ("notice_served", "responded", "no_response", "cure_period", "negotiation", "mediation")
CLAIM_DECIDED = ("settled", "upheld", "partly_upheld", "dismissed")


def _claim(
    name: str, sources: str, target: str, side: str, label: str = "", **more: bool
) -> tuple[Step, ...]:
    """Write the rows of one step; `side` is one of the two, `both`, or the system."""
    roles = frozenset() if side == SYSTEM else OWNER
    sides = (CLAIMANT, RESPONDENT) if side == "both" else (side,)
    return tuple(
        Step(name, frozenset(sources.split()), target, each, roles, label=label, **more) for each in sides
    )


_OPEN = " ".join(CLAIM_OPEN)

CLAIM = Workflow(
    "claim",
    (
        *_claim("change", "draft", "draft", CLAIMANT, "Change it"),
        *_claim("file", "draft", "filed", CLAIMANT, "File it"),
        *_claim("take_back", "filed", "draft", CLAIMANT, "Take it back"),
        *_claim("serve", "filed", "notice_served", SYSTEM),
        *_claim("bar", "draft", "time_barred", SYSTEM),
        *_claim("respond", "notice_served no_response", "responded", RESPONDENT, "Answer"),
        *_claim("miss", "notice_served", "no_response", SYSTEM),
        *_claim("demand_cure", "responded no_response", "cure_period", CLAIMANT, "Ask them to put it right"),
        *_claim("offer_cure", "responded", "cure_period", RESPONDENT, "We put it right"),
        *_claim("report_cure", "cure_period", "cure_period", RESPONDENT, "Say what was put right"),
        *_claim("accept_cure", "cure_period", "settled", CLAIMANT, "It is put right"),
        *_claim("end_cure", "cure_period", "negotiation", SYSTEM),
        *_claim("talk", "responded cure_period", "negotiation", RESPONDENT, "Let the owners talk"),
        *_claim("mediate", "negotiation", "mediation", "both", "Go to mediation"),
        *_claim("end_talk", "negotiation", "mediation", SYSTEM),
        *_claim("end_mediation", "mediation", "mediation", SYSTEM),
        *_claim("name_mediator", "mediation", "mediation", "both", "Name the mediator"),
        *_claim("offer_settlement", _OPEN, "", "both", "Offer a settlement"),
        *_claim("accept_settlement", _OPEN, "settled", "both", "Accept the settlement"),
        *_claim("refuse_settlement", _OPEN, "", "both", "Not on these terms"),
        *_claim("admit", _OPEN, "upheld", RESPONDENT, "Admit it", danger=True),
        # How somebody else decided: written down by one firm with the decision, and confirmed by the other.
        *_claim("state_outcome", f"{_OPEN} suspended", "", "both", "Write down a decision"),
        *_claim("confirm_outcome", f"{_OPEN} suspended", "", "both", "That is the decision"),
        *_claim("object_outcome", f"{_OPEN} suspended", "", "both", "It is not", needs_reason=True),
        *_claim("let_outcome_stand", f"{_OPEN} suspended", "", SYSTEM),
        *_claim("suspend", _OPEN, "suspended", "both", "It is before a court", needs_reason=True),
        *_claim("resume", "suspended", "", "both", "Go on here"),
        *_claim(
            "withdraw", f"draft filed {_OPEN} suspended", "withdrawn", CLAIMANT, "Withdraw it", danger=True
        ),
        *_claim("note_payment", "settled upheld partly_upheld", "", CLAIMANT, "Write down a payment"),
        *_claim("close", f"{' '.join(CLAIM_DECIDED)} withdrawn time_barred", "closed", CLAIMANT, "Close it"),
        *_claim("close", "dismissed withdrawn", "closed", RESPONDENT, "Close it"),
    ),
)
