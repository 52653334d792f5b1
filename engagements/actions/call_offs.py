"""Call-offs under cover: called, answered within the promise, done; or called back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clients.models import Client, Site
from contracts.actions import protection
from contracts.actions.coverage import judge_now
from contracts.coverage import Need
from contracts.damages import Worth
from engagements import cover
from engagements.actions import call_off_news as news
from engagements.actions.history import record_order
from engagements.actions.shared import judge_coverage
from engagements.actions.visits import has_read_briefing, lock, require_crew, require_papers
from engagements.models import Assignment, CallOff, CoverageCheck, WorkOrder
from engagements.workflow import CALL_OFF, LEADS, WORK_ORDER
from partnernet.core import clock
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Member

RUNS = (WorkOrder.Status.ASSIGNED, WorkOrder.Status.IN_PROGRESS)
MOST_OPEN = 200


@dataclass(frozen=True)
class Call:
    """What is called off: for which client, at which of its places (None: from afar), the ticket, what, the most hours."""

    client: UUID
    ticket: str
    what: str
    cap_hours: Decimal
    site: UUID | None = None

    def columns(self) -> dict[str, Any]:
        """Return the columns. Raises Invalid with a sentence by field."""
        wrong = {}
        if not self.ticket.strip():
            wrong["ticket"] = ["Which ticket is it?"]
        if not self.what.strip():
            wrong["what"] = ["Say what is to be done."]
        if not 0 < self.cap_hours <= cover.HOURS_OF_A_WEEK:
            wrong["cap_hours"] = ["Say the most hours that you pay for it, up to 168."]
        if wrong:
            raise Invalid(wrong)
        return {
            "ticket": self.ticket.strip()[:60],
            "what": self.what.strip()[:500],
            "cap_hours": self.cap_hours,
        }


@transaction.atomic
def call_off(order: WorkOrder, call: Call, *, by: Member, now: datetime | None = None) -> CallOff:
    """Call a ticket off under cover that runs. The sub answers within its promise, which runs in the hours of cover alone.

    Raises RuleBroken before or after the cover, and without an agreement that covers this client at this moment.
    """
    order = lock(order)
    now = now or clock.now()
    if by.firm_id != order.prime_id:
        raise WrongSide("The firm that gave the cover calls work off.")
    if by.role not in LEADS:
        raise WrongRole("An owner or a dispatcher calls work off. Ask one of them.")
    _require_cover(order, now=now)
    columns, (client, site) = call.columns(), _whose(call, by=by)
    if (
        CallOff.objects.filter(work_order=order, ticket=columns["ticket"])
        .exclude(status="cancelled")
        .exists()
    ):
        raise Invalid({"ticket": ["This ticket is called off already."]})
    if CallOff.objects.filter(work_order=order).still_open().count() >= MOST_OPEN:
        raise RuleBroken(f"{MOST_OPEN} call-offs are open already. Close some of them first.")
    _require_coverage(order, client, site, now=now)

    last = CallOff.objects.filter(work_order=order).aggregate(last=Max("number"))["last"] or 0
    answer_by = cover.answer_by(order.span(), now, minutes=order.response_minutes or 0)
    called = CallOff.objects.create(
        work_order=order, number=last + 1, client=client, site=site, called_by=by, called_at=now, answer_by=answer_by,
        **columns,
    )  # fmt: skip
    _record(called, order, "call_off", by=by, now=now)
    news.called(order, called, now=now)
    return called


def _require_cover(order: WorkOrder, *, now: datetime) -> None:
    if not order.is_cover:
        raise RuleBroken("This work is no cover. Place other work with an offer of its own.")
    if order.status not in RUNS:
        raise IllegalStep("Nobody stands by under this cover now.")
    if order.starts_at is None or order.ends_at is None or not order.starts_at <= now < order.ends_at:
        raise RuleBroken("Work is called off between the first and the last moment of cover.", code="not_now")


def _whose(call: Call, *, by: Member) -> tuple[Client, Site | None]:
    client = Client.objects.visible_to(by.firm_id).filter(pk=call.client).first()
    if client is None:
        raise Invalid({"client": ["Choose one of your clients."]})
    site = Site.objects.filter(client=client, pk=call.site).first() if call.site else None
    if call.site and site is None:
        raise Invalid({"site": ["Choose a place of this client."]})
    return client, site


def _require_coverage(order: WorkOrder, client: Client, site: Site | None, *, now: datetime) -> None:
    """Judge whether an agreement covers this client at this moment, and keep the verdict; refuse without one."""
    if (
        order.sub_id is None or order.ends_at is None
    ):  # constraints of the database hold both beside cover that runs
        raise LookupError("Cover that runs without a firm or an end.")
    place = site or order.site
    need = Need(
        prime_id=order.prime_id, sub_id=order.sub_id, starts_at=now, ends_at=order.ends_at, client_ids=(client.pk,),
        places=(f"{place.country}-{place.state}",), insurance=tuple(order.insurance),
        insurance_limit=order.insurance_limit, currency=order.currency,
    )  # fmt: skip
    verdict = judge_now(need, now=now)
    offer = Assignment.objects.current().values_list("offer", flat=True).get(work_order=order)
    check = CoverageCheck(
        work_order=order, offer_id=offer, sub_id=order.sub_id, occasion=CoverageCheck.Occasion.CALL_OFF,
        status=verdict.status, reasons=list(verdict.reasons), agreement_id=verdict.agreement_id, checked_at=now,
    )  # fmt: skip
    if not check.opens_offers:
        raise RuleBroken(" ".join(check.reasons), code="not_covered")
    check.save(force_insert=True)


@transaction.atomic
def acknowledge(
    called: CallOff, *, by: Member, technician: UUID | None = None, now: datetime | None = None
) -> CallOff:
    """Answer a call-off: the client becomes protected, and its name and address open. `technician` goes, else who keeps the cover.

    Raises RuleBroken when the person has not acknowledged the briefing, or a paper that the cover demands does not hold.
    """
    order, called = _lock_both(called)
    now = now or clock.now()
    step = CALL_OFF.check("acknowledge", status=called.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)
    _require_running(order)
    if not has_read_briefing(order, by):
        raise RuleBroken("Read the four rules first. It takes half a minute.", code="briefing_first")
    goes = _who_goes(order, technician, by=by)
    require_papers(order, now=now)

    called.acknowledged_by, called.acknowledged_at, called.technician = by, now, goes
    _move(called, step.target, "acknowledged_by", "acknowledged_at", "technician")
    changes = {"late": called.answered_late(now), "technician": goes.user.called}
    _record(called, order, "call_off_acknowledged", by=by, now=now, side="sub", changes=changes)
    if order.status == WorkOrder.Status.ASSIGNED:
        begin(order, by=CLOCK, now=now)
    protection.serve(
        prime_id=order.prime_id, sub_id=by.firm_id, client_id=called.client_id, client_name=called.client.name,
        work_order_id=order.pk, worth=Worth(order.prime.currency, called.client.monthly_fee), now=now,
    )  # fmt: skip
    news.acknowledged(order, called, now=now)
    return called


def _who_goes(order: WorkOrder, key: UUID | None, *, by: Member) -> Member:
    """Return who goes: as named by a lead, the technician who answers, or who keeps the cover."""
    if key is not None and by.role in LEADS:
        named = Member.objects.active().of(by.firm_id).filter(pk=key).select_related("user").first()
        if named is None:
            raise Invalid({"technician": ["Choose somebody of your firm."]})
        return named
    kept = Assignment.objects.current().select_related("technician__user").get(work_order=order).technician
    return kept if kept is not None and by.role in LEADS else by


def begin(order: WorkOrder, *, by: Actor, now: datetime) -> None:
    """Let locked cover run: whether an agreement covers it is judged once more, and kept."""
    step = WORK_ORDER.check("begin_cover", status=order.status, side="system", role=CLOCK.role)
    assignment = Assignment.objects.current().select_related("offer").get(work_order=order)
    judge_coverage(order, order, offer=assignment.offer, occasion=CoverageCheck.Occasion.START, now=now)
    record_order(order, step.name, by=by, now=now, to=step.target, side="system")


@transaction.atomic
def raise_cap(called: CallOff, *, by: Member, cap_hours: Decimal, now: datetime | None = None) -> CallOff:
    """Pay more hours for a call-off. A cap never falls: the sub works on what it was told."""
    order, called = _lock_both(called)
    now = now or clock.now()
    CALL_OFF.check("raise_cap", status=called.status, side=order.side_of(by.firm_id), role=by.role)
    if not called.cap_hours < cap_hours <= cover.HOURS_OF_A_WEEK:
        raise Invalid({"cap_hours": [f"More than {called.cap_hours.normalize():f} hours, up to 168."]})

    changes = {"cap_hours": [str(called.cap_hours), str(cap_hours)]}
    called.cap_hours = cap_hours
    called.save(update_fields=["cap_hours"])
    _record(called, order, "call_off_cap_raised", by=by, now=now, changes=changes)
    news.cap_raised(order, called, now=now)
    return called


@transaction.atomic
def finish(called: CallOff, *, by: Member, now: datetime | None = None) -> CallOff:
    """Say that a call-off is done. Its time can still be logged until the cover is handed in."""
    order, called = _lock_both(called)
    now = now or clock.now()
    step = CALL_OFF.check("finish", status=called.status, side=order.side_of(by.firm_id), role=by.role)
    require_crew(order, by)

    called.ended_at = now
    _move(called, step.target, "ended_at")
    _record(called, order, "call_off_done", by=by, now=now, side="sub")
    news.done(order, called, now=now)
    return called


@transaction.atomic
def cancel(called: CallOff, *, by: Member, reason: str, now: datetime | None = None) -> CallOff:
    """Call a ticket back. Time that was worked on it stays and is paid."""
    order, called = _lock_both(called)
    now = now or clock.now()
    side = order.side_of(by.firm_id)
    step = CALL_OFF.check("cancel", status=called.status, side=side, role=by.role, reason=reason)

    called.ended_at = now
    _move(called, step.target, "ended_at")
    _record(called, order, "call_off_cancelled", by=by, now=now, reason=reason.strip())
    news.cancelled(order, called, reason=reason.strip(), now=now)
    return called


def client_of(order: WorkOrder, key: UUID | None) -> Client:
    """Return the client of a call-off that was answered, or of the order itself."""
    if key is None:
        return order.client
    called = CallOff.objects.select_related("client").filter(work_order=order, pk=key).first()
    if called is None or not called.is_named:
        raise Invalid({"call_off": ["Answer the call-off first."]})
    return called.client


def lapse_all(order: WorkOrder, *, now: datetime) -> None:
    """End what is open under a locked order that ends: nobody is there to do it."""
    for called in CallOff.objects.locked().filter(work_order=order).still_open():
        step = CALL_OFF.check("lapse", status=called.status, side="system", role=CLOCK.role)
        called.ended_at = now
        _move(called, step.target, "ended_at")


def _require_running(order: WorkOrder) -> None:
    if order.status not in RUNS:
        raise IllegalStep("This cover does not run now. Look at the order.")


def _lock_both(called: CallOff) -> tuple[WorkOrder, CallOff]:
    order = lock(called.work_order)
    rows = CallOff.objects.locked().select_related("client", "site", "technician__user")
    return order, rows.get(pk=called.pk)


def _move(called: CallOff, to: str, *columns: str) -> None:
    called.status = to
    called.save(update_fields=["status", *columns])


def _record(called: CallOff, order: WorkOrder, step: str, *, by: Actor, now: datetime, **told: Any) -> None:
    """Write a line of the order's history: both firms read which ticket, and whose it is nowhere."""
    changes = {"call_off": called.number, "ticket": called.ticket, **told.pop("changes", {})}
    record_order(order, step, by=by, now=now, changes=changes, **{"side": "prime", **told})
