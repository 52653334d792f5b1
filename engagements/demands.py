"""Papers that an order demands: which of them a firm has shown for the days of the work, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol
from uuid import UUID

from partnernet.core import localtime, money
from partners import papers
from partners.models import Document
from partners.papers import Shown, Slot

DOCUMENTS: Final = tuple(kind for kind in papers.KINDS if kind in papers.SHOWN - {papers.INSURANCE})

BEING_CHECKED: Final = "being checked by the operator"


class Demanding(Protocol):
    """An order, or what is typed for one."""

    insurance: Any
    insurance_limit: Any
    documents: Any
    currency: str


@dataclass(frozen=True, slots=True)
class Demand:
    """One paper that has to be shown; `limit` for each claim."""

    slot: Slot
    limit: Decimal | None = None
    currency: str = ""

    @property
    def words(self) -> str:
        """Name it as in `General liability insurance, at least $1,000,000 for each claim`."""
        if self.slot.kind != papers.INSURANCE:
            return self.slot.words
        least = (
            f", at least {money.show(self.limit, self.currency)} for each claim"
            if self.limit is not None
            else ""
        )
        return f"{self.slot.words} insurance{least}"

    @property
    def wanted(self) -> str:
        """Name it in an address."""
        return self.slot.wanted

    def met_by(self, paper: Shown) -> bool:
        """Say whether a paper's limit is enough."""
        if self.limit is None:
            return True
        return paper.currency == self.currency and paper.limit is not None and paper.limit >= self.limit


@dataclass(frozen=True, slots=True)
class Met:
    """A demand, and why it is not met; `why` is empty when it is."""

    demand: Demand
    why: str = ""


def demands_of(order: Demanding) -> list[Demand]:
    """Return what an order demands, insurance first."""
    policies = [
        Demand(Slot(papers.INSURANCE, each), order.insurance_limit, order.currency)
        for each in order.insurance
    ]
    return policies + [Demand(Slot(kind)) for kind in order.documents]


def days_of(
    starts_at: datetime | None, ends_at: datetime | None, *, now: datetime, zone: str
) -> tuple[date, date]:
    """Return the first and the last day of work as the firm that does it counts days."""
    first = localtime.day_in(starts_at or now, zone)
    return first, max(first, localtime.day_in(ends_at or starts_at or now, zone))


@dataclass(slots=True)
class Known:
    """What a firm has shown: papers that were accepted, and what is being checked."""

    accepted: list[Shown] = field(default_factory=list)
    waiting: list[Slot] = field(default_factory=list)


def known_of(firms: Iterable[UUID]) -> dict[UUID, Known]:
    """Return what each of these firms has shown, in one query."""
    found = {firm: Known() for firm in firms}
    papers_of = Document.objects.filter(firm__in=found, status__in=("accepted", "pending"))
    for paper in papers_of.order_by("sent_at", "pk"):
        known = found[paper.firm_id]
        if paper.status == Document.Status.ACCEPTED:
            known.accepted.append(paper.shown)
        else:
            known.waiting.append(paper.slot)
    return found


def judge(demands: Iterable[Demand], known: Known, *, days: tuple[date, date]) -> list[Met]:
    """Say of each demand whether what was accepted holds from the first day through the last."""
    return [Met(demand, _why(demand, known, days)) for demand in demands]


def judged(order: Demanding, firm: UUID, *, days: tuple[date, date]) -> list[Met]:
    """Say how a firm stands with what an order demands; no query for an order that demands nothing."""
    demands = demands_of(order)
    return judge(demands, known_of([firm])[firm], days=days) if demands else []


def _why(demand: Demand, known: Known, days: tuple[date, date]) -> str:
    """Say why a demand is not met; nothing when it is. A demand without a name is met by any name."""
    first, last = days
    fitting = [
        of_one for slot, of_one in papers.by_slot(known.accepted).items() if slot[:2] == demand.slot[:2]
    ]
    furthest = _latest(papers.through(of_one, first, enough=demand.met_by) for of_one in fitting)
    if furthest and furthest >= last:
        return ""
    if any(slot[:2] == demand.slot[:2] for slot in known.waiting):
        return BEING_CHECKED
    if furthest:
        return f"holds until {_day(furthest)}, and the work ends later"
    for of_one in fitting:
        low = papers.standing(of_one, first)
        if low and low.limit is not None:
            return f"covers only {money.show(low.limit, low.currency)} for each claim"
    ended = _latest(paper.last_day for of_one in fitting for paper in of_one)
    return f"ran out, held until {_day(ended)}" if ended and ended < first else "not shown yet"


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day), default=None)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
