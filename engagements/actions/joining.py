"""A firm joins that had several cards: what was offered to the others is offered to the firm."""

from datetime import datetime

from django.db import transaction

from engagements.actions import news
from engagements.actions.history import record_offer
from engagements.actions.shared import lock_offers, lock_order
from engagements.models import Offer
from engagements.workflow import OFFER
from partnernet.core.actors import CLOCK
from partners.models import Firm


@transaction.atomic
def move_offers(card: Firm, *, to: Firm, now: datetime) -> None:
    """Let the open and drafted offers to a card be the firm's; one that the firm has already ends here."""
    waiting = Offer.objects.filter(firm=card, status__in=["draft", "sent"]).order_by("work_order_id", "pk")
    for order_id in waiting.values_list("work_order_id", flat=True).distinct():
        order = lock_order(order_id)
        rivals = lock_offers(order)
        taken = any(each.firm_id == to.pk for each in rivals)
        for offer in rivals:
            if offer.firm_id != card.pk:
                continue
            if not taken:
                offer.firm = to
                offer.save(update_fields=["firm"])
            elif offer.status == Offer.Status.SENT:
                step = OFFER.check("expire", status=offer.status, side="system", role=CLOCK.role)
                reason = f"{to.name} has joined, and has an offer of this work already."
                record_offer(
                    offer, step.name, by=CLOCK, now=now, to=step.target, side="system", reason=reason
                )
                news.offer_expired(order, offer, now=now)
