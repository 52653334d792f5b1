"""Bulk rows obey every constraint and trigger, and the actions can go on from them."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Sum

from billing.models import Invoice
from engagements.actions import answers
from engagements.models import EngagementLine, Offer, WorkOrder
from partnernet.core.models import Delivery
from partners.models import Firm, FirmScore, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(capsys) -> dict[str, dict[str, int]]:
    call_command("seed_scale", "--firms", "4", "--work-orders", "160", "--json")
    return json.loads(capsys.readouterr().out)


def test_orders_of_every_state_with_all_that_belongs_to_them(seeded, capsys):
    statuses = set(WorkOrder.objects.values_list("status", flat=True))

    assert statuses == set(WorkOrder.Status.values) - {"on_hold"}
    assert seeded["made"]["orders"] == WorkOrder.objects.count() == 160
    assert set(Invoice.objects.values_list("status", flat=True)) == {"approved", "paid"}
    assert Firm.objects.filter(verified_at=None).count() == 0
    assert FirmScore.objects.filter(events__gt=0).exists()
    assert not Delivery.objects.filter(sent_at=None).exists()
    call_command("check_events", "--json")
    assert json.loads(capsys.readouterr().out)["broken"] == 0


def test_the_database_has_counted_what_is_on_orders(seeded):
    on_orders = EngagementLine.objects.filter(order_lines__work_order__status="cancelled").aggregate(
        sum=Sum("committed")
    )["sum"]

    assert on_orders == 0
    assert (
        not EngagementLine.objects.exclude(order_lines__work_order__status="cancelled")
        .exclude(committed=F("units"))
        .exists()
    )


def test_a_seeded_offer_is_accepted_like_any_other(seeded):
    offer = Offer.objects.filter(status="sent", position=1).first()
    by = Member.objects.get(firm=offer.firm_id, role="owner")

    order = answers.accept(offer, by=by, revision=offer.revision_id)

    assert (order.status, order.sub_id) == ("assigned", by.firm_id)


def test_a_second_run_adds_to_the_first(seeded):
    call_command("seed_scale", "--firms", "4", "--work-orders", "40", "--json")

    assert WorkOrder.objects.count() == 200


@pytest.mark.parametrize("firms", ["2", "5"])
def test_firms_come_in_pairs(firms):
    with pytest.raises(CommandError, match="Firms come in pairs"):
        call_command("seed_scale", "--firms", firms, "--work-orders", "10")
