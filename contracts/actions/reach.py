"""Whom a signed agreement reaches: its two firms, and the affiliates that its cover page lists, each from its day on."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from contracts.models import Affiliation, ListedAffiliate
from contracts.workflow import OTHER, PROPOSER
from partners.models import Firm

Reach = dict[UUID, dict[str, set[UUID]]]


def reached(firms: Iterable[UUID], *, on: date) -> Reach:
    """Return, by signed agreement, the firms on each side, where one of `firms` is listed as an affiliate. One query."""
    rows = (
        ListedAffiliate.objects.current().of_firms(list(firms), on).select_related("agreement").order_by("pk")
    )
    rows = rows.only("side", "firm_id", "agreement__proposer_id", "agreement__other_id")
    found: Reach = {}
    for row in rows:
        agreement = row.agreement
        sides = found.setdefault(
            agreement.pk, {PROPOSER: {agreement.proposer_id}, OTHER: {agreement.other_id}}
        )
        sides[row.side].add(row.firm_id)
    return found


def joins(sides: dict[str, set[UUID]], one: UUID, two: UUID) -> bool:
    """Say whether two firms stand on the two sides of an agreement."""
    left, right = sides[PROPOSER], sides[OTHER]
    return (one in left and two in right) or (one in right and two in left)


def between(one: UUID, two: UUID, *, on: date) -> list[UUID]:
    """Return the signed agreements under which two firms stand face to face as listed affiliates."""
    found = reached([one, two], on=on)
    return [key for key, sides in found.items() if joins(sides, one, two)]


def list_of(firm: Firm, *, on: date) -> list[Affiliation]:
    """Return the affiliates that a firm has and that have said so themselves."""
    return list(Affiliation.objects.counting(firm.pk, on).with_firms().order_by("since", "pk"))
