"""The steps of a firm's invitation; everything else about firms has no states to walk through."""

from partnernet.core.workflow import Step, Workflow

INVITER = "inviter"
INVITED = "invited"
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
