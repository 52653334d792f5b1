"""Offers leave, are answered, and bind."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.models import CoverageOverride
from engagements.actions import answers, counters, endings, offers, orders, sweeps
from engagements.actions.endings import Ending
from engagements.models import Assignment, CoverageCheck, MarginApproval, Offer, WorkOrder, WorkOrderLine
from engagements.pay import FIXED, PayTerms
from engagements.values import NewTerms, OrderDraft, Piece, Recipient, Schedule
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import asked, cover, wall
from tests.factories.clients import ClientFactory, SiteFactory
from tests.factories.engagements import EngagementLineFactory

pytestmark = pytest.mark.django_db


def state(order: WorkOrder) -> tuple:
    """Everything that a refusal must not move."""
    order = WorkOrder.objects.get(pk=order.pk)
    return (
        order.status,
        order.version,
        order.events.count(),
        sorted(Offer.objects.filter(work_order=order).values_list("pk", "status", "revision", "counter")),
        sum(offer.events.count() for offer in Offer.objects.filter(work_order=order)),
        Notification.objects.count(),
        Assignment.objects.count(),
        CoverageCheck.objects.count(),
    )


def told() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("kind", "user__email"))


def test_an_offer_leaves_with_its_terms_and_a_time_to_answer(order, prime, sub, now):
    cover(prime, sub)

    (offer,) = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=now)

    offer.refresh_from_db()
    order.refresh_from_db()
    assert (order.status, offer.status) == ("offered", "sent")
    assert offer.respond_by == datetime(2007, 3, 6, 22, tzinfo=UTC)  # Tuesday 17:00 in New York
    assert offer.revision.not_to_exceed == Decimal("1350.00")
    assert offer.coverage_checks.get().status == "overridden"
    assert told() == [("offer_sent", "dispatcher@bluemesa.example"), ("offer_sent", "owner@bluemesa.example")]
    assert (
        Notification.objects.first().title == "$1,350: 18 computers, Hicksville, 8 March. Answer by Tue 5 pm"
    )


def test_an_offer_says_nothing_of_the_client_or_the_price(offer):
    for news in Notification.objects.filter(kind="offer_sent"):
        said = str(news.context) + news.title
        assert "Garden City Dental" not in said
        assert "1,800" not in said


def test_no_offer_leaves_without_coverage(order, prime, sub, now):
    before = state(order)

    with pytest.raises(RuleBroken, match="no agreement in force") as refused:
        offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=now)

    assert refused.value.code == "not_covered"
    assert state(order) == before


def test_below_the_floor_takes_an_owner(order, prime, sub, now):
    cover(prime, sub)
    offers.change_terms(order, asked("95"), by=prime.dispatcher, now=now)
    before = state(order)

    with pytest.raises(RuleBroken, match=r"You would keep 5\.0 %, which is below your floor") as refused:
        offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=now)

    assert refused.value.code == "below_floor"
    assert state(order) == before
    (offer,) = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=now)
    approval = MarginApproval.objects.get()
    assert (approval.revision, approval.approved_by, approval.percent) == (
        offer.revision,
        prime.owner,
        Decimal("5.0"),
    )


def test_an_unmet_requirement_needs_a_reason(order, prime, sub, now):
    cover(prime, sub)
    WorkOrder.objects.filter(pk=order.pk).update(max_miles=1)
    WorkOrder.objects.filter(pk=order.pk).update(site=order.site)
    order.site.postcode = "11530"
    order.site.save(update_fields=["postcode"])
    before = state(order)

    with pytest.raises(RuleBroken, match="miles away, more than 1"):
        offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=now)

    assert state(order) == before
    offers.offer_work(order, [Recipient(sub.firm.pk, "They know the place.")], by=prime.dispatcher, now=now)
    assert Offer.objects.get().waiver_reason == "They know the place."


def test_acceptance_binds_both(offer, order, prime, sub, now):
    Notification.objects.all().delete()

    answers.accept(
        offer, by=sub.dispatcher, revision=offer.revision_id, technician=sub.technician.pk, now=now
    )

    order.refresh_from_db()
    offer.refresh_from_db()
    assignment = Assignment.objects.get()
    assert (order.status, order.sub, order.accepted_revision_id) == ("assigned", sub.firm, offer.revision_id)
    assert (order.client_price, order.not_to_exceed, order.assigned_at) == (
        Decimal(1800),
        Decimal("1350.00"),
        now,
    )
    assert (offer.status, offer.ended_at) == ("accepted", now)
    assert (assignment.firm, assignment.technician) == (sub.firm, sub.technician)
    assert [event.step for event in order.events.order_by("occurred_at", "pk")] == [
        "create",
        "send_offers",
        "assign",
    ]
    assert told() == [
        ("offer_accepted", "dispatcher@halcyon.example"),
        ("offer_accepted", "owner@halcyon.example"),
        ("order_assigned", "dispatcher@bluemesa.example"),
        ("order_assigned", "owner@bluemesa.example"),
    ]


def test_acceptance_freezes_the_revenue_we_could_not_have_delivered(offer, order, sub, now):
    # 40 units of 45 minutes are 30 hours; the crew has 40 until Saturday, so nothing was at risk.
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=now)

    order.refresh_from_db()
    assert order.added_revenue == Decimal("0.00")


def test_added_revenue_counts_units_that_would_have_missed_the_date(offer, order, sub, line):
    thursday = datetime(2007, 3, 6, 15, tzinfo=UTC)
    line.engagement.crew.update(hours=[[4, 540, 990]])  # Friday 9:00 to 16:30: 10 of 40 units

    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=thursday)

    order.refresh_from_db()
    assert order.added_revenue == Decimal("1800.00")


def test_one_wins_and_the_others_are_filled(order, prime, sub, stranger, now):
    cover(prime, sub)
    cover(prime, stranger)
    first, second = offers.offer_work(
        order, [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)], by=prime.dispatcher, now=now
    )

    answers.accept(second, by=stranger.owner, revision=second.revision_id, now=now)

    assert Offer.objects.get(pk=first.pk).status == "filled"
    before = state(order)
    with pytest.raises(IllegalStep, match="The offer is filled"):
        answers.accept(first, by=sub.owner, revision=first.revision_id, now=now)
    assert state(order) == before
    assert ("offer_filled", "owner@bluemesa.example") in told()


def test_acceptance_of_terms_that_changed_is_stale(offer, order, prime, sub, now):
    seen = offer.revision_id
    offers.revise(offer, NewTerms(asked("80")), by=prime.dispatcher, now=now)
    before = state(order)

    with pytest.raises(Stale):
        answers.accept(offer, by=sub.owner, revision=seen, now=now)

    assert state(order) == before


def test_acceptance_after_its_time_is_refused(offer, order, sub):
    before = state(order)

    with pytest.raises(RuleBroken, match="time to answer has passed"):
        answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=offer.respond_by)

    assert state(order) == before


def test_acceptance_is_judged_again_for_coverage(offer, order, sub, now):

    CoverageOverride.objects.all().delete()
    before = state(order)

    with pytest.raises(RuleBroken, match="no agreement in force"):
        answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=now)

    assert state(order) == before


def test_a_technician_of_another_firm_cannot_be_named(offer, order, prime, sub, now):
    before = state(order)

    with pytest.raises(Invalid, match="somebody of your firm"):
        answers.accept(
            offer, by=sub.owner, revision=offer.revision_id, technician=prime.technician.pk, now=now
        )

    assert state(order) == before


def test_a_counter_offer_with_fewer_units_splits_the_order(offer, order, prime, sub, line, now):
    counters.counter(offer, NewTerms(asked("80"), 12, "Twelve is what we can do."), by=sub.owner, now=now)
    offer.refresh_from_db()
    assert offer.counter.changes["units"] == ["18", "12"]
    assert offer.counter.not_to_exceed == Decimal("960.00")

    counters.accept_counter(offer, by=prime.dispatcher, revision=offer.counter_id, now=now)

    order.refresh_from_db()
    line.refresh_from_db()
    rest = WorkOrder.objects.exclude(pk=order.pk).get()
    assert (order.status, order.not_to_exceed, order.client_price) == (
        "assigned",
        Decimal("960.00"),
        Decimal(1200),
    )
    assert (rest.status, rest.not_to_exceed) == ("draft", Decimal("450.00"))
    assert [each.units for each in WorkOrderLine.objects.order_by("pk")] == [12, 6]
    assert line.committed == 18


def test_a_counter_offer_below_the_floor_takes_an_owner(offer, order, prime, sub, now):
    counters.counter(offer, NewTerms(asked("95"), 18), by=sub.owner, now=now)
    offer.refresh_from_db()
    before = state(order)

    with pytest.raises(RuleBroken, match="below your floor"):
        counters.accept_counter(offer, by=prime.dispatcher, revision=offer.counter_id, now=now)

    assert state(order) == before
    counters.accept_counter(offer, by=prime.owner, revision=offer.counter_id, now=now)
    assert WorkOrder.objects.get(pk=order.pk).status == "assigned"


def test_a_counter_offer_that_changed_is_stale(offer, order, prime, sub, now):
    counters.counter(offer, NewTerms(asked("80"), 18), by=sub.owner, now=now)
    seen = Offer.objects.get(pk=offer.pk).counter_id
    counters.withdraw_counter(offer, by=sub.owner, now=now)
    counters.counter(offer, NewTerms(asked("85"), 18), by=sub.owner, now=now)
    before = state(order)

    with pytest.raises(Stale):
        counters.accept_counter(offer, by=prime.dispatcher, revision=seen, now=now)

    assert state(order) == before


def test_a_refused_counter_offer_leaves_the_offer_as_it_was(offer, prime, sub, now):
    revision = offer.revision_id
    counters.counter(offer, NewTerms(asked("80"), 18), by=sub.owner, now=now)

    counters.refuse_counter(offer, by=prime.dispatcher, now=now)

    offer.refresh_from_db()
    assert (offer.status, offer.revision_id, offer.counter) == ("sent", revision, None)


def test_a_counter_offer_lapses_and_the_offer_expires_with_its_time(offer, sub, now):
    counters.counter(offer, NewTerms(asked("80"), 18), by=sub.owner, now=now)

    sweeps.sweep_offers(now=now + timedelta(days=2))

    offer.refresh_from_db()
    assert (offer.status, offer.counter) == ("expired", None)


def test_an_offer_expires_at_its_time_and_not_before(offer, now):
    assert sweeps.sweep_offers(now=offer.respond_by - timedelta(milliseconds=1)) == 0
    assert sweeps.sweep_offers(now=offer.respond_by) >= 1

    offer.refresh_from_db()
    assert offer.status == "expired"
    assert sweeps.sweep_offers(now=offer.respond_by) == 0


def test_one_firm_after_the_other(order, prime, sub, stranger, now):
    WorkOrder.objects.filter(pk=order.pk).update(routing="one_by_one")
    cover(prime, sub)
    cover(prime, stranger)
    first, second = offers.offer_work(
        order, [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)], by=prime.dispatcher, now=now
    )

    assert (first.status, Offer.objects.get(pk=second.pk).status) == ("sent", "draft")
    sweeps.sweep_offers(now=now + timedelta(hours=4) - timedelta(seconds=1))
    assert Offer.objects.get(pk=second.pk).status == "draft"
    sweeps.sweep_offers(now=now + timedelta(hours=4))
    assert Offer.objects.get(pk=second.pk).status == "sent"
    assert Offer.objects.get(pk=first.pk).status == "sent"


def test_a_no_lets_the_next_firm_be_asked_at_once(order, prime, sub, stranger, now):
    WorkOrder.objects.filter(pk=order.pk).update(routing="one_by_one")
    cover(prime, sub)
    cover(prime, stranger)
    first, second = offers.offer_work(
        order, [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)], by=prime.dispatcher, now=now
    )

    answers.decline(first, by=sub.owner, now=now)
    sweeps.sweep_offers(now=now)

    assert Offer.objects.get(pk=second.pk).status == "sent"


def test_a_firm_that_cannot_be_asked_is_passed_over(order, prime, sub, stranger, now):
    WorkOrder.objects.filter(pk=order.pk).update(routing="one_by_one")
    cover(prime, sub)
    first, second = offers.offer_work(
        order, [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)], by=prime.dispatcher, now=now
    )

    answers.decline(first, by=sub.owner, now=now)
    sweeps.sweep_offers(now=now)

    assert not Offer.objects.filter(pk=second.pk).exists()
    assert order.events.get(step="pass_over").changes == {"firm": "Cold Harbor Systems"}


def test_a_no_can_be_taken_back(offer, sub, now):
    answers.decline(offer, by=sub.owner, reason="We are full.", now=now)
    answers.reopen(offer, by=sub.owner, now=now)

    offer.refresh_from_db()
    assert (offer.status, offer.ended_at) == ("sent", None)


def test_sending_can_be_undone_for_ten_seconds(offer, order, prime, now):
    offers.undo(offer, by=prime.dispatcher, now=now + timedelta(seconds=10))

    order.refresh_from_db()
    assert (order.status, Notification.objects.count(), Offer.objects.count()) == ("draft", 0, 0)


def test_sending_cannot_be_undone_later(offer, order, prime, now):
    before = state(order)

    with pytest.raises(RuleBroken, match="has left already"):
        offers.undo(offer, by=prime.dispatcher, now=now + timedelta(seconds=11))

    assert state(order) == before


def test_recall_withdraws_every_offer_and_opens_a_round(offer, order, prime, sub, now):
    orders.recall(order, by=prime.dispatcher, now=now)

    order.refresh_from_db()
    offer.refresh_from_db()
    assert (order.status, order.round, offer.status) == ("draft", 2, "withdrawn")
    assert offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=now)[0].round == 2


def test_cancelling_gives_the_units_back(offer, order, prime, sub, line, now):
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=now)
    line.refresh_from_db()
    assert line.committed == 18

    endings.cancel(order, Ending("client_cancelled", "They moved out."), by=prime.dispatcher, now=now)

    line.refresh_from_db()
    assert line.committed == 0
    assert ("order_cancelled", "owner@bluemesa.example") in told()


def test_nobody_accepts_for_the_other_side(offer, order, prime, sub, stranger, now):
    before = state(order)

    for member, refusal in [
        (prime.owner, WrongSide),
        (stranger.owner, WrongSide),
        (sub.technician, WrongRole),
    ]:
        with pytest.raises(refusal):
            answers.accept(offer, by=member, revision=offer.revision_id, now=now)

    assert state(order) == before


def test_a_revision_must_be_one_of_this_offer(offer, sub, now):
    with pytest.raises(Stale):
        answers.accept(offer, by=sub.owner, revision=uuid4(), now=now)


def test_a_fixed_price_for_two_clients_is_refused(job, line, prime, now):

    other = EngagementLineFactory(engagement=job, site=SiteFactory(client=ClientFactory(firm=job.firm)))
    draft = OrderDraft(asked=asked(pay=PayTerms(FIXED, Decimal(500))))

    with pytest.raises(Invalid, match="one client at a time"):
        orders.split(job, [Piece(line.pk, 1), Piece(other.pk, 1)], by=prime.dispatcher, draft=draft, now=now)

    assert WorkOrder.objects.count() == 0


def test_units_over_the_rest_are_refused(job, line, order, prime, now):
    with pytest.raises(Invalid, match="Only 22 computers are left"):
        orders.split(job, [Piece(line.pk, 23)], by=prime.dispatcher, draft=OrderDraft(asked=asked()), now=now)

    assert WorkOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"starts": wall(8, 9), "ends": wall(8, 9, 44)}, "ends"),
        ({"starts": wall(11, 2, 30), "ends": wall(11, 4)}, "starts"),
        ({"starts": wall(8, 9), "ends": wall(8, 11), "timezone": "Mars/Olympus"}, "timezone"),
        ({"starts": wall(8, 9)}, "ends"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_beside_its_field(job, line, prime, now, schedule, field):

    values = {"kind": "arrival_window", "timezone": "America/New_York"} | schedule
    draft = OrderDraft(asked=asked(schedule=Schedule(**values)))

    with pytest.raises(RuleBroken) as refused:
        orders.split(job, [Piece(line.pk, 1)], by=prime.dispatcher, draft=draft, now=now)

    assert list(refused.value.fields) == [field]
    assert WorkOrder.objects.count() == 0
