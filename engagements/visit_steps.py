"""What the one bar of the visit page says next. Pure."""

from dataclasses import dataclass

READ, CONFIRM, SET_OFF, CHECK_IN, FINISH, SIGN, SUBMIT, COME_BACK, GO_ON, WAIT = (
    "read", "confirm", "set_off", "check_in", "finish", "sign", "submit", "come_back", "go_on", "wait",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Situation:
    """How far a visit and its order are.

    `soon` means that the start is within twelve hours, or has no time; `goes_on` that this visit has ended and a later one is open.
    """

    order_status: str
    visit_status: str
    briefing_read: bool
    soon: bool
    units_left: int
    signed: bool
    goes_on: bool = False


def next_step(now: Situation) -> str:
    """Return the one thing to do next."""
    if now.order_status not in {"assigned", "in_progress"}:
        return WAIT
    if now.goes_on or not now.briefing_read:
        return GO_ON if now.goes_on else READ
    if now.visit_status == "planned" and not now.soon:
        return CONFIRM
    going = {
        "planned": SET_OFF,
        "confirmed": SET_OFF if now.soon else WAIT,
        "on_my_way": CHECK_IN,
        "checked_in": FINISH,
    }
    if now.visit_status in going:
        return going[now.visit_status]
    if now.units_left:
        return COME_BACK
    return SUBMIT if now.signed else SIGN
