"""What we promised the client, mirrored in what the other firm accepts: said before sending, at choosing and on the order. Pure."""

from decimal import Decimal

from engagements import wording
from engagements.models import WorkOrder
from engagements.models.terms import Terms
from partnernet.core import money


def not_mirrored(order: WorkOrder, terms: Terms) -> list[str]:
    """Write a sentence for each promise to the client that these terms of the order fall short of: its date, its insurance.

    Promises that are kept in words (a response, an arrival) cannot be compared, and are not.
    """
    job, said = order.engagement, []
    last = terms.ends_at or terms.starts_at
    if job.deadline_at and last and last > job.deadline_at:
        agreed = terms.ends_local or terms.starts_local
        said.append(
            f"You promised the client {wording.day(job.deadline_local)}, {wording.clock_time(job.deadline_local)};"
            f" they may finish as late as {wording.day(agreed)}, {wording.clock_time(agreed)}."
        )
    promised = job.insurance_demanded or Decimal(0)
    demanded = (order.insurance_limit or Decimal(0)) if order.insurance else Decimal(0)
    if promised > demanded:
        theirs = f"only {money.show(demanded, job.currency)}" if demanded else "none"
        said.append(
            f"You promised the client insurance of {money.show(promised, job.currency)}; of them you demand {theirs}."
        )
    return said
