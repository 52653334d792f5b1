"""What a firm that was asked may know of an offer: never the client, the price or other offers before it accepts."""

from datetime import datetime
from typing import Any

from engagements import arrivals, demands, wording
from engagements.models import Offer, WorkOrder
from partnernet.core import localtime
from partners.actions import reckoning

ENDED = {
    "filled": "Filled. Another firm has the job. Nothing counts against you.",
    "withdrawn": "Withdrawn by the other firm. Nothing counts against you.",
    "expired": "The time to answer has passed. Nothing counts against you.",
    "declined": "You said no. Nothing counts against you.",
    "accepted": "You have taken this job. This binds both firms.",
}
UNDONE = "You had taken this job, and it went back before anything was done."


def facts_for_sub(offer: Offer, *, now: datetime) -> dict[str, Any]:
    """Return what the offer's pages show; the template needs nothing else."""
    order, terms = offer.work_order, offer.revision
    assert terms is not None  # noqa: S101 - a constraint keeps it beside every offer that left
    noun = order.engagement.unit_noun
    today = localtime.day_in(now, offer.firm.timezone)
    days = demands.days_of(terms.starts_at, terms.ends_at, now=now, zone=offer.firm.timezone)
    days_to_pay = reckoning.days_to_pay(order.prime, currency=terms.currency, on=today)
    return {
        "offer": offer,
        "order": order,
        "terms": terms,
        "prime": order.prime,
        "what": wording.units(terms.units, noun),
        "kind_of_business": order.client.industry,
        "town": ", ".join(part for part in (order.site.town, order.site.state) if part),
        "schedule": wording.schedule(terms),
        "dates": wording.short_dates(terms),
        "promise": wording.promise(terms),
        "late": wording.late_sentence(terms.schedule_kind),
        "rate": wording.rate(terms, noun=noun),
        "names_arrival": arrivals.bounds(terms, now=now),
        "arrives": wording.moment(offer.arrives_local) if offer.arrives_local else "",
        "pays_in": wording.pays_in(days_to_pay),
        "selects": order.routing == WorkOrder.Routing.SELECT,
        "ended": _ended(offer),
        "to_sign": _still_to_sign(offer),
        "papers": demands.judged(order, offer.firm_id, days=days),
        "in_time": offer.respond_by is not None and now < offer.respond_by,
        "counter_changes": wording.changes(offer.counter),
    }


def _ended(offer: Offer) -> str:
    """Say how an offer ended; nothing while it is open. A deal may have been undone since."""
    undone = offer.status == Offer.Status.ACCEPTED and offer.work_order.sub_id != offer.firm_id
    return UNDONE if undone else ENDED.get(offer.status, "")


def _still_to_sign(offer: Offer) -> bool:
    """Say whether the agreement that came along still has to be signed before the job can be taken."""
    enclosed = offer.enclosed_agreement
    return enclosed is not None and enclosed.status in (
        "proposed",
        "negotiating",
        "agreed",
        "partially_signed",
    )
