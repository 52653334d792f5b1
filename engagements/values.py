"""What people ask for, as frozen values: forms and serializers make them, actions take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from engagements import deadlines, pay
from engagements.cover import MOST_WEEKS, Promise, Span, most_hours
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import resolve
from partnernet.core.money import CURRENCIES

WINDOW_TOO_SHORT = "An arrival window has at least 45 minutes."
NOTHING_PROMISED = Promise()
WITHOUT_START = frozenset({deadlines.COMPLETE_BY, deadlines.ASAP})
WITHOUT_END = frozenset({deadlines.HARD_START, deadlines.ASAP})


@dataclass(frozen=True)
class Schedule:
    """When the work is done, in the wall time of its place; of cover, also what is promised."""

    kind: str
    timezone: str
    starts: datetime | None = None
    ends: datetime | None = None
    promise: Promise = NOTHING_PROMISED

    def columns(self) -> dict[str, Any]:
        """Return the columns of the schedule with its instants.

        Raises Invalid for a missing time, an unknown zone, a time that the clocks skip or show twice, or a short window.
        """
        needed = {"starts": self.kind not in WITHOUT_START, "ends": self.kind not in WITHOUT_END}
        if self.kind not in deadlines.SCHEDULE_KINDS:
            raise Invalid({"schedule_kind": ["Choose when the work is done."]})
        missing = {
            name: ["Say when."] for name, wanted in needed.items() if wanted and getattr(self, name) is None
        }
        if missing:
            raise Invalid(missing)
        starts = self.starts if needed["starts"] else None
        ends = self.ends if needed["ends"] else None
        starts_at, ends_at = self._instant("starts", starts), self._instant("ends", ends)
        if starts_at and ends_at and not deadlines.window_is_long_enough(starts_at, ends_at):
            raise Invalid({"ends": [WINDOW_TOO_SHORT]})
        return {
            "schedule_kind": self.kind,
            "timezone": self.timezone,
            "starts_local": starts,
            "starts_at": starts_at,
            "ends_local": ends,
            "ends_at": ends_at,
        }

    def promised(self) -> dict[str, Any]:
        """Return the columns of what cover promises. Raises Invalid with a sentence by field."""
        if self.kind != deadlines.COVER:
            return vars(NOTHING_PROMISED).copy()
        wrong = self.promise.problems()
        if self.starts and self.ends and Span(self.starts, self.ends, self.timezone).weeks > MOST_WEEKS:
            wrong["ends"] = f"Cover lasts at most {MOST_WEEKS} weeks. Agree on it again then."
        if wrong:
            raise Invalid({name: [sentence] for name, sentence in wrong.items()})
        return vars(self.promise).copy()

    def _instant(self, name: str, local: datetime | None) -> datetime | None:
        return None if local is None else instant_of(local, self.timezone, field=name)


def instant_of(local: datetime, zone: str, *, field: str) -> datetime:
    """Return the instant of a typed wall time; what is wrong with it is said beside its field."""
    try:
        return resolve(local, zone)
    except RuleBroken as refused:
        if refused.field:
            raise
        refused.field, refused.status, refused.fields = field, 400, {field: [str(refused)]}
        raise


@dataclass(frozen=True)
class Asked:
    """The terms of an offer as somebody asks for them."""

    pay: pay.PayTerms
    schedule: Schedule
    cancellation_fee: Decimal | None = None
    net_days: int = 15
    silence_days: int = 7

    def columns(self, *, currency: str, units: int) -> dict[str, Any]:
        """Return the columns of the terms. Raises Invalid with a sentence by field."""
        schedule, promised = self.schedule.columns(), self.schedule.promised()
        asked = _within_the_weeks(self.pay, self.schedule)
        wrong = pay.problems(asked, units=units)
        if self.schedule.kind == deadlines.COVER and asked.kind != pay.HOURLY:
            wrong["pay_kind"] = "Cover is paid by the hour."
        if currency not in CURRENCIES:
            wrong["currency"] = "Choose a currency with two decimals."
        if self.cancellation_fee is not None and self.cancellation_fee < 0:
            wrong["cancellation_fee"] = "This cannot be negative."
        if not 0 <= self.net_days <= 90:
            wrong["net_days"] = "Pay within 0 to 90 days."
        if not 1 <= self.silence_days <= 30:
            wrong["silence_days"] = "Answer work that was handed in within 1 to 30 business days."
        if wrong:
            raise Invalid({name: [sentence] for name, sentence in wrong.items()})
        return {
            "currency": currency,
            "pay_kind": asked.kind,
            **{name: getattr(asked, name) for name in PAY_FIELDS},
            "not_to_exceed": pay.not_to_exceed(asked, units=units),
            "cancellation_fee": self.cancellation_fee,
            "net_days": self.net_days,
            "silence_days": self.silence_days,
            **schedule,
            **promised,
        }


def _within_the_weeks(terms: pay.PayTerms, when: Schedule) -> pay.PayTerms:
    """Return the pay; of cover without a cap, the most hours are those of all its weeks."""
    if when.kind != deadlines.COVER or terms.cap_hours or when.starts is None or when.ends is None:
        return terms
    return replace(terms, cap_hours=most_hours(Span(when.starts, when.ends, when.timezone), when.promise))


@dataclass(frozen=True)
class NewTerms:
    """Terms put to the other firm for so many units. `units` is None for all of the order; notes are no terms."""

    asked: Asked
    units: int | None = None
    notes: str = ""


PAY_FIELDS = (
    "amount", "cap_hours", "flat_hours", "extra_rate", "minimum_hours", "trip_charge", "after_hours_factor", "expenses_cap",
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """So many units of one line."""

    line: UUID
    units: int


@dataclass(frozen=True)
class Recipient:
    """A firm to offer work to; without an agreement in force, the one proposed to it goes along."""

    firm: UUID
    waiver_reason: str = ""


@dataclass(frozen=True)
class OrderDraft:
    """What a new work order says beside its lines."""

    asked: Asked
    title: str = ""
    scope: str = ""
    routing: str = "one_by_one"
    skills: tuple[UUID, ...] = ()
    max_miles: int | None = None
    insurance: tuple[str, ...] = ()
    insurance_limit: Decimal | None = None
    documents: tuple[str, ...] = ()
    external_id: str = ""
    briefing: Mapping[str, str] = field(default_factory=dict)


LONGEST_PROMISE = 100_000
"""Minutes that a client can be promised an answer or an arrival in: ten weeks."""


@dataclass(frozen=True)
class JobFacts:
    """What a job says about itself. The deadline is wall time in `timezone`.

    The client was promised an answer, and somebody on site, within so many minutes of its call; where the job says nothing,
    what is kept with the client stands.
    """

    title: str
    currency: str
    timezone: str
    deadline: datetime | None = None
    service: str = ""
    unit_noun: str = "computer"
    margin_warn_percent: Decimal = Decimal(20)
    margin_floor_percent: Decimal = Decimal(10)
    response_minutes: int | None = None
    arrival_minutes: int | None = None
    insurance_demanded: Decimal | None = None
    external_id: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the columns. Raises Invalid with a sentence by field."""
        wrong = {}
        if not self.title.strip():
            wrong["title"] = ["Give the job a name."]
        if self.currency not in CURRENCIES:
            wrong["currency"] = ["Choose a currency with two decimals."]
        if not 0 <= self.margin_floor_percent <= self.margin_warn_percent <= 100:
            wrong["margin_floor_percent"] = ["The floor is between 0 and the percentage at which we warn."]
        if self.insurance_demanded is not None and self.insurance_demanded < 0:
            wrong["insurance_demanded"] = ["An amount, or nothing."]
        if wrong:
            raise Invalid(wrong)
        named = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "deadline"}
        deadline_at = instant_of(self.deadline, self.timezone, field="deadline") if self.deadline else None
        return {**named, "deadline_local": self.deadline, "deadline_at": deadline_at}


@dataclass(frozen=True)
class LineFacts:
    """What a line asks for. Minutes are those sold for one unit, the price is the client's for one unit."""

    site: UUID
    what: str
    units: int
    estimated_minutes: int
    unit_price: Decimal = Decimal(0)
    skills: tuple[UUID, ...] = ()

    def columns(self) -> dict[str, Any]:
        """Return the columns. Raises Invalid with a sentence by field."""
        wrong = {}
        if not self.what.strip():
            wrong["what"] = ["Say what is to be done."]
        if self.units < 1:
            wrong["units"] = ["At least one."]
        if self.estimated_minutes < 1:
            wrong["estimated_minutes"] = ["How many minutes does one take?"]
        if self.unit_price < 0:
            wrong["unit_price"] = ["A price cannot be negative."]
        if wrong:
            raise Invalid(wrong)
        return {
            "what": self.what,
            "units": self.units,
            "estimated_minutes": self.estimated_minutes,
            "unit_price": self.unit_price,
        }
