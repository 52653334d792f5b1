"""Revisions of an offer's terms, and the owner's yes to a margin below the floor."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from engagements import wording
from engagements.actions.shared import margin_of
from engagements.margin import Margin
from engagements.models import MarginApproval, Offer, OfferRevision, WorkOrder, WorkOrderLine
from engagements.models.terms import TERM_FIELDS, Terms
from partnernet.core.actors import Actor
from partnernet.core.errors import RuleBroken
from partners.models import Member


class Put(TypedDict, total=False):
    """What a revision may add: how many units, notes (which are no terms), the side that put it, when it lapses."""

    units: int
    notes: str
    side: str
    lapses_at: datetime


def new_revision(
    offer: Offer, terms: Terms, *, by: Actor, now: datetime, **put: Unpack[Put]
) -> OfferRevision:
    """Write the terms as the offer's next revision, with its difference from the last one."""
    last = OfferRevision.objects.filter(offer=offer).order_by("-number").first()
    revision = OfferRevision(
        offer=offer,
        number=last.number + 1 if last else 1,
        side=put.get("side", "prime"),
        author_id=getattr(by, "pk", None),
        units=put["units"],
        notes=put.get("notes", ""),
        lapses_at=put.get("lapses_at"),
        created_at=now,
        currency=terms.currency,
        **{name: getattr(terms, name) for name in TERM_FIELDS},
    )
    revision.changes = difference(last, revision) if last else {}
    revision.save(force_insert=True)
    return revision


def difference(old: OfferRevision, new: OfferRevision) -> dict[str, list[str]]:
    """Return what changed, as [old, new] in plain text by field."""
    fields = ("units", *TERM_FIELDS)
    pairs = {name: (getattr(old, name), getattr(new, name)) for name in fields}
    return {
        name: [wording.plain(before), wording.plain(after)]
        for name, (before, after) in pairs.items()
        if before != after
    }


def require_margin(
    order: WorkOrder, terms: Terms, lines: Sequence[WorkOrderLine], *, units: int, by: Actor
) -> Margin:
    """Return the margin of these terms. Raises RuleBroken below the floor unless an owner acts, or the clock after one."""
    margin = margin_of(order, terms, lines, units=units)
    if margin.needs_owner and by.role != Member.Role.OWNER:
        kept = f"{margin.percent:f} %" if margin.percent is not None else "nothing that we can reckon"
        raise RuleBroken(
            f"You would keep {kept}, which is below your floor. Ask an owner to send it.", code="below_floor"
        )
    return margin


def approve_below_floor(offer: Offer, margin: Margin, *, by: Member, now: datetime) -> None:
    """Keep an owner's yes beside the revision; nothing to keep at or above the floor."""
    if not margin.needs_owner or offer.revision is None:
        return
    MarginApproval.objects.create(
        revision=offer.revision,
        approved_by_id=by.pk,
        approved_at=now,
        price=margin.price,
        cost=margin.cost,
        percent=margin.percent,
    )
