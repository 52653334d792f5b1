"""The start that whoever takes the work names, where the terms leave it to them. Pure."""

from copy import copy
from datetime import datetime, timedelta

from engagements import deadlines, wording
from engagements.models import OfferRevision
from engagements.values import Schedule, instant_of
from partnernet.core.errors import Invalid
from partnernet.core.localtime import to_local

FIELD = "arrival"


def is_named(terms: OfferRevision) -> bool:
    """Say whether whoever accepts these terms names the start."""
    return terms.schedule_kind in deadlines.NAMED_WHEN_ACCEPTED


def bounds(terms: OfferRevision, *, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the first and the last start that can be named, on the clock of the place; None where the terms name it.

    Whole minutes, because that is what people type: as soon as possible is from this minute on, and within a day.
    """
    if not is_named(terms):
        return None
    this_minute = to_local(now, terms.timezone).replace(second=0, microsecond=0)
    if terms.starts_local is None or terms.ends_local is None:
        return this_minute, to_local(now + deadlines.SOON, terms.timezone).replace(second=0, microsecond=0)
    return max(terms.starts_local, this_minute), terms.ends_local


def named(terms: OfferRevision, arrival: datetime | None, *, now: datetime) -> datetime | None:
    """Return the start that is named, or None where the terms name it themselves.

    Raises Invalid with a sentence when it is missing or outside, RuleBroken for a time that the clocks skip or show twice.
    """
    allowed = bounds(terms, now=now)
    if allowed is None:
        if arrival is not None:
            raise Invalid({FIELD: ["The time of this work is fixed. Ask for other terms to change it."]})
        return None
    if arrival is None:
        raise Invalid({FIELD: ["Say when you will be there."]})
    arrives_at = instant_of(arrival, terms.timezone, field=FIELD)
    first, last = allowed
    passed = arrives_at <= now - timedelta(minutes=1)
    if passed or not first <= arrival <= last:
        raise Invalid({FIELD: [_outside(terms, first, last)]})
    return arrival


def _outside(terms: OfferRevision, first: datetime, last: datetime) -> str:
    if terms.schedule_kind == deadlines.ASAP:
        said = f"As soon as possible is within a day: by {wording.moment(last)}."
    else:
        said = f"The start lies between {wording.moment(first)} and {wording.moment(last)}."
    return f"{said} For another time, change the terms."


def appointed(terms: OfferRevision, arrival: datetime | None) -> OfferRevision:
    """Return the terms, unsaved, with the start that was named in place of the choice."""
    if arrival is None:
        return terms
    fixed = copy(terms)
    for name, value in Schedule(deadlines.HARD_START, terms.timezone, arrival).columns().items():
        setattr(fixed, name, value)
    return fixed
