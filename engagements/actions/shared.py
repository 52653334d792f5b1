"""What several steps need: locks in the one order, numbers, coverage, prices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from contracts.actions.coverage import judge_now
from contracts.coverage import Need
from engagements import margin
from engagements.models import CoverageCheck, EngagementLine, Offer, WorkOrder, WorkOrderLine
from engagements.models.terms import Terms
from engagements.workflow import LEADS
from partnernet.core.actors import Actor
from partnernet.core.errors import RuleBroken, WrongRole
from partners.models import Firm

WORKING_DAY = timedelta(hours=8)


def require_lead(by: Actor) -> None:
    """Raise WrongRole unless the person runs jobs."""
    if by.role not in LEADS:
        raise WrongRole("Only an owner or a dispatcher runs jobs. Ask one of them.")


def next_number(firm_id: UUID, counter: str) -> int:
    """Take the firm's next number; the counter's row stays locked until the transaction ends, so it comes last of all locks."""
    Firm.objects.filter(pk=firm_id).update(**{counter: F(counter) + 1})
    number: int = Firm.objects.values_list(counter, flat=True).get(pk=firm_id)
    return number - 1


def lock_lines(engagement_id: UUID) -> list[EngagementLine]:
    """Lock the lines of a job: the first lock of every step that moves units between firms."""
    return list(EngagementLine.objects.locked().filter(engagement=engagement_id))


def lock_order(order_id: UUID) -> WorkOrder:
    """Lock the lines of the order's job, then the order, and read it again."""
    job = WorkOrder.objects.filter(pk=order_id).values("engagement")
    list(EngagementLine.objects.locked().filter(engagement__in=job).only("pk"))
    return WorkOrder.objects.locked().select_related("prime", "client", "site", "engagement").get(pk=order_id)


def lock_offers(order: WorkOrder) -> list[Offer]:
    """Lock the offers of the order's present round; the order itself is locked already."""
    offers = Offer.objects.locked().select_related("firm", "revision").prefetch_related("counter")
    return list(offers.filter(work_order=order, round=order.round))


def read_again(offers: Sequence[Offer], offer: Offer) -> Offer:
    """Return the locked row of an offer; one of an earlier round has ended and is locked by itself."""
    for each in offers:
        if each.pk == offer.pk:
            return each
    return Offer.objects.locked().select_related("firm", "revision", "counter").get(pk=offer.pk)


def order_lines(order: WorkOrder) -> list[WorkOrderLine]:
    return list(
        WorkOrderLine.objects.filter(work_order=order)
        .select_related("line__site")
        .order_by("line__position", "pk")
    )


def priced_lines(order: WorkOrder) -> list[WorkOrderLine]:
    """Return the lines with no more than units and prices."""
    lines = WorkOrderLine.objects.filter(work_order=order).select_related("line")
    return list(lines.only("work_order", "units", "line__unit_price").order_by("line__position", "pk"))


def kept(lines: Sequence[WorkOrderLine], units: int) -> dict[UUID, int]:
    """Say how many units of each line stay when only so many are taken: the first lines first."""
    left, shares = units, {}
    for each in lines:
        shares[each.pk] = min(each.units, left)
        left -= shares[each.pk]
    return shares


def price_of(lines: Sequence[WorkOrderLine], units: int | None = None) -> Decimal:
    """Return what the client pays for the units of an order, or for the first so many of them."""
    shares = kept(lines, units) if units is not None else {each.pk: each.units for each in lines}
    return sum((each.line.unit_price * shares[each.pk] for each in lines), Decimal(0))


def margin_of(order: WorkOrder, terms: Terms, lines: Sequence[WorkOrderLine], *, units: int) -> margin.Margin:
    """Return what stays with the prime when these terms are accepted for so many units."""
    engagement = order.engagement
    return margin.of_offer(
        price=price_of(lines, units),
        cost=terms.not_to_exceed,
        currencies=(engagement.currency, terms.currency),
        basis=order.client.price_basis,
        floor=margin.Floor(engagement.margin_warn_percent, engagement.margin_floor_percent),
    )


def need_of(order: WorkOrder, terms: Terms, *, sub_id: UUID, now: datetime) -> Need:
    """Return what an agreement must cover when this firm does this order on these terms."""
    starts_at = terms.starts_at or now
    last = terms.begins_by(now) or starts_at
    ends_at = terms.ends_at or max(last, starts_at) + WORKING_DAY
    return Need(
        prime_id=order.prime_id,
        sub_id=sub_id,
        starts_at=starts_at,
        ends_at=ends_at,
        client_ids=(order.client_id,),
        places=(f"{order.site.country}-{order.site.state}",),
        insurance=tuple(order.insurance),
        insurance_limit=order.insurance_limit,
        currency=order.currency,
    )


def judge_coverage(
    order: WorkOrder, terms: Terms, *, offer: Offer, occasion: str, now: datetime
) -> CoverageCheck:
    """Judge whether an agreement covers the two firms for this work, and keep the verdict."""
    verdict = judge_now(need_of(order, terms, sub_id=offer.firm_id, now=now), now=now)
    return CoverageCheck.objects.create(
        work_order=order,
        offer=offer,
        sub_id=offer.firm_id,
        occasion=occasion,
        status=verdict.status,
        reasons=list(verdict.reasons),
        agreement_id=verdict.agreement_id,
        checked_at=now,
    )


def require_coverage(
    order: WorkOrder, terms: Terms, *, offer: Offer, occasion: str, now: datetime
) -> CoverageCheck:
    """Raise RuleBroken unless an agreement in force covers the two firms for this work."""
    check = judge_coverage(order, terms, offer=offer, occasion=occasion, now=now)
    if not check.opens_offers:
        raise RuleBroken(" ".join(check.reasons), code="not_covered")
    return check
