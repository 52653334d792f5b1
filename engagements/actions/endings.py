"""Work that ends before it is done: the sub backs out, the prime takes it back or cancels it.

What was done is handed in and paid; what was not goes to a new draft, or back to the job when the work is cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracts.actions import protection
from engagements import arrivals, endings, pay, wording
from engagements.actions import access_news, news
from engagements.actions.call_offs import lapse_all
from engagements.actions.history import record_order
from engagements.actions.lapsing import lapse_open
from engagements.actions.orders import release, take_off, withdraw_all
from engagements.actions.reckoning import reckon
from engagements.actions.shared import lock_offers, lock_order, order_lines, price_of
from engagements.actions.submissions import Handing, write
from engagements.cover import part_run
from engagements.endings import Cause
from engagements.models import AccessGrant, Assignment, Submission, Visit, WorkOrder, WorkOrderLine
from engagements.models.terms import SCHEDULE_FIELDS
from engagements.workflow import VISIT, WORK_ORDER
from partnernet.core import clock, money
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import day_in
from partnernet.core.money import cents
from partners.actions import ratings, scores
from partners.models import Member


@dataclass(frozen=True, slots=True)
class Ending:
    """Why (a code of `endings.CAUSES`), in the person's own words, and the sub's answer about the client."""

    cause: str
    words: str = ""
    asked_for_more: bool | None = None

    def in_words(self, step: str) -> str:
        """Write the cause, and the person's own words after it. Raises Invalid for a cause that the step does not know."""
        label, words = endings.cause_of(step, self.cause).label, self.words.strip()
        return f"{label}. {words}" if words else f"{label}."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What ending an order now would mean: units done and left, what the work done pays, the fee if the prime is the cause.

    `pays` comes on top of what was `handed_in` as parts before.
    """

    done: int
    left: int
    pays: Decimal | None
    handed_in: Decimal
    fee: Decimal
    late: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """What an end left behind, and when. `fee` is owed by the prime; billing writes its invoice."""

    order: WorkOrder
    at: datetime
    assignment: Assignment | None = None
    fee: Decimal = Decimal(0)
    submission: Submission | None = None
    released: WorkOrder | None = None


@transaction.atomic
def back_out(order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None = None) -> Ended:
    """Give the work back. What was done is handed in; the rest can be offered to another firm.

    Raises RuleBroken while somebody is on site, or while access that was handed over has not come back.
    """
    return _end("back_out", order, ending, by=by, now=now)


@transaction.atomic
def remove(order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None = None) -> Ended:
    """Take the work off the firm that has it. Keys and accounts that it holds are owed back.

    Raises RuleBroken while somebody is on site.
    """
    return _end("remove", order, ending, by=by, now=now)


@transaction.atomic
def cancel(order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None = None) -> Ended:
    """End an order for good: nobody is to do what is left of it. Its units go back to the job.

    Raises RuleBroken while somebody is on site.
    """
    return _end("cancel", order, ending, by=by, now=now)


def foresee(order: WorkOrder, *, now: datetime) -> Foreseen:
    """Say what ending an order would mean now. Nothing is written."""
    lines = order_lines(order)
    worked = reckon(order, now=now)[1]
    late = endings.is_late(order.starts_at, at=now)
    owes = endings.owes_fee("cancel", order.status, endings.PRIME, late=late)
    return Foreseen(
        done=worked.units,
        left=sum(each.units for each in lines) - worked.units,
        pays=_still_pays(order, _earned(order, lines, worked)),
        handed_in=order.submissions.standing().together().amount,
        fee=_fee(order) if owes else Decimal(0),
        late=late,
    )


@dataclass(frozen=True, slots=True)
class _Act:
    """One end as it is carried out: the step, why, who, when, and whether it comes late."""

    name: str
    ending: Ending
    cause: Cause
    by: Member
    now: datetime
    late: bool

    @property
    def side(self) -> str:
        return "sub" if self.name == "back_out" else "prime"

    @property
    def said(self) -> str:
        return self.ending.in_words(self.name)


def _end(name: str, order: WorkOrder, ending: Ending, *, by: Member, now: datetime | None) -> Ended:
    order = lock_order(order.pk)
    offers = lock_offers(order)
    now = now or clock.now()
    side = order.side_of(by.firm_id)
    WORK_ORDER.check(name, status=order.status, side=side, role=by.role, reason=ending.cause)
    late = endings.is_late(order.starts_at, at=now)
    if name != "back_out":  # a prime that ends what has begun does not end it before the start
        late = late and order.status == WorkOrder.Status.ASSIGNED
    act = _Act(name, ending, endings.cause_of(name, ending.cause), by, now, late)
    if order.status in (WorkOrder.Status.DRAFT, WorkOrder.Status.OFFERED):
        withdraw_all(order, offers, by=by, now=now, reason=act.said)
        record_order(order, name, by=by, now=now, to=WorkOrder.Status.CANCELLED, side=side, reason=act.said)
        return Ended(order, now)
    _require_nobody_on_site(order)
    if name == "back_out":
        _require_dispute(order, ending)
        _require_access_back(order)

    owed = endings.owes_fee(name, order.status, act.cause.fault, late=late)
    fee = _fee(order) if owed else Decimal(0)
    assignment = _close(order, act)
    lapse_open(order, by=by, side=side, now=now)
    _evidence(order, assignment, act)
    ended = _settle(order, assignment, act, fee=fee)
    if ended.submission is None:  # what was handed in is rated when it is approved
        ratings.open_round(
            order.prime, sub=assignment.firm, engagement_id=order.engagement_id, work=str(order), now=now
        )
    news.work_ended(name, order, assignment, _facts(ended, act), now=now)
    return ended


def _require_dispute(order: WorkOrder, ending: Ending) -> None:
    """Leaving over whose client it is takes no blame, and a declaration that was disputed."""
    if ending.cause == endings.OWN_CLIENT and not is_over_a_client(order):
        raise Invalid(
            {"cause": ["This is for a client that you declared as your own, and that is disputed."]}
        )


def is_over_a_client(order: WorkOrder) -> bool:
    """Say whether the two firms dispute whose client it is."""
    return order.sub_id is not None and protection.is_disputed(
        prime_id=order.prime_id, sub_id=order.sub_id, client_id=order.client_id
    )


def _facts(ended: Ended, act: _Act) -> dict[str, Any]:
    """Return what the other firm reads of an end."""
    order, handed_in = ended.order, ended.submission
    noun = order.engagement.unit_noun
    return {
        "reason": act.said,
        "done": wording.units(handed_in.units, noun) if handed_in else "",
        "pays": money.show(handed_in.amount, handed_in.currency) if handed_in else "",
        "fee": money.show(ended.fee, order.currency) if ended.fee else "",
        "released": ended.released.reference if ended.released else "",
        "counts": act.cause.code == endings.NO_SHOW,
    }


def _settle(order: WorkOrder, assignment: Assignment, act: _Act, *, fee: Decimal) -> Ended:
    """Hand in what was done; or undo the deal, or the order, when nothing was."""
    lines = order_lines(order)
    worked = reckon(order, now=act.now)[1]
    submission = released = None
    told = {"cause": act.cause.code, "fault": act.cause.fault, "units": worked.units, "fee": str(fee)}
    if _earned(order, lines, worked):
        target = WorkOrder.Status.SUBMITTED
        submission, released = _hand_in(order, lines, act)
        told |= {"amount": str(submission.amount)}
        columns = ["submitted_at", "amount", "not_to_exceed", "client_price", "added_revenue"]
    elif act.name == "cancel":
        target, columns = WorkOrder.Status.CANCELLED, []
    else:
        target, columns = WorkOrder.Status.DRAFT, _undo_the_deal(order)
    order.held_from = ""
    record_order(
        order, act.name, by=act.by, now=act.now, to=target, side=act.side, reason=act.said, changes=told,
        columns=[*columns, "held_from"],
    )  # fmt: skip
    return Ended(order, act.now, assignment, fee, submission, released)


def _hand_in(
    order: WorkOrder, lines: Sequence[WorkOrderLine], act: _Act
) -> tuple[Submission, WorkOrder | None]:
    """Cut a locked order down to what was done, and hand that in on the terms for that part."""
    if act.name == "back_out" and act.ending.asked_for_more is None:
        raise Invalid({"asked_for_more": ["Did the client ask for anything else? Yes or no."]})
    part, full = _terms_for_what_is_done(order, lines, reckon(order, now=act.now)[1]), price_of(lines)
    # Cover is one piece: what is left of its days is placed anew, not split off.
    shares = {each.pk: each.units if order.is_cover else each.done for each in lines}
    released = None
    if act.name == "cancel":
        take_off(order, shares)
    else:  # the draft takes the terms of the whole, before they are cut
        released = release(order, shares, by=act.by, now=act.now)
    order.amount, order.not_to_exceed = part.amount, part.not_to_exceed or order.not_to_exceed
    order.client_price = price_of(order_lines(order))
    if order.is_cover:  # the client pays for the days on which somebody stood by
        run = part_run(order.span(), until=act.now)
        order.client_price = cents(order.client_price * run.numerator / run.denominator)
    if order.added_revenue and full:
        order.added_revenue = cents(order.added_revenue * order.client_price / full)
    order.submitted_at = act.now
    words = act.ending.words
    submission = write(order, Handing(act.ending.asked_for_more, words), by=act.by, now=act.now)
    if order.sub_id is not None:
        protection.serviced(
            prime_id=order.prime_id, sub_id=order.sub_id, client_id=order.client_id, on=day_in(act.now, order.timezone)
        )  # fmt: skip
    return submission, released


def _terms_for_what_is_done(
    order: WorkOrder, lines: Sequence[WorkOrderLine], worked: pay.Worked
) -> pay.PayTerms:
    """Return the terms for the units done: of a fixed price the same part, of all else what was worked."""
    terms = order.pay_terms()
    if terms.kind != pay.FIXED:
        return terms
    done, units = sum(each.done for each in lines), sum(each.units for each in lines)
    amount = cents(endings.part_of_fixed(terms.amount, done=done, units=units))
    extras = max(terms.expenses_cap, worked.expenses) + worked.added
    most = min(order.not_to_exceed, amount + terms.trip_charge + extras)
    return replace(terms, amount=amount, not_to_exceed=most or order.not_to_exceed)


def _earned(order: WorkOrder, lines: Sequence[WorkOrderLine], worked: pay.Worked) -> Decimal | None:
    """Return what the work done pays; None when nothing was done that pays."""
    came = Visit.objects.filter(work_order=order, status=Visit.Status.DONE).exists()
    if not worked.units and not came and not (order.is_cover and worked.hours):
        return None
    total = pay.pay(_terms_for_what_is_done(order, lines, worked), worked, units=worked.units).total
    return total if total or worked.units else None


def _still_pays(order: WorkOrder, earned: Decimal | None) -> Decimal | None:
    """Return what would be handed in beyond the parts that stand."""
    return None if earned is None else earned - order.submissions.standing().together().amount


def _undo_the_deal(order: WorkOrder) -> list[str]:
    """Make a draft of an order on which nothing was done, on the pay that was accepted and the time as it was offered; return the columns that change."""
    asked, again = order.accepted_revision, ["amount", "cap_hours", "expenses_cap", "not_to_exceed"]
    if asked and arrivals.is_named(asked):  # the start that one firm named binds no other
        again += SCHEDULE_FIELDS
    for name in again if asked else ():
        setattr(order, name, getattr(asked, name))
    order.sub, order.accepted_revision, order.assigned_at = None, None, None
    order.client_price, order.added_revenue = None, None  # type: ignore[assignment] # both columns take null
    order.round += 1
    return ["sub", "accepted_revision", "assigned_at", "client_price", "added_revenue", "round", *again]


def _close(order: WorkOrder, act: _Act) -> Assignment:
    """End the assignment and call the open visit off. What its firm still holds of keys and accounts, it owes from now on."""
    assignment = Assignment.objects.current().select_related("firm", "technician__user").get(work_order=order)
    assignment.ended_at = act.now
    assignment.save(update_fields=["ended_at"])
    for visit in Visit.objects.locked().filter(work_order=order).still_open():
        step = VISIT.check("call_off", status=visit.status, side="system", role="system")
        visit.status = step.target
        visit.save(update_fields=["status"])
    lapse_all(order, now=act.now)
    grants = AccessGrant.objects.filter(work_order=order).of_running()
    grants.update(assignment=assignment)
    for grant in assignment.access_owed.owed().with_work().order_by("handed_over_at", "pk"):
        access_news.owed(grant, now=act.now)
    return assignment


def _fee(order: WorkOrder) -> Decimal:
    """Return the fee for a late end, as the accepted terms have it."""
    set_off = Visit.objects.filter(work_order=order, status=Visit.Status.ON_MY_WAY).exists()
    return order.fee_for_cancelling(on_the_way=set_off)


def _evidence(order: WorkOrder, assignment: Assignment, act: _Act) -> None:
    """Keep what the end says about the firm that ended it, or did not come. A cause elsewhere is kept and does not count."""
    sub, prime, fault = assignment.firm, order.prime, act.cause.fault
    on = day_in(act.now, order.timezone)
    if act.name == "back_out":
        kind = "backed_out_late" if act.late else "backed_out_early"
        elsewhere = "" if fault == endings.SUB else fault
        scores.record(sub, dimension="as_sub", kind=kind, occurred_on=on, counterparty=prime, subject_id=assignment.pk, fault=elsewhere)  # fmt: skip
    elif act.cause.code == endings.NO_SHOW:
        scores.record(sub, dimension="as_sub", kind="no_show", occurred_on=on, counterparty=prime, subject_id=assignment.pk)  # fmt: skip
    elif act.late and fault != endings.SUB:
        elsewhere = "" if fault == endings.PRIME else fault
        scores.record(prime, dimension="as_prime", kind="cancelled_late", occurred_on=on, counterparty=sub, subject_id=assignment.pk, fault=elsewhere)  # fmt: skip


def _require_nobody_on_site(order: WorkOrder) -> None:
    if Visit.objects.filter(work_order=order, status=Visit.Status.CHECKED_IN).exists():
        raise RuleBroken("Somebody is on site. Call them, and end it when they have left.")


def _require_access_back(order: WorkOrder) -> None:
    kept = [grant.what for grant in AccessGrant.objects.filter(work_order=order).of_running().owed().order_by("handed_over_at", "pk")]  # fmt: skip
    if kept:
        raise RuleBroken(f"Hand back first: {', '.join(kept)}.", code="access_owed")
