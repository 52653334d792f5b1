"""What we promised the client, mirrored in what the other firm accepts: said before sending, at choosing and on the order. Pure."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from engagements import wording
from engagements.deadlines import last_arrival
from engagements.models import WorkOrder
from engagements.models.terms import Terms
from partnernet.core import money

AT_ONCE = timedelta(hours=24)
"""Work that starts so soon after it was written down answers a call; the arrival that was promised runs from then."""


def not_mirrored(order: WorkOrder, terms: Terms) -> list[str]:
    """Write a sentence for each promise to the client that these terms of the order fall short of.

    Its date, its insurance; under cover its answer; of work that answers a call its arrival. What the job promises goes
    before what is kept with the client.
    """
    return [*_date(order, terms), *_insurance(order), *_answer(order, terms), *_arrival(order, terms)]


def _date(order: WorkOrder, terms: Terms) -> Iterator[str]:
    job, last = order.engagement, terms.ends_at or terms.starts_at
    if job.deadline_at and last and last > job.deadline_at:
        agreed = terms.ends_local or terms.starts_local
        yield (
            f"You promised the client {wording.day(job.deadline_local)}, {wording.clock_time(job.deadline_local)};"
            f" they may finish as late as {wording.day(agreed)}, {wording.clock_time(agreed)}."
        )


def _insurance(order: WorkOrder) -> Iterator[str]:
    job = order.engagement
    promised = job.insurance_demanded or Decimal(0)
    demanded = (order.insurance_limit or Decimal(0)) if order.insurance else Decimal(0)
    if promised > demanded:
        theirs = f"only {money.show(demanded, job.currency)}" if demanded else "none"
        yield f"You promised the client insurance of {money.show(promised, job.currency)}; of them you demand {theirs}."


def _answer(order: WorkOrder, terms: Terms) -> Iterator[str]:
    promised = order.engagement.response_minutes or order.client.response_minutes
    theirs = terms.response_minutes
    if promised and theirs and theirs > promised:
        yield (
            f"You promised the client an answer within {wording.hours_of(promised)};"
            f" they answer within {wording.hours_of(theirs)}."
        )


def _arrival(order: WorkOrder, terms: Terms) -> Iterator[str]:
    promised = order.engagement.arrival_minutes or order.client.arrival_minutes
    last = last_arrival(terms.schedule_kind, terms.starts_at, terms.ends_at)
    if not promised or last is None or terms.starts_at is None:
        return
    called = order.created_at
    if terms.starts_at - called < AT_ONCE and last - called > timedelta(minutes=promised):
        agreed = terms.starts_local if last == terms.starts_at else terms.ends_local
        yield (
            f"You promised the client somebody on site within {wording.hours_of(promised)};"
            f" they may come as late as {wording.day(agreed)}, {wording.clock_time(agreed)}."
        )
