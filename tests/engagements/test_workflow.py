"""Every status × step × side × role of a job, a work order and an offer, walked through the actions."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest

from contracts.models import CoverageOverride
from engagements.actions import answers, counters, endings, engagements, offers, orders, sweeps
from engagements.actions.endings import Ending
from engagements.models import Assignment, CoverageCheck, Engagement, Offer, WorkOrder
from engagements.values import NewTerms, Recipient
from engagements.workflow import ENGAGEMENT, OFFER, WORK_ORDER
from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, asked, cover
from tests.factories.engagements import OfferFactory, OfferRevisionFactory

pytestmark = pytest.mark.django_db

MOVED_OUT = Ending("client_cancelled", "They moved out.")
ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")
SIDES = ("prime", "sub", "stranger")

OFFER_STEPS = {
    "send": lambda offer, by: offers.send(offer, by=by, now=MONDAY),
    "undo": lambda offer, by: offers.undo(offer, by=by, now=MONDAY),
    "revise": lambda offer, by: offers.revise(offer, NewTerms(asked("80")), by=by, now=MONDAY),
    "accept": lambda offer, by: answers.accept(offer, by=by, revision=offer.revision_id, now=MONDAY),
    "choose": lambda offer, by: answers.choose(offer, by=by, revision=offer.revision_id, now=MONDAY),
    "counter": lambda offer, by: counters.counter(offer, NewTerms(asked("80")), by=by, now=MONDAY),
    "accept_counter": lambda offer, by: counters.accept_counter(
        offer, by=by, revision=offer.counter_id or uuid4(), now=MONDAY
    ),
    "refuse_counter": lambda offer, by: counters.refuse_counter(offer, by=by, now=MONDAY),
    "withdraw_counter": lambda offer, by: counters.withdraw_counter(offer, by=by, now=MONDAY),
    "decline": lambda offer, by: answers.decline(offer, by=by, now=MONDAY),
    "reopen": lambda offer, by: answers.reopen(offer, by=by, now=MONDAY),
    "withdraw": lambda offer, by: offers.withdraw(offer, by=by, now=MONDAY),
}
BY_THE_CLOCK = {"lapse_counter": counters.lapse_counter, "expire": sweeps.expire}


def put_into(offer: Offer, status: str) -> Offer:
    """Bring a sent offer into a status, with what the database demands of it."""
    counter = None
    if status == "countered":
        counter = OfferRevisionFactory(offer=offer, number=90, side="sub", lapses_at=MONDAY)
    if status == "accepted":
        answers.accept(offer, by=offer.accepting, revision=offer.revision_id, now=MONDAY)
    held = offer.respond_by if status == "willing" else None
    Offer.objects.filter(pk=offer.pk).update(status=status, counter=counter, held_until=held)
    return Offer.objects.get(pk=offer.pk)


def everything() -> tuple:
    """All that a refusal must not move."""
    return (
        list(Offer.objects.order_by("pk").values_list("pk", "status", "revision", "counter", "respond_by")),
        list(WorkOrder.objects.order_by("pk").values_list("pk", "status", "sub", "version")),
        [model.objects.count() for model in (Notification, Assignment, CoverageCheck)],
        sum(each.events.count() for each in Offer.objects.all()) + sum(each.events.count() for each in WorkOrder.objects.all()),
    )  # fmt: skip


def people(prime, sub, stranger) -> dict:
    return {"prime": prime, "sub": sub, "stranger": stranger}


def allowed(workflow, status, step, side, role) -> bool:
    return any(each.name == step for each in workflow.open_steps(status, side=side, role=role))


@pytest.mark.parametrize(("status", "step"), list(product(Offer.Status.values, OFFER_STEPS)))
def test_offer(status, step, offer, prime, sub, stranger):
    offer.accepting = sub.owner
    offer = put_into(offer, status)
    before = everything()

    for side, role in product(SIDES, ROLES):
        member = getattr(people(prime, sub, stranger)[side], role)
        if allowed(OFFER, status, step, side, role):
            continue
        with pytest.raises((IllegalStep, WrongSide, WrongRole)):
            OFFER_STEPS[step](offer, member)
        assert everything() == before, (side, role)

    rows = [each for each in OFFER.rows(step) if status in each.sources and each.side != "system"]
    for row in rows:
        OFFER_STEPS[step](offer, people(prime, sub, stranger)[row.side].owner)
        reached = Offer.objects.filter(pk=offer.pk).values_list("status", flat=True).first() or "draft"
        assert reached == (row.target or {"accept": "accepted"}.get(step, "sent"))


@pytest.mark.parametrize(("status", "step"), list(product(Offer.Status.values, BY_THE_CLOCK)))
def test_the_clock_and_offers(status, step, offer, sub):
    offer.accepting = sub.owner
    late = offer.respond_by
    offer = put_into(offer, status)
    before = everything()

    if allowed(OFFER, status, step, "system", "system"):
        BY_THE_CLOCK[step](offer, now=late)
        assert Offer.objects.get(pk=offer.pk).status == "expired"
        return
    with pytest.raises(IllegalStep):
        BY_THE_CLOCK[step](offer, now=late)
    assert everything() == before


ORDER_STEPS = {
    "send_offers": lambda order, by, firm: offers.offer_work(order, [Recipient(firm)], by=by, now=MONDAY),
    "recall": lambda order, by, firm: orders.recall(order, by=by, now=MONDAY),
    "cancel": lambda order, by, firm: endings.cancel(order, MOVED_OUT, by=by, now=MONDAY),
    "remove": lambda order, by, firm: endings.remove(order, Ending("otherwise"), by=by, now=MONDAY),
    "back_out": lambda order, by, firm: endings.back_out(order, Ending("skills"), by=by, now=MONDAY),
}
LEADS_TO = {"remove": "draft", "back_out": "draft", "cancel": "cancelled"}
"""Where a step goes from an order on which nothing was done."""


@pytest.mark.parametrize(("status", "step"), list(product(WorkOrder.Status.values, ORDER_STEPS)))
def test_work_order(status, step, offer, order, prime, sub, stranger):
    cover(prime, stranger)
    if status not in ("draft", "offered"):
        answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    held = "assigned" if status == "on_hold" else ""
    WorkOrder.objects.filter(pk=order.pk).update(status=status, held_from=held)
    order.refresh_from_db()
    before = everything()

    for side, role in product(SIDES, ROLES):
        member = getattr(people(prime, sub, stranger)[side], role)
        if allowed(WORK_ORDER, status, step, side, role):
            continue
        with pytest.raises((IllegalStep, WrongSide, WrongRole)):
            ORDER_STEPS[step](order, member, stranger.firm.pk)
        assert everything() == before, (side, role)

    for side, firm in (("prime", prime), ("sub", sub)):
        if allowed(WORK_ORDER, status, step, side, "owner"):
            ORDER_STEPS[step](order, firm.owner, stranger.firm.pk)
            target = LEADS_TO.get(step) or WORK_ORDER.rows(step)[0].target
            assert WorkOrder.objects.get(pk=order.pk).status == target


JOB_STEPS = {
    "activate": lambda job, by: engagements.activate(job, by=by, now=MONDAY),
    "complete": lambda job, by: engagements.complete(job, by=by, now=MONDAY),
    "cancel": lambda job, by: engagements.cancel(job, MOVED_OUT, by=by, now=MONDAY),
}


@pytest.mark.parametrize(
    ("status", "step", "role"), list(product(Engagement.Status.values, JOB_STEPS, ROLES))
)
def test_job(status, step, role, job, line, prime):
    Engagement.objects.filter(pk=job.pk).update(status=status)

    if allowed(ENGAGEMENT, status, step, "prime", role):
        JOB_STEPS[step](job, getattr(prime, role))
        assert Engagement.objects.get(pk=job.pk).status == ENGAGEMENT.rows(step)[0].target
        return
    with pytest.raises((IllegalStep, WrongRole)):
        JOB_STEPS[step](job, getattr(prime, role))
    assert (Engagement.objects.get(pk=job.pk).status, job.events.count()) == (status, 0)


@pytest.mark.parametrize(
    ("workflow", "statuses", "first"),
    [
        (ENGAGEMENT, Engagement.Status.values, "draft"),
        (OFFER, Offer.Status.values, "draft"),
        (WORK_ORDER, WorkOrder.Status.values, "draft"),
    ],
)
def test_every_status_is_reached_by_a_step(workflow, statuses, first):
    by_the_action = (
        {"willing"} if workflow is OFFER else set()
    )  # test_choosing shows an acceptance that only holds
    assert {first, *by_the_action, *(step.target for step in workflow if step.target)} == set(statuses)


@pytest.mark.parametrize("cause", ["", "no_show"])
def test_a_cancellation_needs_a_cause_that_it_knows(cause, order, prime):
    with pytest.raises(RuleBroken, match=r"Say why|Choose why"):
        endings.cancel(order, Ending(cause), by=prime.owner, now=MONDAY)

    assert WorkOrder.objects.get(pk=order.pk).status == "draft"


def test_a_job_with_running_orders_is_not_completed(offer, job, prime):
    with pytest.raises(RuleBroken, match="is still offered"):
        engagements.complete(job, by=prime.owner, now=MONDAY)


def test_cancelling_a_job_cancels_its_open_orders(offer, order, job, prime, line):
    engagements.cancel(job, MOVED_OUT, by=prime.owner, now=MONDAY)

    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.status, line.committed) == ("cancelled", 0)
    assert Offer.objects.get(pk=offer.pk).status == "withdrawn"


def test_an_accepted_offer_of_an_earlier_round_is_not_reopened(offer, order, prime, sub):
    answers.decline(offer, by=sub.owner, now=MONDAY)
    orders.recall(order, by=prime.owner, now=MONDAY)
    offers.offer_work(
        WorkOrder.objects.get(pk=order.pk), [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY
    )

    with pytest.raises(RuleBroken, match="not offered any more"):
        answers.reopen(offer, by=sub.owner, now=MONDAY)


def test_a_draft_is_left_where_no_offer_was_ever_sent(order, sub):
    drafted = OfferFactory(work_order=order, firm=sub.firm)

    assert not Offer.objects.visible_to(sub.firm.pk).filter(pk=drafted.pk).exists()
    assert CoverageOverride.objects.count() == 0
