"""Keys, accounts and tools: handed over, handed back, received, or made useless."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from engagements.actions import access_news as news
from engagements.actions.history import record_order
from engagements.actions.preparing import ours
from engagements.models import AccessGrant, Visit, WorkOrder
from engagements.workflow import CREW, LEADS
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.localtime import business_days_between, day_in
from partners.models import Firm, Member

DAYS, THEN_EVERY = (1, 2, 3), 5
"""Business days after which somebody is reminded: the first three, then every fifth."""


@dataclass(frozen=True, slots=True)
class Access:
    """What is handed over, as typed."""

    what: str
    details: str = ""
    kind: str = AccessGrant.Kind.KEY


@transaction.atomic
def hand_over(order: WorkOrder, access: Access, *, by: Member, now: datetime | None = None) -> AccessGrant:
    """Hand over a key, an account, a tool; it is owed back before the work is handed in, and on every other exit."""
    order = ours(order, by)
    now = now or clock.now()
    if not access.what.strip():
        raise Invalid({"what": ["What do you hand over?"]})
    if access.kind not in AccessGrant.Kind.values:
        raise Invalid({"kind": ["Choose what kind of access it is."]})

    grant = AccessGrant.objects.create(
        work_order=order,
        kind=access.kind,
        what=access.what.strip()[:200],
        details=access.details.strip(),
        handed_over_at=now,
    )
    record_order(order, "access_handed_over", by=by, now=now, side="prime", changes={"what": grant.what})
    return grant


@transaction.atomic
def hand_back(grant: AccessGrant, *, by: Member, how: str = "", now: datetime | None = None) -> AccessGrant:
    """Say that it was handed back, and how. Twice changes nothing. Works after the end of the work as well."""
    order, grant = _locked(grant)
    now = now or clock.now()
    _require_holder(grant, by)
    if grant.revoked_at or grant.returned_at:
        return grant

    grant.returned_at, grant.returned_by, grant.returned_how = now, by, how.strip()[:200]
    grant.save(update_fields=["returned_at", "returned_by", "returned_how"])
    record_order(
        order,
        "access_returned",
        by=by,
        now=now,
        side="sub",
        reason=grant.returned_how,
        changes={"what": grant.what},
    )
    news.returned(order, grant, now=now)
    return grant


@transaction.atomic
def receive(grant: AccessGrant, *, by: Member, now: datetime | None = None) -> AccessGrant:
    """Say that it is back: nobody is reminded any more. Twice changes nothing."""
    order, grant = _locked(grant)
    now = now or clock.now()
    _require_giver(order, by)
    if grant.received_at:
        return grant
    if grant.returned_at is None:
        # It lies on the desk, whatever the other firm has said: that is both.
        grant.returned_at, grant.returned_by = now, by

    grant.received_at, grant.received_by = now, by
    grant.save(update_fields=["returned_at", "returned_by", "received_at", "received_by"])
    record_order(order, "access_received", by=by, now=now, side="prime", changes={"what": grant.what})
    return grant


@transaction.atomic
def deny(grant: AccessGrant, *, by: Member, reason: str, now: datetime | None = None) -> AccessGrant:
    """Say that it did not arrive: it is owed again, and the other firm is told why."""
    order, grant = _locked(grant)
    now = now or clock.now()
    _require_giver(order, by)
    if grant.returned_at is None or grant.received_at or grant.revoked_at:
        raise RuleBroken("Nothing was said about this that could be denied.")
    if not reason.strip():
        raise Invalid({"reason": ["Say what is missing."]})

    grant.returned_at, grant.returned_by, grant.returned_how = None, None, ""
    grant.save(update_fields=["returned_at", "returned_by", "returned_how"])
    told = {"what": grant.what}
    record_order(order, "access_denied", by=by, now=now, side="prime", reason=reason.strip(), changes=told)
    news.denied(order, grant, reason.strip(), now=now)
    return grant


@transaction.atomic
def revoke(grant: AccessGrant, *, by: Member, now: datetime | None = None) -> AccessGrant:
    """Say that it opens nothing any more: the lock, the password or the tool was changed. Twice changes nothing."""
    order, grant = _locked(grant)
    now = now or clock.now()
    _require_giver(order, by)
    if grant.revoked_at or grant.received_at:
        return grant

    grant.revoked_at, grant.revoked_by = now, by
    grant.save(update_fields=["revoked_at", "revoked_by"])
    record_order(order, "access_revoked", by=by, now=now, side="prime", changes={"what": grant.what})
    news.revoked(order, grant, now=now)
    return grant


def remind(*, now: datetime) -> int:
    """Remind who has what is owed after the end of the work, and who has not said that it arrived. Returns how many were told."""
    told = 0
    waiting = AccessGrant.objects.unsettled().after_the_work().with_work()
    for grant in waiting.order_by("handed_over_at", "pk"):
        firm = grant.work_order.prime if grant.returned_at else grant.holder
        since = grant.returned_at or _ended_at(grant)
        if firm is None or since is None or not _due(firm, since, now=now):
            continue
        with transaction.atomic():
            tell = news.unconfirmed if grant.returned_at else news.owed
            told += tell(grant, now=now, once=f"{grant.pk}:{day_in(now, firm.timezone)}")
    return told


def _due(firm: Firm, since: datetime, *, now: datetime) -> bool:
    if now - since < timedelta(hours=12):
        return False
    first, today = day_in(since, firm.timezone), day_in(now, firm.timezone)
    holidays = frozenset(firm.holidays)
    days = business_days_between(first, today, holidays)
    if days == business_days_between(first, today - timedelta(days=1), holidays):
        return False  # nobody is reminded on a weekend or a holiday
    return days in DAYS or days % THEN_EVERY == 0


def _ended_at(grant: AccessGrant) -> datetime | None:
    if grant.assignment:
        return grant.assignment.ended_at
    return grant.work_order.submitted_at or grant.work_order.last_event_at


def _locked(grant: AccessGrant) -> tuple[WorkOrder, AccessGrant]:
    order = WorkOrder.objects.locked().with_sides().get(pk=grant.work_order_id)
    rows = AccessGrant.objects.select_for_update(of=("self",), no_key=True)
    grant = rows.select_related("assignment__firm").get(pk=grant.pk)
    grant.work_order = order
    return order, grant


def _require_holder(grant: AccessGrant, by: Member) -> None:
    """Raise unless the person leads in the firm that holds it, or is of the crew that worked there."""
    holder = grant.holder
    if holder is None or by.firm_id != holder.pk:
        raise WrongSide("The firm that holds it says that it was handed back.")
    if by.role not in CREW:
        raise WrongRole("Your role does not include this. Ask an owner or a dispatcher.")
    went = Visit.objects.filter(work_order=grant.work_order_id, technician=by)
    if by.role not in LEADS and not went.exists():
        raise WrongRole("This visit is somebody else's.")


def _require_giver(order: WorkOrder, by: Member) -> None:
    if by.firm_id != order.prime_id:
        raise WrongSide("The firm that handed it over says that it is back.")
    if by.role not in LEADS:
        raise WrongRole("Your role does not include this. Ask an owner or a dispatcher.")
