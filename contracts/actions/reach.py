"""Whom a signed agreement reaches: its two firms, and the affiliates that its cover page lists, each from its day on."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from contracts.models import Affiliation, Agreement, ListedAffiliate
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


def readable(firm: UUID, *, on: date) -> list[UUID]:
    """Return the signed agreements that list a firm as an affiliate, and their amendments: it reads what it works under. One query."""
    listed = ListedAffiliate.objects.current().of_firms([firm], on).values("agreement")
    found = Agreement.objects.signed().filter(Q(pk__in=listed) | Q(amends__in=listed))
    return list(found.order_by("pk").values_list("pk", flat=True))


def side_of(agreement: Agreement, firm: UUID) -> str:
    """Return the side on which a firm stands, as a party or as an affiliate that the signed text lists; "" for a stranger."""
    if side := agreement.side_of(firm):
        return side
    listed = ListedAffiliate.objects.current().filter(agreement=agreement, firm=firm).order_by("pk")
    return listed.values_list("side", flat=True).first() or ""


def across(agreement: Agreement, firm: UUID) -> Firm:
    """Return the firm that signed on the other side, as a party or one of its affiliates sees it."""
    return agreement.firm_on(OTHER if side_of(agreement, firm) == PROPOSER else PROPOSER)


def list_of(firm: Firm, *, on: date) -> list[Affiliation]:
    """Return the affiliates that a firm has and that have said so themselves."""
    return list(Affiliation.objects.counting(firm.pk, on).with_firms().order_by("since", "pk"))
