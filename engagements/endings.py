"""Why work ended before it was done, whose cause that was, and what ending it so late costs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from partnernet.core.errors import Invalid

SUB, PRIME, CLIENT, NOBODY = "sub", "prime", "client", "nobody"
LATE = timedelta(hours=24)
"""An end later than this before the start is a late one."""

NO_SHOW, NEW_DATE, OWN_CLIENT = "no_show", "new_date", "own_client"


@dataclass(frozen=True, slots=True)
class Cause:
    """One answer to "why?", and whose cause it is."""

    code: str
    label: str
    fault: str


CAUSES: Mapping[str, tuple[Cause, ...]] = {
    "back_out": (
        Cause("overbooked", "We have taken on too much", SUB),
        Cause("nobody_to_send", "Our technician is ill or has left", SUB),
        Cause("skills", "It takes skills that we do not have", SUB),
        Cause("not_as_described", "The work is not as it was described", PRIME),
        Cause("not_ready", "The site was not ready", CLIENT),
        Cause("unsafe", "It is not safe to work there", CLIENT),
        Cause(NEW_DATE, "The date on which it would go on does not suit us", NOBODY),
        Cause(OWN_CLIENT, "The client was ours before, and that is disputed", NOBODY),
        Cause("force", "Weather, or another thing nobody could help", NOBODY),
    ),
    "remove": (
        Cause(NO_SHOW, "They did not come and did not call", SUB),
        Cause("quality", "The work is not good enough", SUB),
        Cause("conduct", "Somebody broke one of the four rules", SUB),
        Cause("client_wish", "The client asked for somebody else", CLIENT),
        Cause("otherwise", "We get it done in another way", PRIME),
    ),
    "cancel": (
        Cause("client_cancelled", "The client does not want it any more", CLIENT),
        Cause("not_ready", "The site is not ready", CLIENT),
        Cause("otherwise", "We get it done in another way", PRIME),
        Cause("mistake", "It was entered by mistake", PRIME),
        Cause("force", "Weather, or another thing nobody could help", NOBODY),
    ),
}


def cause_of(step: str, code: str) -> Cause:
    """Return the cause with this code. Raises Invalid for one that the step does not know."""
    for cause in CAUSES[step]:
        if cause.code == code:
            return cause
    raise Invalid({"cause": ["Choose why."]})


def is_late(starts_at: datetime | None, *, at: datetime) -> bool:
    """Say whether work is ended within 24 hours of its start, or after it; without a start it never is."""
    return starts_at is not None and at > starts_at - LATE


def owes_fee(step: str, status: str, fault: str, *, late: bool) -> bool:
    """Say whether the prime owes the fee for a late end: nobody has begun, and the cause is not the sub's."""
    return step in {"cancel", "remove"} and status == "assigned" and late and fault in {PRIME, CLIENT}


def part_of_fixed(amount: Decimal, *, done: int, units: int) -> Decimal:
    """Return the part of a fixed price that the units done have earned, unrounded."""
    return amount * done / units if units else Decimal(0)
