"""What the database itself holds true."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from engagements.models import Assignment, EngagementLine, Offer, OfferRevision, WorkOrder, WorkOrderLine
from tests.factories.engagements import (
    AssignmentFactory,
    EngagementLineFactory,
    OfferFactory,
    WorkOrderFactory,
    WorkOrderLineFactory,
)

pytestmark = pytest.mark.django_db


def refused(name: str):
    return pytest.raises(IntegrityError, match=name)


def test_units_over_the_rest_of_a_line(line, order):
    with refused("engagement_line_units_not_exceeded"), transaction.atomic():
        WorkOrderLineFactory(work_order=WorkOrderFactory(engagement=line.engagement), line=line, units=23)

    line.refresh_from_db()
    assert line.committed == 18


def test_our_own_units_count_against_the_same_rest(line, order):
    with refused("engagement_line_units_not_exceeded"), transaction.atomic():
        EngagementLine.objects.filter(pk=line.pk).update(own_done=23)


def test_committed_follows_the_orders(line, order):
    row = WorkOrderLine.objects.get(work_order=order)

    def committed() -> int:
        return EngagementLine.objects.get(pk=line.pk).committed

    WorkOrderLine.objects.filter(pk=row.pk).update(units=20)
    assert committed() == 20
    WorkOrder.objects.filter(pk=order.pk).update(status="cancelled")
    assert committed() == 0
    WorkOrderLine.objects.filter(pk=row.pk).update(units=5)
    assert committed() == 0
    WorkOrder.objects.filter(pk=order.pk).update(status="draft")
    assert committed() == 5
    other = EngagementLineFactory(engagement=line.engagement, site=line.site)
    WorkOrderLine.objects.filter(pk=row.pk).update(line=other)
    assert (committed(), EngagementLine.objects.get(pk=other.pk).committed) == (0, 5)
    WorkOrderLine.objects.filter(pk=row.pk).delete()
    assert EngagementLine.objects.get(pk=other.pk).committed == 0


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"not_to_exceed": 0}, "work_order_not_to_exceed_given"),
        ({"trip_charge": -1}, "work_order_amounts_not_negative"),
        ({"ends_at": datetime(2007, 3, 8, 14, 44, tzinfo=UTC)}, "work_order_schedule_fits_its_kind"),
        ({"starts_at": None}, "work_order_schedule_fits_its_kind"),
        ({"status": "assigned"}, "work_order_sub_once_assigned"),
        ({"status": "lost"}, "work_order_status_known"),
        ({"cancellation_fee": -1}, "work_order_fee_not_negative"),
    ],
)
def test_an_order_that_cannot_be(order, columns, name):
    with refused(name), transaction.atomic():
        WorkOrder.objects.filter(pk=order.pk).update(**columns)


def test_a_firm_does_not_work_for_itself(order):
    with refused("work_order_between_two_firms"), transaction.atomic():
        WorkOrder.objects.filter(pk=order.pk).update(sub=order.prime, status="assigned")


def test_two_acceptances_of_one_round(offer, stranger):
    other = OfferFactory(work_order=offer.work_order, firm=stranger.firm)
    OfferRevision.objects.filter(offer=offer).update(number=1)
    Offer.objects.filter(pk=offer.pk).update(status="accepted")

    with refused("offer_accepted_once"), transaction.atomic():
        Offer.objects.filter(pk=other.pk).update(
            status="accepted", sent_at=offer.sent_at, respond_by=offer.respond_by, revision=offer.revision
        )


def test_two_open_assignments_of_one_order(order, sub, stranger):
    AssignmentFactory(work_order=order, offer=OfferFactory(work_order=order, firm=sub.firm))

    with refused("assignment_one_open_per_order"), transaction.atomic():
        AssignmentFactory(work_order=order, offer=OfferFactory(work_order=order, firm=stranger.firm))

    assert Assignment.objects.count() == 1


def test_an_offer_that_left_has_a_time_to_answer(offer):
    with refused("offer_sent_with_a_time_to_answer"), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(respond_by=None)
