"""What counts, how much and for how long: the rules of scoring as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

TRUST = "trust"
AS_SUB = "as_sub"
AS_PRIME = "as_prime"
CREDIT = "credit"
DIMENSIONS = (TRUST, AS_SUB, AS_PRIME, CREDIT)

PRIOR_WEIGHT = 5.0
COUNTERPARTY_CAP = 5.0
DEFAULT_MEAN = 0.7
FIRMS_FOR_A_MEAN = 20
MIN_EVENTS = 3
MIN_COUNTERPARTIES = 2
Z_80 = 1.2816

TENURE_YEARS = 5.0
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence. `value` is fixed where the happening itself says it; else the recorder brings it."""

    dimension: str
    weight: float
    half_life: int
    words: str
    value: float | None = None
    standing: bool = False


KINDS: Mapping[str, Kind] = {
    "on_time_start": Kind(AS_SUB, 1, 180, "Started on time"),
    "deadline_met": Kind(AS_SUB, 2, 180, "Met the deadline"),
    "approved_first_time": Kind(AS_SUB, 1, 180, "Approved at the first submission"),
    "backed_out_early": Kind(AS_SUB, 0.5, 180, "Backed out early", value=0.0),
    "backed_out_late": Kind(AS_SUB, 1, 180, "Backed out late", value=0.0),
    "no_show": Kind(AS_SUB, 3, 180, "Did not come and did not call", value=0.0),
    "approved_promptly": Kind(AS_PRIME, 1, 180, "Approved within 3 business days"),
    "cancelled_late": Kind(AS_PRIME, 1, 180, "Cancelled inside 24 hours", value=0.0),
    "approved_by_silence": Kind(AS_PRIME, 1, 180, "Let the work be approved by silence", value=0.0),
    "rating": Kind(TRUST, 1, 365, "Rated by the other firm"),
    "approach_reported": Kind(TRUST, 1, 365, "Reported in time that a client asked for more", value=1.0),
    "release_honoured": Kind(TRUST, 1, 365, "Honoured a release", value=1.0),
    "claim": Kind(TRUST, 5, 730, "Claim admitted or upheld", value=0.0),
    "claim_partly": Kind(TRUST, 2.5, 730, "Claim partly upheld", value=0.0),
    "papers_valid": Kind(TRUST, 0.5, 365, "Papers valid", standing=True),
    "community_confirmed": Kind(TRUST, 0.5, 365, "Confirmed by a community", value=1.0, standing=True),
    "tenure": Kind(TRUST, 1, 365, "Time in the network", standing=True),
}
EVENT_KINDS = tuple(name for name, kind in KINDS.items() if not kind.standing)


def tenure(joined_on: date, on: date) -> float:
    """Return the value of the standing fact *tenure*: years in the network over five, at most 1."""
    return min(1.0, max(0, (on - joined_on).days) / DAYS_PER_YEAR / TENURE_YEARS)
