"""Changes of a running order: who may ask for what, what an answer does to the terms, and what nobody decided."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from contracts.models import CoverageOverride
from engagements.actions import (
    answers,
    changes,
    endings,
    offers,
    onsite,
    orders,
    reckoning,
    submissions,
    visit_sweeps,
    visits,
)
from engagements.actions.changes import Wanted
from engagements.actions.endings import Ending
from engagements.models import ChangeRequest, CoverageCheck, Visit, WorkOrder
from engagements.pay import FIXED, HOURLY, PayTerms
from engagements.values import OrderDraft, Piece, Recipient, Schedule
from engagements.workflow import CHANGE_REQUEST
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, NEW_YORK, asked, cover, wall

pytestmark = pytest.mark.django_db

ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")
THURSDAY_9 = MONDAY + timedelta(days=2, hours=23)
EXPENSE = Wanted("expense", "A replacement cable", Decimal(50))
BUDGET = Wanted("budget", "The cellar floods", Decimal(85))
BONUS = Wanted("bonus", "For coming at night", Decimal(100))
LATER = Wanted(
    "schedule",
    "The office is closed",
    schedule=Schedule("arrival_window", NEW_YORK, wall(9, 13), wall(9, 15)),
)
SCOPE = Wanted("scope", "Label the cables too")


@pytest.fixture
def taken(offer, sub) -> WorkOrder:
    """18 computers at $75, at most $1,350; the client pays $1,800."""
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.get(pk=offer.work_order_id)


def taken_on(terms, job, line, prime, sub) -> WorkOrder:
    """Take an order of four computers on other terms."""
    cover(prime, sub)
    draft = OrderDraft(asked=asked(pay=terms), routing="first_accept")
    order = orders.split(job, [Piece(line.pk, 4)], by=prime.owner, draft=draft, now=MONDAY)[0]
    offer = _offered(order, prime, sub)
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.get(pk=order.pk)


def _offered(order, prime, sub):
    return offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)[0]


def asked_for(order, wanted=EXPENSE, *, by) -> ChangeRequest:
    return changes.ask(order, wanted, by=by, now=MONDAY)


def agreed(order, wanted, *, by, other) -> WorkOrder:
    changes.agree(asked_for(order, wanted, by=by), by=other, now=MONDAY)
    return WorkOrder.objects.get(pk=order.pk)


def done(order, sub) -> None:
    """The technician comes, counts everything and leaves after four hours."""
    visit = order.visits.get()
    visits.acknowledge_briefing(order, by=sub.technician, now=THURSDAY_9)
    visits.check_in(visit, by=sub.technician, now=THURSDAY_9)
    left = sum(each.units - each.done for each in order.lines.all())
    onsite.count_units(order, by=sub.technician, units=left, now=THURSDAY_9)
    visits.finish(visit, by=sub.technician, now=THURSDAY_9 + timedelta(hours=4))


def hand_in(order, sub):
    return submissions.submit(order, by=sub.technician, client_asked_for_more=False, now=THURSDAY_9)


def everything() -> tuple:
    return (
        list(ChangeRequest.objects.order_by("pk").values_list("pk", "status", "decided_at")),
        list(
            WorkOrder.objects.order_by("pk").values_list(
                "pk", "version", "not_to_exceed", "starts_at", "scope"
            )
        ),
        Notification.objects.count(),
        CoverageCheck.objects.count(),
    )


STEPS = {
    "agree": lambda each, by: changes.agree(each, by=by, now=MONDAY),
    "refuse": lambda each, by: changes.refuse(each, by=by, now=MONDAY),
    "withdraw": lambda each, by: changes.withdraw(each, by=by, now=MONDAY),
}


@pytest.mark.parametrize(("status", "step"), list(product(ChangeRequest.Status.values, STEPS)))
@pytest.mark.parametrize("asker", ["prime", "sub"])
def test_every_cell_of_the_table(asker, status, step, taken, prime, sub, stranger):
    people = {"prime": prime, "sub": sub, "stranger": stranger}
    each = asked_for(taken, by=people[asker].owner)
    decided = {"asked": {}, "lapsed": {"decided_at": MONDAY}}
    both = {"decided_at": MONDAY, "decided_by": prime.owner}
    ChangeRequest.objects.filter(pk=each.pk).update(status=status, **decided.get(status, both))
    before = everything()
    sides = {asker: "asker", {"prime": "sub", "sub": "prime"}[asker]: "other", "stranger": ""}
    allowed = [
        (firm, role)
        for firm, role in product(people, ROLES)
        if any(row.name == step for row in CHANGE_REQUEST.open_steps(status, side=sides[firm], role=role))
    ]

    for firm, role in product(people, ROLES):
        if (firm, role) in allowed:
            continue
        with pytest.raises((IllegalStep, WrongSide, WrongRole)):
            STEPS[step](each, getattr(people[firm], role))
        assert everything() == before, (firm, role)

    assert {role for _, role in allowed} == (
        set()
        if status != "asked"
        else {"owner", "dispatcher"} | ({"technician"} if step == "withdraw" else set())
    )
    if allowed:
        STEPS[step](each, getattr(people[allowed[0][0]], allowed[0][1]))
        each.refresh_from_db()
        assert each.status == {"agree": "agreed", "refuse": "refused", "withdraw": "withdrawn"}[step]


@pytest.mark.parametrize(
    ("wanted", "side", "roles"),
    [
        (EXPENSE, "sub", {"owner", "dispatcher", "technician"}),
        (BUDGET, "sub", {"owner", "dispatcher", "technician"}),
        (BONUS, "sub", {"owner", "dispatcher"}),
        (LATER, "sub", {"owner", "dispatcher"}),
        (SCOPE, "sub", {"owner", "dispatcher"}),
        (BUDGET, "prime", {"owner", "dispatcher"}),
        (LATER, "stranger", set()),
    ],
)
def test_who_may_ask_for_what(wanted, side, roles, taken, prime, sub, stranger):
    people = {"prime": prime, "sub": sub, "stranger": stranger}[side]

    for role in ROLES:
        before = everything()
        if role in roles:
            assert asked_for(taken, wanted, by=getattr(people, role)).status == "asked"
            continue
        with pytest.raises((WrongRole, WrongSide)):
            asked_for(taken, wanted, by=getattr(people, role))
        assert everything() == before


@pytest.mark.parametrize("status", WorkOrder.Status.values)
def test_changes_are_asked_for_while_the_work_runs(status, taken, sub):
    held = "assigned" if status == "on_hold" else ""
    gone = {"sub": None} if status in {"draft", "offered"} else {}
    WorkOrder.objects.filter(pk=taken.pk).update(status=status, held_from=held, **gone)

    if status in {"assigned", "in_progress", "on_hold"}:
        assert asked_for(taken, by=sub.owner).status == "asked"
        return
    with pytest.raises((IllegalStep, WrongSide)):
        asked_for(taken, by=sub.owner)
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Wanted("expense", "A cable"), "amount"),
        (Wanted("bonus", "Thanks", Decimal(0)), "amount"),
        (Wanted("budget", " ", Decimal(5)), "text"),
        (Wanted("schedule", "Closed"), "starts"),
        (Wanted("schedule", "Closed", schedule=Schedule("arrival_window", NEW_YORK, wall(4, 9), wall(4, 11))), "starts"),
        (Wanted("expense", "A tower", Decimal("9999999999.99")), "amount"),
        (Wanted("gift", "A cake"), "kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_names_its_field(wanted, field, taken, sub):
    with pytest.raises(Invalid) as refused:
        asked_for(taken, wanted, by=sub.owner)

    assert field in refused.value.fields
    assert not ChangeRequest.objects.exists()


def test_asking_changes_nothing_and_tells_the_other_firm(taken, prime, sub):
    asked_for(taken, by=sub.technician)

    taken.refresh_from_db()
    assert taken.not_to_exceed == Decimal("1350.00")
    told = Notification.objects.filter(kind="change_asked")
    assert {news.firm for news in told} == {prime.firm.pk}
    assert "an expense of $50" in told[0].title


def test_an_agreed_expense_raises_the_most_and_the_pay(taken, prime, sub):
    order = agreed(taken, EXPENSE, by=sub.technician, other=prime.dispatcher)

    assert order.not_to_exceed == Decimal("1400.00")
    done(order, sub)
    handed_in = hand_in(order, sub)
    assert (handed_in.base, handed_in.expenses, handed_in.amount) == (1350, 50, 1400)


def test_an_expense_within_the_cap_of_the_terms_is_in_the_most_already(job, line, prime, sub):
    order = taken_on(PayTerms(FIXED, Decimal(300), expenses_cap=Decimal(60)), job, line, prime, sub)
    assert order.not_to_exceed == 360

    order = agreed(order, EXPENSE, by=sub.owner, other=prime.owner)
    assert (order.not_to_exceed, order.expenses_cap) == (360, 60)

    order = agreed(order, EXPENSE, by=sub.owner, other=prime.owner)
    assert (order.not_to_exceed, order.expenses_cap) == (400, 100)
    done(order, sub)
    assert hand_in(order, sub).amount == 400


@pytest.mark.parametrize(
    ("terms", "changed"),
    [
        (PayTerms(FIXED, Decimal(300)), {"amount": 385, "not_to_exceed": 385}),
        (
            PayTerms(HOURLY, Decimal(40), cap_hours=Decimal(4)),
            {"cap_hours": Decimal("6.13"), "not_to_exceed": 245},
        ),
    ],
)
def test_a_budget_raises_what_the_price_is_reckoned_from(terms, changed, job, line, prime, sub):
    order = taken_on(terms, job, line, prime, sub)

    order = agreed(order, BUDGET, by=sub.owner, other=prime.owner)

    assert {name: getattr(order, name) for name in changed} == changed


@pytest.mark.parametrize(("wanted", "pays"), [(BUDGET, 1435), (BONUS, 1450)])
def test_what_is_agreed_on_top_is_paid_on_top(wanted, pays, taken, prime, sub):
    order = agreed(taken, wanted, by=sub.owner, other=prime.owner)

    assert order.not_to_exceed == pays
    done(order, sub)
    assert hand_in(order, sub).amount == pays


def test_the_prime_may_offer_more_and_the_sub_agrees(taken, prime, sub):
    order = agreed(taken, BONUS, by=prime.dispatcher, other=sub.dispatcher)

    assert order.not_to_exceed == 1450
    assert Notification.objects.filter(kind="change_decided", firm=prime.firm.pk).exists()


@pytest.mark.parametrize("asker", ["prime", "sub"])
def test_below_the_floor_takes_an_owner_of_the_prime(asker, taken, prime, sub):
    much = Wanted("bonus", "It was hard", Decimal(300))  # 1,800 − 1,650 leaves 8.3 %

    if asker == "prime":
        with pytest.raises(RuleBroken, match="less than your floor"):
            asked_for(taken, much, by=prime.dispatcher)
        assert not ChangeRequest.objects.exists()
        assert asked_for(taken, much, by=prime.owner).status == "asked"
        return
    each = asked_for(taken, much, by=sub.owner)
    before = everything()
    with pytest.raises(RuleBroken, match="less than your floor"):
        changes.agree(each, by=prime.dispatcher, now=MONDAY)
    assert everything() == before
    assert changes.agree(each, by=prime.owner, now=MONDAY).not_to_exceed == 1650


def test_the_margin_is_known_before_the_answer(taken, sub):
    each = asked_for(taken, by=sub.owner)

    found = changes.margins_after(taken, [each])

    assert (found[each.pk].amount, found[each.pk].percent) == (400, Decimal("22.2"))


def test_an_agreed_time_moves_the_window_and_asks_the_technician_anew(taken, prime, sub):
    visits.confirm(taken.visits.get(), by=sub.technician, now=MONDAY)

    order = agreed(taken, LATER, by=sub.dispatcher, other=prime.dispatcher)

    assert (order.starts_local, order.starts_at.isoformat()) == (wall(9, 13), "2007-03-09T18:00:00+00:00")
    assert Visit.objects.get(work_order=order).status == "planned"
    assert CoverageCheck.objects.filter(work_order=order, occasion="schedule").count() == 1
    assert Notification.objects.filter(kind="visit_moved", user=sub.technician.user).count() == 1
    visit_sweeps.ask_to_confirm(now=order.starts_at - timedelta(hours=30))
    assert Notification.objects.filter(kind="visit_confirm").exists()


def test_another_time_needs_an_agreement_in_force(taken, prime, sub):
    each = asked_for(taken, LATER, by=sub.owner)
    CoverageOverride.objects.all().delete()
    before = everything()

    with pytest.raises(RuleBroken, match="no agreement in force"):
        changes.agree(each, by=prime.owner, now=MONDAY)

    assert everything() == before


def test_other_work_is_read_by_whoever_goes(taken, prime, sub):
    order = agreed(taken, SCOPE, by=prime.dispatcher, other=sub.dispatcher)

    assert order.scope.endswith("Agreed later: Label the cables too")
    assert order.not_to_exceed == 1350


def test_a_refusal_keeps_the_terms_and_keeps_its_words_from_the_technician(taken, prime, sub):
    each = asked_for(taken, by=sub.technician)

    changes.refuse(each, by=prime.dispatcher, reason="You get $1,350 for that.", now=MONDAY)

    taken.refresh_from_db()
    assert taken.not_to_exceed == 1350
    told = Notification.objects.filter(kind="change_decided")
    assert {news.user: news.context["reason"] for news in told} == {
        sub.owner.user: "You get $1,350 for that.",
        sub.dispatcher.user: "You get $1,350 for that.",
        sub.technician.user: "",
    }


def test_a_technician_takes_back_only_what_is_theirs(taken, sub):
    each = asked_for(taken, by=sub.owner)

    with pytest.raises(WrongRole, match="Somebody else asked"):
        changes.withdraw(each, by=sub.technician, now=MONDAY)

    each.refresh_from_db()
    assert each.status == "asked"


def test_money_agreed_to_while_the_work_waits_is_in_its_sum(taken, prime, sub):
    each, later = asked_for(taken, by=sub.owner), asked_for(taken, LATER, by=sub.owner)
    done(taken, sub)
    handed_in = hand_in(taken, sub)

    changes.agree(each, by=prime.owner, now=THURSDAY_9)
    with pytest.raises(IllegalStep, match="handed in"):
        changes.agree(later, by=prime.owner, now=MONDAY)

    handed_in.refresh_from_db()
    assert (handed_in.expenses, handed_in.amount) == (50, 1400)


def test_undecided_at_approval_means_the_terms_as_they_were(taken, prime, sub):
    each = asked_for(taken, by=sub.technician)
    done(taken, sub)
    handed_in = hand_in(taken, sub)

    submissions.approve(handed_in, by=prime.owner, now=THURSDAY_9)

    each.refresh_from_db()
    handed_in.refresh_from_db()
    assert (each.status, each.decided_at, handed_in.amount) == ("lapsed", THURSDAY_9, 1350)
    told = Notification.objects.filter(kind="change_lapsed")
    assert {news.user for news in told} == {sub.owner.user, sub.dispatcher.user, sub.technician.user}
    with pytest.raises(IllegalStep):
        changes.agree(each, by=prime.owner, now=THURSDAY_9)


def test_an_order_given_back_is_on_the_terms_that_were_accepted(taken, prime, sub):
    agreed(taken, EXPENSE, by=sub.owner, other=prime.owner)
    each = asked_for(taken, by=sub.owner)

    endings.back_out(taken, Ending("overbooked"), by=sub.owner, now=MONDAY)

    order = WorkOrder.objects.get(pk=taken.pk)
    each.refresh_from_db()
    assert (order.status, order.not_to_exceed, each.status) == ("draft", 1350, "lapsed")


def test_what_one_firm_was_promised_is_not_paid_to_the_next(taken, prime, sub, stranger):
    agreed(taken, EXPENSE, by=sub.owner, other=prime.owner)
    endings.back_out(taken, Ending("overbooked"), by=sub.owner, now=MONDAY)
    cover(prime, stranger)
    offer = _offered(WorkOrder.objects.get(pk=taken.pk), prime, stranger)
    answers.accept(offer, by=stranger.owner, revision=offer.revision_id, technician=stranger.technician.pk, now=MONDAY)  # fmt: skip
    order = WorkOrder.objects.get(pk=taken.pk)

    assert list(ChangeRequest.objects.of_deal(order)) == []
    assert reckoning.reckon(order, now=MONDAY)[0].expenses == 0
