"""The closed tables of what may happen to a job, a work order, an offer, a visit, a call-off, a change and a question."""

from partnernet.core.workflow import SYSTEM, Step, Workflow

PRIME, SUB = "prime", "sub"
LEADS = frozenset({"owner", "dispatcher"})
CREW = LEADS | {"technician"}
RUNNING = "assigned in_progress on_hold"
"""Where an order is a firm's and not handed in."""


def _step(name: str, sources: str, target: str, side: str, label: str = "", **known: bool) -> Step:
    """Write one row; the sources stand in one string, an empty target is decided by the action."""
    roles = frozenset() if side == SYSTEM else LEADS
    return Step(name, frozenset(sources.split()), target, side, roles, label=label, **known)


ENGAGEMENT = Workflow(
    "job",
    [
        _step("activate", "draft", "active", PRIME, "Start this job"),
        _step("complete", "active", "completed", PRIME, "Mark as completed"),
        _step(
            "cancel", "draft active", "cancelled", PRIME, "Cancel this job", needs_reason=True, danger=True
        ),
    ],
)

WORK_ORDER = Workflow(
    "work order",
    [
        _step("send_offers", "draft offered", "offered", PRIME, "Offer this work"),
        _step("recall", "offered", "draft", PRIME, "Take the offers back", danger=True),
        _step("assign", "offered", "assigned", SYSTEM),
        _step("hold", "assigned in_progress", "on_hold", PRIME, "Put on hold", needs_reason=True),
        _step("resume", "on_hold", "", PRIME, "Go on"),
        Step("start", frozenset({"assigned"}), "in_progress", SUB, CREW, label="Check in"),
        _step("begin_cover", "assigned", "in_progress", SYSTEM),
        Step("submit", frozenset({"in_progress"}), "submitted", SUB, CREW, label="Hand it in"),
        Step("submit_part", frozenset({"in_progress"}), "in_progress", SUB, CREW, label="Hand in a part"),
        _step("send_back", "submitted", "in_progress", PRIME, "Send back", needs_reason=True),
        _step("approve", "submitted", "approved", PRIME, "Approve"),
        _step("approve_by_silence", "submitted", "approved", SYSTEM),
        _step("send_back_part", "in_progress on_hold", "", PRIME, "Send back", needs_reason=True),
        _step("approve_part", "in_progress on_hold submitted", "", PRIME, "Approve"),
        _step("approve_part_by_silence", "in_progress on_hold submitted", "", SYSTEM),
        _step("back_out", RUNNING, "", SUB, "Back out", needs_reason=True, danger=True),
        _step("remove", RUNNING, "", PRIME, "Take it off them", needs_reason=True, danger=True),
        _step("cancel", "draft offered", "cancelled", PRIME, "Cancel", needs_reason=True, danger=True),
        _step("cancel", RUNNING, "", PRIME, "Cancel", needs_reason=True, danger=True),
    ],
)

OFFER = Workflow(
    "offer",
    [
        _step("send", "draft", "sent", PRIME, "Send"),
        _step("send", "draft", "sent", SYSTEM),
        _step("undo", "sent", "draft", PRIME, "Undo"),
        _step("revise", "sent countered willing", "sent", PRIME, "Change terms"),
        _step("accept", "sent", "", SUB, "Take this job"),
        _step("choose", "willing", "accepted", PRIME, "Choose them"),
        _step("counter", "sent", "countered", SUB, "Change terms"),
        _step("accept_counter", "countered", "accepted", PRIME, "Agree to their terms"),
        _step("refuse_counter", "countered", "sent", PRIME, "Keep our terms"),
        _step("withdraw_counter", "countered", "", SUB, "Take my terms back"),
        _step("lapse_counter", "countered", "", SYSTEM),
        _step("decline", "sent countered willing", "declined", SUB, "Not this time"),
        _step("reopen", "declined", "sent", SUB, "Look at it again"),
        _step("withdraw", "sent countered willing", "withdrawn", PRIME, "Withdraw", danger=True),
        _step("expire", "sent countered willing", "expired", SYSTEM),
        _step("fill", "sent countered willing", "filled", SYSTEM),
    ],
)

VISIT = Workflow(
    "visit",
    [
        Step("confirm", frozenset({"planned"}), "confirmed", SUB, CREW, label="I will be there"),
        Step("set_off", frozenset({"planned", "confirmed"}), "on_my_way", SUB, CREW, label="On my way"),
        Step(
            "check_in",
            frozenset({"planned", "confirmed", "on_my_way"}),
            "checked_in",
            SUB,
            CREW,
            label="Check in",
        ),
        Step("finish", frozenset({"checked_in"}), "done", SUB, CREW, label="Finish"),
        _step(
            "miss",
            "planned confirmed on_my_way",
            "missed",
            PRIME,
            "Nobody came",
            needs_reason=True,
            danger=True,
        ),
        _step("call_off", "planned confirmed on_my_way", "called_off", SYSTEM),
        _step("replan", "confirmed on_my_way", "planned", SYSTEM),
    ],
)

CALL_OFF = Workflow(
    "call-off",
    [
        Step("acknowledge", frozenset({"called"}), "acknowledged", SUB, CREW, label="We are on it"),
        Step("finish", frozenset({"acknowledged"}), "done", SUB, CREW, label="Done"),
        _step("raise_cap", "called acknowledged", "", PRIME, "Pay more hours"),
        _step(
            "cancel",
            "called acknowledged",
            "cancelled",
            PRIME,
            "Call it back",
            needs_reason=True,
            danger=True,
        ),
        _step("lapse", "called acknowledged", "cancelled", SYSTEM),
    ],
)

ASKER, OTHER = "asker", "other"

CHANGE_REQUEST = Workflow(
    "change",
    [
        _step("agree", "asked", "agreed", OTHER, "Agree"),
        _step("refuse", "asked", "refused", OTHER, "Keep what was agreed"),
        Step("withdraw", frozenset({"asked"}), "withdrawn", ASKER, CREW, label="Take it back"),
        _step("lapse", "asked", "lapsed", SYSTEM),
    ],
)

QUESTION = Workflow("question", [_step("answer", "asked", "answered", PRIME, "Answer")])
