"""The steps of a firm's invitation, of two firms rating each other, of a paper, and of belonging to a community."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

INVITER = "inviter"
INVITED = "invited"
PARTY = "party"
HOLDER = "holder"
OPERATOR = "operator"
KEEPER = "keeper"
OFFICE = frozenset({"owner", "dispatcher"})
DESK = frozenset({"owner", "dispatcher", "finance"})

FIRM_INVITE = Workflow(
    "invitation",
    (
        Step("send", frozenset({"draft"}), "sent", INVITER, OFFICE, label="Send"),
        Step(
            "revoke", frozenset({"draft", "sent"}), "revoked", INVITER, OFFICE, label="Take back", danger=True
        ),
        Step("claim", frozenset({"sent"}), "claimed", INVITED, frozenset({"owner"}), label="Join"),
    ),
)

# Either firm is a party. What is said stays hidden while the round is open.
RATING = Workflow(
    "rating",
    (
        Step("rate", frozenset({"open"}), "open", PARTY, OFFICE, label="Say it"),
        Step("reveal", frozenset({"open"}), "revealed", SYSTEM),
        Step("lapse", frozenset({"open"}), "lapsed", SYSTEM),
        Step("raise", frozenset({"revealed"}), "revealed", PARTY, OFFICE, label="Raise it"),
    ),
)

# The holder is the firm whose paper it is. That a newer one has taken its place is reckoned from days, not stored.
DOCUMENT = Workflow(
    "paper",
    (
        Step("accept", frozenset({"pending"}), "accepted", OPERATOR, frozenset({"operator"}), label="Accept"),
        Step(
            "reject", frozenset({"pending"}), "rejected", OPERATOR, frozenset({"operator"}), needs_reason=True,
            label="Do not accept",
        ),
        Step(
            "withdraw", frozenset({"pending", "accepted"}), "withdrawn", HOLDER, DESK, label="Take back", danger=True
        ),
    ),
)  # fmt: skip

# The holder is the firm, the keeper whoever looks after the community: its admin, or the operator where none is named.
BELONGING = Workflow(
    "membership",
    (
        Step("ask", frozenset({""}), "asked", HOLDER, OFFICE, label="Ask"),
        Step("confirm", frozenset({"asked"}), "confirmed", KEEPER, frozenset({KEEPER}), label="Confirm"),
        Step(
            "refuse", frozenset({"asked"}), "refused", KEEPER, frozenset({KEEPER}), needs_reason=True,
            label="Do not confirm",
        ),
        Step(
            "end", frozenset({"confirmed"}), "ended", KEEPER, frozenset({KEEPER}), needs_reason=True,
            label="No longer a member", danger=True,
        ),
        Step("leave", frozenset({"asked", "confirmed"}), "ended", HOLDER, OFFICE, label="Take back", danger=True),
    ),
)  # fmt: skip
