"""Below the floor: a dispatcher asks, an owner sends. Each yes is of one revision; a draft that changes is asked again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements.actions import news, offers
from engagements.actions.history import record_order
from engagements.actions.shared import lock_offers, lock_order, margin_of, order_lines
from engagements.models import FloorRequest, Offer, WorkOrder
from engagements.values import Recipient
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.errors import RuleBroken, Stale, WrongRole
from partners.models import Member


@transaction.atomic
def ask(
    order: WorkOrder, to: Sequence[Recipient], *, by: Member, respond_by: datetime | None = None, now: datetime | None = None
) -> list[Offer]:  # fmt: skip
    """Draft offers of an order below the floor and ask the owners to send them; a request that stands is replaced.

    Raises RuleBroken when the order can be sent without an owner, or a firm cannot be asked.
    """
    order = lock_order(order.pk)
    rivals = offers.drop_requested(order, lock_offers(order))
    now = now or clock.now()
    WORK_ORDER.check("send_offers", status=order.status, side=order.side_of(by.firm_id), role=by.role)
    if order.status != WorkOrder.Status.DRAFT:
        raise RuleBroken("This work is offered already. An owner asks further firms.")
    lines = order_lines(order)
    units = sum(each.units for each in lines)
    margin = margin_of(order, order, lines, units=units)
    if not margin.needs_owner:
        raise RuleBroken("This is not below your floor. You can send it yourself.")
    sending = offers.Sending(order, lines, by, now, respond_by)
    drafted = offers.draft(sending, to, rivals)

    made = [
        FloorRequest(
            revision=offer.revision,
            asked_by=by,
            asked_at=now,
            respond_by=respond_by,
            price=margin.price,
            cost=margin.cost,
            percent=margin.percent,
        )
        for offer in drafted
    ]
    FloorRequest.objects.bulk_create(made)
    record_order(order, "ask_owner", by=by, now=now, changes={"firms": [each.firm.name for each in drafted]})
    news.floor_asked(order, drafted, margin, by=by, now=now)
    return drafted


@transaction.atomic
def offer_or_ask(
    order: WorkOrder, to: Sequence[Recipient], *, by: Member, respond_by: datetime | None = None, now: datetime | None = None
) -> list[Offer]:  # fmt: skip
    """Offer an order, or ask the owners when it is below the floor and only they can send it."""
    order = lock_order(order.pk)
    lines = order_lines(order)
    margin = margin_of(order, order, lines, units=sum(each.units for each in lines))
    act = ask if margin.needs_owner and by.role != Member.Role.OWNER else offers.offer_work
    return act(order, to, by=by, respond_by=respond_by, now=now)


@transaction.atomic
def approve(order: WorkOrder, *, by: Member, seen: UUID, now: datetime | None = None) -> list[Offer]:
    """Send what a dispatcher asked for, as an owner who read the figures. `seen` is the first revision that was read.

    Raises Stale when the draft has changed since, WrongRole for anybody but an owner.
    """
    order = lock_order(order.pk)
    drafted = [each for each in lock_offers(order) if each.status == Offer.Status.DRAFT]
    requests = FloorRequest.objects.of_order(order).select_related("revision")
    asked = {each.revision.offer_id: each for each in requests}
    if by.firm_id == order.prime_id and by.role != Member.Role.OWNER:
        raise WrongRole("Only an owner sends work below the floor.")
    if order.status != WorkOrder.Status.DRAFT or seen not in {each.revision_id for each in asked.values()}:
        raise Stale("The draft has changed since you looked. Read it again.")
    waiting = sorted((each for each in drafted if each.pk in asked), key=lambda each: each.position)
    to = [Recipient(each.firm_id, each.waiver_reason) for each in waiting]
    respond_by = asked[waiting[0].pk].respond_by
    if respond_by and respond_by <= (now or clock.now()):
        respond_by = None
    return offers.offer_work(order, to, by=by, respond_by=respond_by, now=now)
