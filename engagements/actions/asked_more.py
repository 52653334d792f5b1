"""What a client asked for becomes a change of the running work, or work of its own."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracts.actions import approaches
from contracts.models import ApproachReport
from engagements.actions import changes
from engagements.actions.changes import Wanted
from engagements.actions.shared import lock_order
from engagements.models import ChangeRequest, WorkOrder
from engagements.workflow import WORK_ORDER
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partners.models import Member


@transaction.atomic
def make_change(
    approach: ApproachReport,
    *,
    by: Member,
    text: str,
    amount: Decimal | None = None,
    now: datetime | None = None,
) -> ApproachReport:
    """Ask the reporter's firm for a change of the work it does: more scope, with more budget where an amount is given.

    Raises IllegalStep when that work no longer runs: then it is new work.
    """
    order = lock_order(approach.work_order_id)
    now = now or clock.now()
    kind = ChangeRequest.Kind.BUDGET if amount else ChangeRequest.Kind.SCOPE
    asked = changes.ask(order, Wanted(kind, text, amount), by=by, now=now)

    return approaches.became_change(approach, asked.pk, by=by, now=now)


@transaction.atomic
def make_work(
    approach: ApproachReport, order: WorkOrder, *, by: Member, now: datetime | None = None
) -> ApproachReport:
    """Say which draft order this became. The firm that passed it on is offered it before any other."""
    order = lock_order(order.pk)
    now = now or clock.now()
    side = order.side_of(by.firm_id)
    WORK_ORDER.check("send_offers", status=order.status, side=side, role=by.role)
    if order.client_id != approach.client_id:
        raise Invalid({"work_order": ["This order is for another client."]})
    if order.status != WorkOrder.Status.DRAFT:
        raise Invalid({"work_order": ["Other firms were asked already. Choose a draft."]})

    return approaches.became_work(approach, order.pk, by=by, now=now)
