"""Changes on pages and in the API: one card with what is open, and nothing a technician should not read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from engagements.actions import answers, changes, endings, offers
from engagements.actions.changes import Wanted
from engagements.actions.endings import Ending
from engagements.models import ChangeRequest, WorkOrder
from engagements.values import Recipient
from tests.engagements.conftest import MONDAY, cover

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(offer, sub) -> WorkOrder:
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.get(pk=offer.work_order_id)


def asked_for(order, kind, amount, *, by) -> ChangeRequest:
    return changes.ask(order, Wanted(kind, f"For {amount} reasons", Decimal(amount)), by=by, now=MONDAY)


def get(client, member, name, *args) -> str:
    client.force_login(member.user)
    return client.get(reverse(name, args=[member.firm_id, *args])).content.decode()


def post(client, member, name, *args, **typed):
    client.force_login(member.user)
    return client.post(reverse(name, args=[member.firm_id, *args]), typed)


def api(member) -> APIClient:
    client = APIClient()
    client.force_authenticate(member.user)
    return client


def test_a_technician_asks_and_the_prime_reads_what_it_would_keep(client, taken, prime, sub):
    visit = taken.visits.get()
    answer = post(client, sub.technician, "visit-ask", visit.pk, "expense", amount="50", text="A new cable")
    assert answer.url == reverse("visit", args=[sub.firm.pk, visit.pk])

    page = get(client, prime.dispatcher, "work-order", taken.pk)
    assert "An expense of $50" in page
    assert "With it you keep $400 (22 %)." in page
    assert "What is still open when the work is approved lapses" in page
    asked = ChangeRequest.objects.get()
    post(client, prime.dispatcher, "change-agree", taken.pk, asked.pk)

    asked.refresh_from_db()
    taken.refresh_from_db()
    assert (asked.status, taken.not_to_exceed) == ("agreed", 1400)


def test_what_is_refused_is_shown_again_as_typed(client, taken, sub):
    answer = post(client, sub.owner, "change-ask", taken.pk, "bonus", amount="0", text="It was hard")

    assert answer.context["form"].errors == {"amount": ["Say how much."]}
    assert "It was hard" in answer.content.decode()
    assert not ChangeRequest.objects.exists()


def test_the_sub_reads_no_margin(client, taken, sub):
    asked_for(taken, "expense", 50, by=sub.owner)

    assert "you keep" not in get(client, sub.owner, "work-order", taken.pk)


def test_a_technician_reads_only_the_amounts_they_typed(client, taken, sub):
    asked_for(taken, "expense", 50, by=sub.technician)
    asked_for(taken, "bonus", 77, by=sub.owner)

    page = get(client, sub.technician, "visit", taken.visits.get().pk)
    listed = api(sub.technician).get(reverse("api-work-order-change-requests", args=[taken.pk])).json()

    assert "$50" in page
    assert "$77" not in page
    assert [each["amount"]["amount"] for each in listed] == ["50.00"]


def test_a_visit_is_no_place_for_a_bonus(client, taken, sub):
    visit = taken.visits.get()

    assert post(client, sub.owner, "visit-ask", visit.pk, "bonus", amount="5", text="x").status_code == 404
    refused = api(sub.technician).post(
        reverse("api-work-order-change-requests", args=[taken.pk]),
        {"kind": "bonus", "text": "x", "amount": "5"},
        format="json",
    )
    assert refused.status_code == 403
    assert not ChangeRequest.objects.exists()


def test_the_api_asks_and_agrees(taken, prime, sub):
    asked = api(sub.owner).post(
        reverse("api-work-order-change-requests", args=[taken.pk]),
        {"kind": "expense", "text": "A cable", "amount": "50.00"},
        format="json",
    )
    assert asked.status_code == 201

    path = reverse("api-work-order-agree-to-change", args=[taken.pk, asked.json()["id"]])
    assert api(prime.owner).post(path).json()["status"] == "agreed"
    assert api(prime.owner).post(path).status_code == 409


def test_more_requests_ask_no_more_of_the_database(client, taken, prime, sub):
    counted = []
    for rows in (1, 18):
        for number in range(rows):
            asked_for(taken, "expense", number + 1, by=sub.owner)
        client.force_login(prime.owner.user)
        with CaptureQueriesContext(connection) as page:
            assert client.get(reverse("work-order", args=[prime.firm.pk, taken.pk])).status_code == 200
        with CaptureQueriesContext(connection) as listed:
            assert client.get(reverse("api-work-order-change-requests", args=[taken.pk])).status_code == 200
        counted.append((len(page), len(listed)))

    assert counted[0] == counted[1]


def test_the_next_firm_reads_nothing_of_what_the_first_asked_for(client, taken, prime, sub, stranger):
    asked_for(taken, "expense", 50, by=sub.owner)
    endings.back_out(taken, Ending("overbooked"), by=sub.owner, now=MONDAY)
    cover(prime, stranger)
    later = MONDAY + timedelta(hours=1)
    to = [Recipient(stranger.firm.pk)]
    second = offers.offer_work(WorkOrder.objects.get(pk=taken.pk), to, by=prime.owner, now=later)[0]
    answers.accept(second, by=stranger.owner, revision=second.revision_id, now=later)

    page = get(client, stranger.owner, "work-order", taken.pk)
    listed = api(stranger.owner).get(reverse("api-work-order-events", args=[taken.pk])).json()

    assert "For 50 reasons" not in page
    assert {each["step"] for each in listed} == {"assign"}
