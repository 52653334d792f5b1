"""Who of a firm is somewhere else when an offered job would be done: said before it is taken, and no reason to refuse."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from engagements import arrivals, wording
from engagements.deadlines import span
from engagements.models import Offer, Visit
from engagements.models.terms import Terms


@dataclass(frozen=True)
class Elsewhere:
    """A person who has another visit at that time. `where` reads: on WO-1038 that morning."""

    person: UUID
    name: str
    where: str

    def told_to(self, reader: UUID | None) -> str:
        """Write the sentence as its reader takes it: You are on WO-1038 that morning."""
        subject = "You are" if reader == self.person else f"{self.name} is"
        return f"{subject} {self.where}."


def elsewhere(offers: Sequence[Offer], *, firm_id: UUID) -> dict[UUID, list[Elsewhere]]:
    """Return who of the firm is somewhere else, by offer, in one query; a job without a start hinders nobody."""
    times = {offer.pk: _times(_standing(offer)) for offer in offers}
    known = [each for each in times.values() if each]
    if not known:
        return {}
    first, last = min(starts for starts, _ in known), max(ends for _, ends in known)
    visits = list(Visit.objects.of_firm(firm_id).still_open().between(first, last).with_times().by_start())
    return {
        offer.pk: list(_busy(offer, visits, at)) for offer in offers if (at := times[offer.pk]) is not None
    }


def _standing(offer: Offer) -> Terms | None:
    return arrivals.appointed(offer.revision, offer.arrives_local) if offer.revision else None


def _times(terms: Terms | None) -> tuple[datetime, datetime] | None:
    """Return from when to when somebody would be kept; cover keeps nobody until work is called off."""
    return span(terms.starts_at, terms.ends_at) if terms and not terms.is_cover else None


def _busy(offer: Offer, visits: Iterable[Visit], at: tuple[datetime, datetime]) -> Iterable[Elsewhere]:
    starts, ends = at
    for visit in visits:
        order = visit.work_order
        taken = _times(order)
        if visit.technician is None or order.pk == offer.work_order_id or taken is None:
            continue
        if taken[0] < ends and starts < taken[1]:
            where = f"on {order.reference} {wording.that_time(_standing(offer), order)}"
            yield Elsewhere(visit.technician.pk, visit.technician.user.called, where)
