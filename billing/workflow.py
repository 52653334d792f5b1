"""The closed table of what may happen to an invoice."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PRIME, SUB = "prime", "sub"
MONEY = frozenset({"owner", "finance"})
OWNER = frozenset({"owner"})
# What both agree on is paid on its day, whatever they still talk about.
PAYABLE = frozenset({"submitted", "revise", "disputed", "approved"})
STANDS = frozenset({"submitted", "approved"})

INVOICE = Workflow(
    "invoice",
    [
        Step("submit", frozenset({"draft", "revise"}), "", SUB, MONEY, label="Send"),
        Step("approve", frozenset({"submitted", "disputed"}), "approved", PRIME, MONEY, label="Approve"),
        Step("approve", frozenset({"submitted"}), "approved", SYSTEM),
        Step("ask_revision", STANDS, "revise", PRIME, MONEY, label="Ask for a revision"),
        Step("dispute", STANDS, "disputed", PRIME, MONEY, label="Dispute lines", danger=True),
        Step("name_mediator", frozenset({"disputed"}), "", PRIME, OWNER, label="Name a mediator"),
        Step("name_mediator", frozenset({"disputed"}), "", SUB, OWNER, label="Name a mediator"),
        Step("agree_mediator", frozenset({"disputed"}), "", PRIME, OWNER, label="Agree to the mediator"),
        Step("agree_mediator", frozenset({"disputed"}), "", SUB, OWNER, label="Agree to the mediator"),
        Step("credit", frozenset({"approved", "disputed"}), "", SUB, MONEY, label="Write a credit note"),
        Step("announce_payment", PAYABLE, "", PRIME, MONEY, label="Say that we paid"),
        Step("confirm_payment", PAYABLE, "", SUB, MONEY, label="The money came"),
        Step("confirm_payment", PAYABLE, "", SYSTEM),
        Step("deny_payment", PAYABLE, "", SUB, MONEY, label="It did not come", danger=True),
        Step(
            "void", frozenset({"draft", "submitted", "revise"}), "void", SUB, MONEY, needs_reason=True,
            label="Void", danger=True,
        ),
        Step("redraft", frozenset({"void"}), "", SUB, MONEY, label="Write a new one"),
    ],
)  # fmt: skip
