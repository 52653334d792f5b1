"""The closed table of what may happen to an invoice."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PRIME, SUB = "prime", "sub"
MONEY = frozenset({"owner", "finance"})

INVOICE = Workflow(
    "invoice",
    [
        Step("announce_payment", frozenset({"approved"}), "approved", PRIME, MONEY, label="Say that we paid"),
        Step("confirm_payment", frozenset({"approved"}), "", SUB, MONEY, label="The money came"),
        Step("confirm_payment", frozenset({"approved"}), "", SYSTEM),
        Step(
            "void", frozenset({"approved"}), "void", SUB, MONEY, needs_reason=True, label="Void", danger=True
        ),
    ],
)
