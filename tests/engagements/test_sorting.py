"""Work orders in the order that was asked for, page after page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Coalesce
from django.test import RequestFactory
from django.urls import reverse

from engagements.actions import orders
from engagements.models import WorkOrder
from engagements.pay import FIXED, PayTerms
from engagements.values import Asked, OrderDraft, Piece, Schedule
from engagements.views.orders import SOME_DAY, SORTS
from partnernet.core.pages import page_of
from tests.factories.engagements import EngagementFactory, EngagementLineFactory

pytestmark = pytest.mark.django_db
BEGIN = datetime(2031, 3, 3, 9)
# Days from the beginning, and pay. Two on one day, two of one pay.
WORK = [(5, 300), (1, 900), (3, 300), (1, 100), (9, 500)]


@pytest.fixture
def made(prime) -> list[WorkOrder]:
    job = EngagementFactory(firm=prime.firm)
    line = EngagementLineFactory(engagement=job, units=240)
    found = []
    for day, pay in WORK:
        start = BEGIN + timedelta(days=day)
        asked = Asked(
            PayTerms(FIXED, Decimal(pay)),
            Schedule("arrival_window", "America/New_York", start, start + timedelta(hours=2)),
        )
        found += orders.split(job, [Piece(line.pk, 1)], by=prime.owner, draft=OrderDraft(asked=asked))
    return found


def numbers(client, address: str) -> list[int]:
    page = client.get(address).content.decode()
    return [int(number) for number in re.findall(r">WO-(\d+) ", page)]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [4, 3, 2, 1, 0]),
        ("soonest", [1, 3, 2, 0, 4]),
        ("largest", [1, 4, 2, 0, 3]),
        ("no such", [4, 3, 2, 1, 0]),
    ],
)
def test_orders_come_as_asked_for(client, prime, made, sort, expected):
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    lists = reverse("work-orders", args=[prime.firm.pk])

    assert numbers(client, f"{lists}?sort={sort}") == [made[each].number for each in expected]


def test_pages_follow_each_other_where_days_and_sums_are_equal(client, prime, made):
    """One order a page: nobody is left out and nobody comes twice."""
    request = RequestFactory()
    for by in SORTS.values():
        found = WorkOrder.objects.visible_to(prime.firm.pk).annotate(
            due=Coalesce("starts_at", "ends_at", SOME_DAY)
        )
        seen, query = [], {}
        while True:
            page = page_of(found, request.get("/", query), by=by, size=1)
            seen += page.rows
            if not page.after:
                break
            query = {"after": page.after}
        assert seen == list(found.order_by(*by))


def test_soonest_leaves_out_what_has_ended(client, prime, made):
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    WorkOrder.objects.filter(pk=made[1].pk).update(status="cancelled")
    lists = reverse("work-orders", args=[prime.firm.pk])

    assert made[1].number not in numbers(client, f"{lists}?sort=soonest")
    assert numbers(client, f"{lists}?sort=soonest&status=cancelled") == [made[1].number]
