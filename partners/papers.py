"""Papers that a firm shows: which there are, and which of them hold on a day. Values in hand, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

INSURANCE = "insurance"
W9 = "w9"
RESALE = "resale_certificate"
WORKERS = "workers_compensation"
CERTIFICATION = "certification"
BACKGROUND = "background_check"
BANK = "bank_reference"

KINDS: Final = {
    INSURANCE: "Certificate of insurance",
    W9: "W-9",
    RESALE: "Resale certificate",
    WORKERS: "Workers' compensation",
    CERTIFICATION: "Certification",
    BACKGROUND: "Background check",
    BANK: "Bank reference",
}
POLICIES: Final = {
    "general_liability": "General liability",
    "professional_liability": "Technology errors and omissions",
    "cyber_liability": "Cyber liability",
    "auto_liability": "Auto liability",
    "umbrella": "Umbrella",
}
OWN_EYES: Final = frozenset({W9, BANK})
"""What holds a tax or an account number: opened by an owner and finance of the firm itself, and by the operator."""

SHOWN: Final = frozenset(KINDS) - {BANK}
"""What another firm learns to be valid, and may ask for."""

NAMED: Final = frozenset({CERTIFICATION, BACKGROUND})
"""What a firm has several of, told apart by a name."""

REMIND_AT: Final = (90, 60, 30, 7)
"""Days before a paper runs out."""


class Slot(NamedTuple):
    """What a newer paper takes the place of: the same kind, policy and name."""

    kind: str
    policy: str = ""
    name: str = ""

    @property
    def words(self) -> str:
        """Name it as in `General liability` or `Background check: Joe Petrov`."""
        if self.kind == INSURANCE:
            return POLICIES.get(self.policy, self.policy)
        kind = KINDS.get(self.kind, self.kind)
        return f"{kind}: {self.name}" if self.name else kind

    @property
    def wanted(self) -> str:
        """Name it in an address."""
        return f"{self.kind}:{self.policy}" if self.policy else self.kind

    @property
    def inside(self) -> str:
        """Name it inside a sentence."""
        return self.words if self.kind in {W9, *NAMED} else self.words[:1].lower() + self.words[1:]


@dataclass(frozen=True, slots=True)
class Shown:
    """An accepted paper: the days on which it holds, both included and None for no end; its limit for each claim."""

    slot: Slot
    sent_at: datetime
    first_day: date | None = None
    last_day: date | None = None
    limit: Decimal | None = None
    currency: str = ""

    def holds(self, day: date) -> bool:
        """Say whether the paper itself speaks for that day."""
        begun = self.first_day is None or self.first_day <= day
        return begun and (self.last_day is None or day <= self.last_day)

    def begun(self, day: date) -> bool:
        """Say whether the paper speaks for that day or an earlier one."""
        return self.first_day is None or self.first_day <= day


def last_day(kind: str, expires_on: date | None) -> date | None:
    """Return the last day on which a paper holds.

    A policy ends at 12:01 a.m. of the expiration date on its certificate (ACORD 25), so that day is not covered.
    """
    if expires_on is None:
        return None
    return expires_on - timedelta(days=1) if kind in {INSURANCE, WORKERS} else expires_on


def by_slot(papers: Iterable[Shown]) -> dict[Slot, list[Shown]]:
    """Sort papers by what they are."""
    found: defaultdict[Slot, list[Shown]] = defaultdict(list)
    for paper in papers:
        found[paper.slot].append(paper)
    return dict(found)


def standing(papers: Iterable[Shown], day: date) -> Shown | None:
    """Return which paper of one slot counts on a day: of those that hold, the one sent last."""
    return max((paper for paper in papers if paper.holds(day)), key=lambda paper: paper.sent_at, default=None)


def through(
    papers: Sequence[Shown], day: date, *, enough: Callable[[Shown], bool] = lambda _: True
) -> date | None:
    """Return the last day until which papers of one slot hold without a gap from `day` on; None when not on that day.

    A newer policy that begins before the older one ends carries on; one that is not `enough` ends it.
    """
    held = None
    while True:
        now = standing(papers, day)
        if now is None or not enough(now):
            return held
        held = _until(now, papers, day)
        if held == date.max:
            return held
        day = held + timedelta(days=1)


def _until(now: Shown, papers: Sequence[Shown], day: date) -> date:
    """Return the last day on which `now` counts: its own last one, or the eve of a newer one."""
    begins = (paper.first_day for paper in papers if paper.first_day and paper.sent_at > now.sent_at)
    eves = (first - timedelta(days=1) for first in begins if first > day)
    return min([now.last_day or date.max, *eves])


def valid(papers: Iterable[Shown], on: date) -> float | None:
    """Return the value of the standing fact *papers valid*: 1 while all that was shown holds, 0 when something has run out.

    None, so nothing counted, for a firm that has shown nothing: papers are asked with the first offer.
    """
    shown = [of_one for of_one in by_slot(papers).values() if any(paper.begun(on) for paper in of_one)]
    if not shown:
        return None
    return float(all(standing(of_one, on) for of_one in shown))


def reminder(days_left: int) -> int | None:
    """Return which reminder is due so many days before the end: the latest that has come; None before the first."""
    return min((at for at in REMIND_AT if days_left <= at), default=None) if days_left >= 0 else None
