"""What the client was promised and the other firm does not accept is said to the firm that promised it, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from engagements.models import Engagement, WorkOrder
from engagements.promises import not_mirrored
from tests.engagements.conftest import wall

pytestmark = pytest.mark.django_db
INSURANCE = "You promised the client insurance of $2,000,000; of them you demand only $1,000,000."


@pytest.fixture
def promised(order) -> WorkOrder:
    """The client was promised two million where one is demanded."""
    Engagement.objects.update(insurance_demanded=Decimal(2_000_000))
    WorkOrder.objects.update(insurance=["general"], insurance_limit=Decimal(1_000_000))
    return WorkOrder.objects.select_related("engagement").get()


def test_nothing_is_said_of_a_promise_that_is_mirrored(order):
    assert not_mirrored(order, order) == []


def test_a_date_after_the_promised_one_is_said(order):
    Engagement.objects.update(deadline_at=order.starts_at, deadline_local=wall(8, 9))
    found = WorkOrder.objects.select_related("engagement").get()

    assert not_mirrored(found, found) == [
        "You promised the client 8 March, 9 am; they may finish as late as 8 March, 11 am."
    ]


@pytest.mark.parametrize(
    ("kinds", "limit", "said"),
    [
        (["general"], 1_000_000, [INSURANCE]),
        (["general"], 2_000_000, []),
        ([], None, ["You promised the client insurance of $2,000,000; of them you demand none."]),
    ],
)
def test_less_insurance_than_promised_is_said(promised, kinds, limit, said):
    promised.insurance, promised.insurance_limit = kinds, limit and Decimal(limit)

    assert not_mirrored(promised, promised) == said


@pytest.mark.parametrize(
    ("job_says", "client_says", "theirs", "said"),
    [
        (None, 15, 30, ["You promised the client an answer within 15 min; they answer within 30 min."]),
        (60, 15, 30, []),
        (None, None, 30, []),
        (None, 30, 30, []),
        (10, None, None, []),
    ],
)
def test_an_answer_that_comes_later_than_promised_is_said(job_says, client_says, theirs, said, order):
    """Only cover has an answer to compare; what the job says goes before what is kept with the client."""
    order.engagement.response_minutes, order.client.response_minutes = job_says, client_says
    order.response_minutes = theirs

    assert not_mirrored(order, order) == said


@pytest.mark.parametrize(
    ("hours_before", "promised", "said"),
    [
        (
            2,
            180,
            ["You promised the client somebody on site within 3 h; they may come as late as 8 March, 11 am."],
        ),
        (2, 240, []),
        (
            23,
            240,
            ["You promised the client somebody on site within 4 h; they may come as late as 8 March, 11 am."],
        ),
        (24, 240, []),  # planned work answers no call
        (2, None, []),
    ],
)
def test_an_arrival_later_than_promised_is_said_of_work_that_answers_a_call(
    hours_before, promised, said, order
):
    order.client.arrival_minutes = promised
    order.created_at = order.starts_at - timedelta(hours=hours_before)

    assert not_mirrored(order, order) == said


def test_it_is_said_before_sending_and_on_the_order(client, promised, prime):
    client.force_login(prime.dispatcher.user)
    sent = client.get(reverse("work-order-offer", args=[prime.firm.pk, promised.pk])).content.decode()
    page = client.get(reverse("work-order", args=[prime.firm.pk, promised.pk])).content.decode()

    assert INSURANCE in sent
    assert INSURANCE in page


def test_the_other_firm_does_not_read_what_the_client_was_promised(client, offer, prime, sub):
    Engagement.objects.update(insurance_demanded=Decimal(2_000_000))
    giver, taker = APIClient(), APIClient()
    giver.force_authenticate(prime.owner.user)
    taker.force_authenticate(sub.owner.user)
    path = reverse("api-offer-detail", args=[offer.pk])
    client.force_login(sub.owner.user)

    assert "insurance of $2,000,000" in giver.get(path).json()["warnings"][0]
    assert taker.get(path).json()["warnings"] == []
    assert "2,000,000" not in client.get(reverse("offer", args=[sub.firm.pk, offer.pk])).content.decode()
