"""The steps of a firm's invitation, and of two firms rating each other."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

INVITER = "inviter"
INVITED = "invited"
PARTY = "party"
OFFICE = frozenset({"owner", "dispatcher"})

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
