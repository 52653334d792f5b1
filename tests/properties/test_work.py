"""Random legal and illegal steps by everybody at a job's orders, from the split to the last payment: nothing ever breaks.

A few short runs in `make test`; `PROPERTY_RUNS=500 PROPERTY_STEPS=50` takes as many as docs/figures.md reports.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from billing import actions as billing
from billing.actions.payments import Paid
from billing.models import Invoice, Payment, PaymentAllocation
from engagements.actions import (
    answers,
    counters,
    endings,
    holding,
    offers,
    onsite,
    orders,
    reckoning,
    submissions,
    sweeps,
    visits,
)
from engagements.actions.endings import Ending
from engagements.endings import CAUSES
from engagements.models import (
    Assignment,
    Engagement,
    EngagementLine,
    Offer,
    Submission,
    UnitReport,
    Visit,
    WorkOrder,
    WorkOrderLine,
)
from engagements.pay import FIXED, PER_UNIT, PayTerms
from engagements.values import Asked, NewTerms, OrderDraft, Piece, Recipient, Schedule
from partnernet.core.errors import RuleBroken
from partnernet.core.localtime import day_in
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, NEW_YORK, asked, cover
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.engagements import EngagementFactory, EngagementLineFactory
from tests.factories.partners import People, people_of

RUNS, STEPS = int(os.environ.get("PROPERTY_RUNS", "12")), int(os.environ.get("PROPERTY_STEPS", "40"))
RUNNING = ("assigned", "in_progress", "on_hold")
HELD = (*RUNNING, "submitted", "approved")
# Mostly somebody who may, so that runs get somewhere; else anybody.
ROLES = st.sampled_from((*["owner"] * 8, "dispatcher", "dispatcher", "finance", "technician", "viewer"))
WHO = st.sampled_from((*["theirs"] * 7, "prime", "mesa", "shore"))
SUBS = {"accept", "decline", "reopen", "counter", "withdraw_counter"}
SMALL = st.integers(min_value=0, max_value=7)


class World(RuleBasedStateMachine):
    """Two subs and a prime with one job of two lines. Each run stands in a transaction that is undone."""

    taken = 0
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.now = MONDAY
        self.prime: People = people_of("Halcyon Managed", "halcyon.example")
        self.mesa: People = people_of("Blue Mesa IT", "bluemesa.example")
        self.shore: People = people_of("Sound Shore", "soundshore.example")
        self.firms = (self.prime, self.mesa, self.shore)
        self.job: Engagement = EngagementFactory(firm=self.prime.firm)
        site = SiteFactory(client=ClientFactory(firm=self.prime.firm), timezone="America/New_York")
        self.lines = [
            EngagementLineFactory(engagement=self.job, site=site, units=20, position=n) for n in (1, 2)
        ]
        for firm in (self.mesa, self.shore):
            cover(self.prime, firm)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def step(self, act: Callable[[], Any]) -> None:
        """Take a step. A refusal says why, and leaves no line of history and no news."""
        before, refusal = self._kept(), None
        try:
            act()
        except RuleBroken as error:
            refusal = error
        if refusal is None:
            type(self).taken += 1
            return
        assert str(refusal).strip()
        assert self._kept() == before
        type(self).refused += 1

    def _kept(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM engagements_workorderevent), (SELECT count(*) FROM engagements_offerevent),"
                " (SELECT count(*) FROM billing_invoiceevent), (SELECT count(*) FROM core_notification)"
            )
            return list(cursor.fetchone() or ())

    def pick(self, rows: Any, which: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[which % len(found)] if found else None

    def firm(self, who: str, theirs: UUID | None) -> People:
        """Return the firm that a step is for, or another one."""
        named = {"prime": self.prime, "mesa": self.mesa, "shore": self.shore}
        if who in named:
            return named[who]
        return next((each for each in self.firms if each.firm.pk == theirs), self.prime)

    def terms(self, amount: str, kind: str = PER_UNIT) -> Asked:
        """Return terms for the morning two days from now."""
        morning = datetime.combine(day_in(self.now, NEW_YORK) + timedelta(days=2), time(9))
        schedule = Schedule("arrival_window", NEW_YORK, morning, morning + timedelta(hours=2))
        return asked(pay=PayTerms(kind, Decimal(amount)), schedule=schedule)

    def order(self, which: int) -> WorkOrder | None:
        return self.pick(WorkOrder.objects.select_related("prime", "sub"), which)

    @initialize()
    def one_order_is_offered_to_both(self) -> None:
        draft = OrderDraft(asked=self.terms("75"), routing="first_accept")
        made = orders.split(
            self.job, [Piece(self.lines[0].pk, 6)], by=self.prime.owner, draft=draft, now=self.now
        )
        to = [Recipient(self.mesa.firm.pk), Recipient(self.shore.firm.pk)]
        offers.offer_work(made[0], to, by=self.prime.owner, now=self.now)

    @rule(minutes=st.sampled_from((5, 60, 300, 1440)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        sweeps.sweep_offers(now=self.now)
        billing.approve_silent_work(now=self.now)
        billing.confirm_silent_payments(now=self.now)

    @rule(line=st.sampled_from((0, 1)), units=st.integers(-1, 25), role=ROLES, fixed=st.booleans())
    def split(self, line: int, units: int, role: str, fixed: bool) -> None:
        terms = self.terms("500", kind=FIXED) if fixed else self.terms("75")
        draft = OrderDraft(asked=terms, routing="first_accept")
        piece = Piece(self.lines[line].pk, units)
        self.step(
            lambda: orders.split(self.job, [piece], by=getattr(self.prime, role), draft=draft, now=self.now)
        )

    @rule(which=SMALL, who=WHO, to=st.sampled_from((1, 2)), role=ROLES)
    def offer_it(self, which: int, who: str, to: int, role: str) -> None:
        order = self.pick(WorkOrder.objects.filter(status__in=["draft", "offered", "assigned"]), which)
        if order is None:
            return
        by, whom = getattr(self.firm(who, order.prime_id), role), [Recipient(self.firms[to].firm.pk)]
        self.step(lambda: offers.offer_work(order, whom, by=by, now=self.now))

    @rule(
        which=SMALL, who=WHO, role=ROLES, units=st.integers(1, 8), ended=st.booleans(),
        name=st.sampled_from(
            ("accept", "accept", "accept", "decline", "reopen", "counter", "accept_counter", "refuse_counter", "withdraw_counter",
             "withdraw", "revise")
        ),
    )  # fmt: skip
    def answer(self, which: int, who: str, role: str, units: int, name: str, ended: bool) -> None:
        found = Offer.objects.exclude(status="draft") if ended else Offer.objects.still_open()
        offer = self.pick(found.select_related("work_order"), which)
        if offer is None:
            return
        theirs = offer.firm_id if name in SUBS else offer.work_order.prime_id
        by, now = getattr(self.firm(who, theirs), role), self.now
        new = NewTerms(self.terms("80"), units)
        act: dict[str, Callable[[], Any]] = {
            "accept": lambda: answers.accept(offer, by=by, revision=offer.revision_id, now=now),
            "decline": lambda: answers.decline(offer, by=by, now=now),
            "reopen": lambda: answers.reopen(offer, by=by, now=now),
            "counter": lambda: counters.counter(offer, new, by=by, now=now),
            "accept_counter": lambda: counters.accept_counter(
                offer, by=by, revision=offer.counter_id or offer.revision_id, now=now
            ),
            "refuse_counter": lambda: counters.refuse_counter(offer, by=by, now=now),
            "withdraw_counter": lambda: counters.withdraw_counter(offer, by=by, now=now),
            "withdraw": lambda: offers.withdraw(offer, by=by, now=now),
            "revise": lambda: offers.revise(offer, new, by=by, now=now),
        }
        self.step(act[name])

    @rule(
        which=SMALL,
        who=WHO,
        role=ROLES,
        name=st.sampled_from(("hold", "resume", "recall")),
    )
    def lead(self, which: int, who: str, role: str, name: str) -> None:
        order = self.order(which)
        if order is None:
            return
        by = getattr(self.firm(who, order.prime_id), role)
        act: dict[str, Callable[[], Any]] = {
            "hold": lambda: holding.hold(order, by=by, reason="The site is closed.", now=self.now),
            "resume": lambda: holding.resume(order, by=by, now=self.now),
            "recall": lambda: orders.recall(order, by=by, now=self.now),
        }
        self.step(act[name])

    @rule(
        which=SMALL,
        who=WHO,
        role=ROLES,
        name=st.sampled_from(sorted(CAUSES)),
        cause=SMALL,
    )
    def end(self, which: int, who: str, role: str, name: str, cause: int) -> None:
        order = self.order(which)
        if order is None:
            return
        by = getattr(self.firm(who, order.sub_id if name == "back_out" else order.prime_id), role)
        chosen = CAUSES[name][cause % len(CAUSES[name])].code
        ending = Ending(chosen, asked_for_more=False)
        doors: dict[str, Callable[..., Any]] = {
            "cancel": billing.cancel_order, "remove": billing.remove_firm, "back_out": endings.back_out,
        }  # fmt: skip
        self.step(lambda: doors[name](order, ending, by=by, now=self.now))

    @rule(
        which=SMALL, who=WHO, role=ROLES, units=st.integers(1, 6),
        name=st.sampled_from(("read", "check_in", "check_in", "count", "count", "finish", "come_back", "submit", "part", "part", "miss")),
    )  # fmt: skip
    def go(self, which: int, who: str, role: str, units: int, name: str) -> None:
        order = self.pick(WorkOrder.objects.filter(sub__isnull=False).select_related("prime", "sub"), which)
        if order is None:
            return
        by = getattr(self.firm(who, order.prime_id if name == "miss" else order.sub_id), role)
        visit = order.visits.order_by("-number").first()
        if visit is None:
            return
        self.now += timedelta(minutes=7)
        if name == "check_in" and order.starts_at:
            self.now = max(self.now, order.starts_at)
        act: dict[str, Callable[[], Any]] = {
            "read": lambda: visits.acknowledge_briefing(order, by=by, now=self.now),
            "check_in": lambda: visits.check_in(visit, by=by, now=self.now),
            "count": lambda: onsite.count_units(order, by=by, units=units, minutes=units * 30, now=self.now),
            "finish": lambda: visits.finish(visit, by=by, now=self.now),
            "come_back": lambda: visits.plan_another(order, by=by, now=self.now),
            "submit": lambda: submissions.submit(order, by=by, client_asked_for_more=False, now=self.now),
            "part": lambda: submissions.submit_part(order, by=by, client_asked_for_more=False, now=self.now),
            "miss": lambda: visits.miss(visit, by=by, reason="Nobody came.", now=self.now),
        }
        self.step(act[name])

    @rule(which=SMALL)
    def do_it_all(self, which: int) -> None:
        """The sub does the whole order: chance alone seldom hands anything in."""
        order = self.pick(WorkOrder.objects.filter(status="assigned").select_related("prime", "sub"), which)
        if order is None:
            return
        firm = self.mesa if order.sub_id == self.mesa.firm.pk else self.shore
        self.now = max(self.now, order.starts_at or self.now)
        visit = order.visits.order_by("-number").first()
        visits.acknowledge_briefing(order, by=firm.owner, now=self.now)
        visits.check_in(visit, by=firm.owner, now=self.now)
        left = order.lines.aggregate(left=Sum(F("units") - F("done")))["left"]
        onsite.count_units(
            order, by=firm.owner, units=left, minutes=left * 30, now=self.now + timedelta(hours=2)
        )
        self.now += timedelta(hours=3)
        visits.finish(visit, by=firm.owner, now=self.now)
        submissions.submit(order, by=firm.owner, client_asked_for_more=False, now=self.now)

    @rule(which=SMALL, who=WHO, role=ROLES, send_back=st.booleans())
    def decide(self, which: int, who: str, role: str, send_back: bool) -> None:
        submission = self.pick(Submission.objects.all(), which)
        if submission is None:
            return
        by = getattr(self.firm(who, self.prime.firm.pk), role)
        if send_back:
            self.step(lambda: submissions.send_back(submission, by=by, reason="Again.", now=self.now))
        else:
            self.step(lambda: billing.approve_work(submission, by=by, now=self.now))

    @rule(
        which=SMALL,
        who=WHO,
        role=ROLES,
        cents=st.integers(-1, 200_000),
        whole=st.booleans(),
    )
    def pay(self, which: int, who: str, role: str, cents: int, whole: bool) -> None:
        invoice = self.pick(Invoice.objects.all(), which)
        if invoice is None:
            return
        by = getattr(self.firm(who, invoice.prime_id), role)
        amount = None if whole else Decimal(cents) / 100
        paid = Paid(on=day_in(self.now, self.prime.firm.timezone), amount=amount, reference="")
        self.step(lambda: billing.announce_payment(invoice, by=by, paid=paid, now=self.now))

    @rule(which=SMALL, who=WHO, role=ROLES, void=st.sampled_from((True, False, False)))
    def receive(self, which: int, who: str, role: str, void: bool) -> None:
        if void and (invoice := self.pick(Invoice.objects.all(), which)):
            by = getattr(self.firm(who, invoice.sub_id), role)
            self.step(lambda: billing.void(invoice, by=by, reason="A favour.", now=self.now))
        elif payment := self.pick(Payment.objects.all(), which):
            by = getattr(self.firm(who, payment.payee_id), role)
            self.step(lambda: billing.confirm_payment(payment, by=by, now=self.now))

    @invariant()
    def units_are_counted_once(self) -> None:
        for line in EngagementLine.objects.filter(engagement=self.job):
            on_orders = WorkOrderLine.objects.filter(line=line).exclude(work_order__status="cancelled")
            assert line.committed == (on_orders.aggregate(all=Sum("units"))["all"] or 0)
            assert line.committed + line.own_done <= line.units
            done = WorkOrderLine.objects.filter(line=line).aggregate(all=Sum("done"))["all"] or 0
            reported = UnitReport.objects.filter(line=line).aggregate(all=Sum("units"))["all"] or 0
            assert done <= reported

    @invariant()
    def parts_never_pass_the_most(self) -> None:
        """What stands of an order's submissions is within its not-to-exceed, and in the end what the work comes to."""
        for order in WorkOrder.objects.filter(sub__isnull=False):
            standing = order.submissions.standing().together()
            assert standing.amount <= order.not_to_exceed
            if order.status == "approved":
                reckoned, worked = reckoning.reckon(order, now=self.now)
                assert (standing.amount, standing.units) == (reckoned.total, worked.units)
                assert not order.submissions.waiting().exists()

    @invariant()
    def an_order_is_somebodys_or_nobodys(self) -> None:
        for order in WorkOrder.objects.all():
            assert (order.sub_id is not None) == (order.status in HELD) or order.status == "cancelled"
            current = Assignment.objects.current().filter(work_order=order)
            assert current.count() <= 1
            if order.status in RUNNING:
                assert [each.firm_id for each in current] == [order.sub_id]
            opened = Visit.objects.filter(work_order=order).still_open()
            assert opened.count() <= 1
            assert not opened.exists() or order.status in HELD
            on_site = opened.filter(status="checked_in").exists()
            assert not on_site or order.status == "in_progress"

    @invariant()
    def one_firm_at_most_was_accepted(self) -> None:
        rounds = Offer.objects.filter(status="accepted").values_list("work_order", "round")
        assert len(rounds) == len(set(rounds))
        still = Offer.objects.still_open().exclude(work_order__status="offered")
        assert not still.exists()

    @invariant()
    def history_has_no_gap(self) -> None:
        for row in (*WorkOrder.objects.all(), *Offer.objects.all()):
            steps = list(row.events.order_by("occurred_at", "id").values_list("from_status", "to_status"))
            for (_, to), (back, _) in pairwise(steps):
                assert to == back
            assert not steps or steps[-1][1] == row.status

    @invariant()
    def money_adds_up(self) -> None:
        for submission in Submission.objects.select_related("work_order"):
            assert 0 <= submission.amount <= submission.work_order.not_to_exceed
            bills = Invoice.objects.filter(submission=submission).exclude(status="void")
            assert bills.count() <= 1
            assert submission.status == "approved" or not bills.exists()
        for invoice in Invoice.objects.exclude(status="void"):
            paid = PaymentAllocation.objects.standing().filter(invoice=invoice)
            confirmed = (
                paid.filter(payment__confirmed_at__isnull=False).aggregate(all=Sum("amount"))["all"] or 0
            )
            announced = paid.aggregate(all=Sum("amount"))["all"] or 0
            assert confirmed <= announced <= invoice.amount
            assert (invoice.status == "paid") == (confirmed == invoice.amount)

    @invariant()
    def nobody_is_told_what_is_not_his(self) -> None:
        ours = {self.prime.firm.pk, self.mesa.firm.pk, self.shore.firm.pk}
        assert not Notification.objects.exclude(Q(firm__in=ours) | Q(firm=None)).exists()


@pytest.mark.django_db
def test_random_steps_break_nothing() -> None:
    World.taken = World.refused = 0
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(
        f"\nproperties: {RUNS} runs of {STEPS} random steps: {World.taken} taken, {World.refused} refused, 0 invariants broken"
    )
    assert World.taken > RUNS
    assert World.refused > RUNS
