"""Every status × step × side × role of a job, a work order and an offer, walked through the actions."""

from __future__ import annotations

from itertools import product
from uuid import uuid4

import pytest

from contracts.models import CoverageOverride
from engagements.actions import answers, counters, engagements, offers, orders, sweeps
from engagements.models import Assignment, CoverageCheck, Engagement, Offer, WorkOrder
from engagements.values import NewTerms, Recipient
from engagements.workflow import ENGAGEMENT, OFFER, WORK_ORDER
from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, asked, cover
from tests.factories.engagements import OfferFactory, OfferRevisionFactory

pytestmark = pytest.mark.django_db

ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")
SIDES = ("prime", "sub", "stranger")

OFFER_STEPS = {
    "send": lambda offer, by: offers.send(offer, by=by, now=MONDAY),
    "undo": lambda offer, by: offers.undo(offer, by=by, now=MONDAY),
    "revise": lambda offer, by: offers.revise(offer, NewTerms(asked("80")), by=by, now=MONDAY),
    "accept": lambda offer, by: answers.accept(offer, by=by, revision=offer.revision_id, now=MONDAY),
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
    Offer.objects.filter(pk=offer.pk).update(status=status, counter=counter)
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
        assert reached == (row.target or "sent")


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
    "cancel": lambda order, by, firm: orders.cancel(order, by=by, reason="The client moved out.", now=MONDAY),
}


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

    if allowed(WORK_ORDER, status, step, "prime", "owner"):
        ORDER_STEPS[step](order, prime.owner, stranger.firm.pk)
        assert WorkOrder.objects.get(pk=order.pk).status == WORK_ORDER.rows(step)[0].target


JOB_STEPS = {
    "activate": lambda job, by: engagements.activate(job, by=by, now=MONDAY),
    "complete": lambda job, by: engagements.complete(job, by=by, now=MONDAY),
    "cancel": lambda job, by: engagements.cancel(job, by=by, reason="The client moved out.", now=MONDAY),
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
    assert {first, *(step.target for step in workflow if step.target)} == set(statuses)


def test_a_cancellation_needs_a_reason(order, prime):
    with pytest.raises(RuleBroken, match="Say why"):
        orders.cancel(order, by=prime.owner, reason=" ", now=MONDAY)

    assert WorkOrder.objects.get(pk=order.pk).status == "draft"


def test_a_job_with_running_orders_is_not_completed(offer, job, prime):
    with pytest.raises(RuleBroken, match="is still offered"):
        engagements.complete(job, by=prime.owner, now=MONDAY)


def test_cancelling_a_job_cancels_its_open_orders(offer, order, job, prime, line):
    engagements.cancel(job, by=prime.owner, reason="The client moved out.", now=MONDAY)

    order.refresh_from_db()
    line.refresh_from_db()
    assert (order.status, line.committed) == ("cancelled", 0)
    assert Offer.objects.get(pk=offer.pk).status == "withdrawn"


def test_an_order_with_units_done_is_not_cancelled(offer, order, prime, sub):
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    order.lines.update(done=4)

    with pytest.raises(RuleBroken, match="4 computers are done on this order"):
        orders.cancel(order, by=prime.owner, reason="Too slow.", now=MONDAY)

    assert WorkOrder.objects.get(pk=order.pk).status == "assigned"


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
