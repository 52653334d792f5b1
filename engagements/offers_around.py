"""What stands around offers for whoever reads them: how the firm that gives the work pays, and what to be warned of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.actions import conflicts
from engagements.double_booking import elsewhere
from engagements.giving_away import names_the_client
from engagements.models import Offer, WorkOrder
from engagements.promises import not_mirrored
from partnernet.core import localtime
from partners.actions import reckoning
from partners.scoring import DaysToPay


@dataclass(frozen=True)
class Around:
    """Each by offer; `may_serve` those that went to a firm which may serve the client already, for the firm that asks."""

    pays_in: dict[UUID, DaysToPay | None]
    warnings: dict[UUID, list[str]]
    may_serve: frozenset[UUID] = frozenset()


def around(offers: Sequence[Offer], *, firm_id: UUID, now: datetime) -> Around:
    """Look at many offers in as few queries as at one; load them `with_terms()`.

    A firm that was asked is warned of people who are somewhere else then, the firm that asks of words that name its client, and of promises to the client that the terms fall short of.
    """
    primes = {offer.work_order.prime_id for offer in offers}
    days = {offer.pk: localtime.day_in(now, offer.firm.timezone) for offer in offers}
    # One day, or two while midnight passes over the firms that were asked.
    paid = {day: reckoning.days_to_pay_of(primes, on=day) for day in set(days.values())}
    away = elsewhere([offer for offer in offers if offer.firm_id == firm_id and offer.status == Offer.Status.SENT], firm_id=firm_id)  # fmt: skip
    pays_in: dict[UUID, DaysToPay | None] = {}
    warnings: dict[UUID, list[str]] = {}
    for offer in offers:
        order = offer.work_order
        pays_in[offer.pk] = paid[days[offer.pk]].get((order.prime_id, order.currency))
        ours = order.prime_id == firm_id
        warnings[offer.pk] = (
            [*giving_away(order), *not_mirrored(order, offer.revision or order)]
            if ours
            else [each.told_to(None) for each in away.get(offer.pk, [])]
        )
    return Around(pays_in, warnings, _may_serve(offers, firm_id))


def _may_serve(offers: Sequence[Offer], firm_id: UUID) -> frozenset[UUID]:
    """Return those offers of ours that may go to somebody who serves the client; what is accepted is past asking."""
    ours = [
        each
        for each in offers
        if each.work_order.prime_id == firm_id and each.status != Offer.Status.ACCEPTED
    ]
    if not ours:
        return frozenset()
    known = conflicts.may_serve_each(firm_id, {each.work_order.client_id for each in ours})
    return frozenset(each.pk for each in ours if (each.work_order.client_id, each.firm_id) in known)


def giving_away(order: WorkOrder) -> list[str]:
    """Return what an order would tell of its client before it is accepted."""
    return names_the_client({"title": order.title, "scope": order.scope}, [order.client])
