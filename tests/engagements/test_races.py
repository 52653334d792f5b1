"""Contested steps on real connections, all let go at one barrier."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connections

from engagements.actions import answers, call_offs, changes, offers, orders, submissions, timekeeping, visits
from engagements.actions.changes import Wanted
from engagements.actions.timekeeping import Worked
from engagements.models import Assignment, CallOff, EngagementLine, Offer, TimeEntry, WorkOrder
from engagements.values import OrderDraft, Piece, Recipient
from partnernet.core.errors import RuleBroken
from tests.engagements.conftest import MONDAY, asked, cover
from tests.factories.call_offs import MARCH_6, CallOffFactory, cover_order
from tests.factories.partners import people_of

pytestmark = pytest.mark.django_db(transaction=True)

FIRMS = 8


def at_once(acts):
    """Run each act in a thread with a connection of its own; return what each gave or was refused."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        barrier.wait()
        try:
            results[place] = act()
        except RuleBroken as refused:
            results[place] = refused
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_acceptances_exactly_one_wins(order, prime):
    subs = [people_of(f"Sub {number}", f"sub{number}.example") for number in range(FIRMS)]
    for sub in subs:
        cover(prime, sub)
    sent = offers.offer_work(order, [Recipient(sub.firm.pk) for sub in subs], by=prime.owner, now=MONDAY)

    def acceptance(offer, sub):
        return lambda: answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)

    results = at_once([acceptance(offer, sub) for offer, sub in zip(sent, subs, strict=True)])

    winners = [result for result in results if isinstance(result, WorkOrder)]
    losers = [result for result in results if isinstance(result, RuleBroken)]
    assert (len(winners), len(losers)) == (1, FIRMS - 1)
    assert {loser.status for loser in losers} == {409}
    assert sorted(Offer.objects.values_list("status", flat=True)) == ["accepted", *["filled"] * (FIRMS - 1)]
    assert Assignment.objects.count() == 1


def test_the_same_person_pressing_twice_binds_once(offer, sub):
    def act():
        return answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)

    results = at_once([act, act, act])

    assert sum(isinstance(result, WorkOrder) for result in results) == 1
    assert Assignment.objects.count() == 1


def test_accept_against_withdraw_has_one_outcome(offer, order, prime, sub):
    results = at_once([
        lambda: answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY),
        lambda: offers.withdraw(offer, by=prime.owner, now=MONDAY),
    ])  # fmt: skip

    assert sum(isinstance(result, RuleBroken) for result in results) == 1
    status = Offer.objects.get(pk=offer.pk).status
    assert (status, WorkOrder.objects.get(pk=order.pk).status) in [
        ("accepted", "assigned"),
        ("withdrawn", "offered"),
    ]


def test_units_are_never_placed_twice(job, line, prime):
    def act():
        draft = OrderDraft(asked=asked())
        return orders.split(job, [Piece(line.pk, 15)], by=prime.dispatcher, draft=draft, now=MONDAY)

    results = at_once([act] * 4)

    assert sum(isinstance(result, list) for result in results) == 2
    assert EngagementLine.objects.get(pk=line.pk).committed == 30


def test_two_who_decide_a_change_at_once_have_one_outcome(offer, prime, sub):
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    order = WorkOrder.objects.get(pk=offer.work_order_id)
    asked_for = changes.ask(order, Wanted("expense", "A cable", Decimal(50)), by=sub.owner, now=MONDAY)

    results = at_once([
        lambda: changes.agree(asked_for, by=prime.owner, now=MONDAY),
        lambda: changes.agree(asked_for, by=prime.dispatcher, now=MONDAY),
        lambda: changes.refuse(asked_for, by=prime.dispatcher, now=MONDAY),
        lambda: changes.withdraw(asked_for, by=sub.owner, now=MONDAY),
    ])  # fmt: skip

    assert sum(isinstance(result, RuleBroken) for result in results) == 3
    asked_for.refresh_from_db()
    order.refresh_from_db()
    assert order.not_to_exceed == (1400 if asked_for.status == "agreed" else 1350)


def test_a_call_off_is_answered_once_and_its_cap_holds_against_two_at_once(prime, sub):
    order = cover_order(prime.firm, sub.firm, technician=sub.technician)
    called = CallOffFactory(work_order=order, called_by=prime.owner, cap_hours=Decimal(1))
    visits.acknowledge_briefing(order, by=sub.owner, now=MARCH_6)

    answered = at_once([lambda: call_offs.acknowledge(called, by=sub.owner, now=MARCH_6)] * 3)
    assert sum(isinstance(each, CallOff) for each in answered) == 1
    after = MARCH_6 + timedelta(hours=2)
    time = Worked(40, call_off=called.pk)
    logged = at_once([lambda: timekeeping.log(order, time, by=sub.owner, now=after)] * 3)

    assert sum(isinstance(each, TimeEntry) for each in logged) == 1
    assert called.time_entries.all().minutes() == 40


def test_time_is_either_handed_in_or_struck_out(prime, sub):
    order = cover_order(prime.firm, sub.firm, technician=sub.technician)
    entry = timekeeping.log(order, Worked(40), by=sub.owner, now=MARCH_6)
    later = MARCH_6 + timedelta(hours=2)

    at_once([
        lambda: timekeeping.strike(entry, by=sub.owner, now=later),
        lambda: submissions.submit_part(order, by=sub.owner, client_asked_for_more=False, now=later),
    ])  # fmt: skip

    entry.refresh_from_db()
    assert (entry.struck_at is None) != (entry.submission_id is None)
    assert sum(each.hours for each in order.submissions.all()) == (
        Decimal("0.67") if entry.submission_id else 0
    )
