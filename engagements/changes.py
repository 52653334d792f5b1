"""What a change that both firms agree on makes of the terms of an order. Pure."""

from copy import copy
from decimal import ROUND_UP, Decimal
from typing import Any

from engagements import pay
from engagements.models import ChangeRequest, WorkOrder
from engagements.values import Schedule
from partnernet.core.errors import Invalid

MOST = Decimal("9999999999.99")
MOST_HOURS = Decimal("9999.99")


def columns(order: WorkOrder, asked: ChangeRequest, *, spent: Decimal) -> dict[str, Any]:
    """Return the columns of the order that change; `spent` are the expenses that were agreed to before.

    The not-to-exceed rises by what it does not hold already: an expense below the cap of the terms is in it.

    Raises Invalid for a sum that cannot be written down.
    """
    if asked.kind == ChangeRequest.Kind.SCHEDULE:
        kind, zone = (
            asked.schedule_kind,
            asked.timezone,
        )  # resolved anew: the rules of a zone may have changed
        return Schedule(kind, zone, asked.starts_local, asked.ends_local).columns()
    if asked.kind == ChangeRequest.Kind.SWAP:
        return {}
    if asked.kind == ChangeRequest.Kind.SCOPE:
        return {"scope": f"{order.scope}\n\nAgreed later: {asked.text}".strip()}
    amount = asked.amount or Decimal(0)
    more, changed = amount, {}
    if asked.kind == ChangeRequest.Kind.EXPENSE:
        held = max(order.expenses_cap, spent)
        more = max(Decimal(0), spent + amount - held)
        changed = {"expenses_cap": held + more} if order.expenses_cap else {}
    elif asked.kind == ChangeRequest.Kind.BUDGET:
        changed = _budget(order, amount)
    changed["not_to_exceed"] = order.not_to_exceed + more
    if any(value > MOST for value in changed.values()):
        raise Invalid({"amount": ["This is more than an order can hold."]})
    return changed


def _budget(order: WorkOrder, amount: Decimal) -> dict[str, Decimal]:
    """A fixed price rises; by the hour, the most hours do. A price of units stays: the budget is paid on top of it."""
    if order.pay_kind == pay.PER_UNIT:
        return {}
    rate = order.amount if order.pay_kind == pay.HOURLY else order.extra_rate
    if order.pay_kind == pay.FIXED or not rate:
        return {"amount": order.amount + amount}
    if order.cap_hours is None:
        return {}
    hours = (amount / rate).quantize(Decimal("0.01"), rounding=ROUND_UP)
    return {"cap_hours": min(MOST_HOURS, order.cap_hours + hours)}


def after(order: WorkOrder, changed: dict[str, Any]) -> WorkOrder:
    """Return the order as it would be, unsaved, for a look before the answer."""
    then = copy(order)
    for name, value in changed.items():
        setattr(then, name, value)
    return then
