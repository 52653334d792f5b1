"""What Ctrl-K finds, and what it keeps from whom."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from partners.models import Member
from tests.factories.billing import InvoiceFactory
from tests.factories.clients import ClientFactory
from tests.factories.engagements import EngagementFactory, WorkOrderFactory
from tests.factories.partners import People

pytestmark = pytest.mark.django_db


def hits(member: Member, sought: str) -> list[str]:
    """Return the addresses that a search offers, in their order."""
    browser = Browser()
    browser.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(reverse("find", args=[member.firm_id]), {"q": sought})
    assert page.status_code == 200
    return [part.split('"')[0] for part in page.content.decode().split('class="hit" href="')[1:]]


@pytest.fixture
def order(prime: People, sub: People):
    client = ClientFactory(firm=prime.firm, name="Garden City Dental")
    job = EngagementFactory(firm=prime.firm, number=87, title="Daylight saving time fix")
    return WorkOrderFactory(
        engagement=job,
        prime=prime.firm,
        client=client,
        number=1042,
        title="18 computers: fix",
        sub=sub.firm,
        status="assigned",
    )


@pytest.mark.parametrize("sought", ["1042", "wo-1042", "WO 1042", " 01042 "])
def test_a_number_leads_straight_to_the_work_order_on_both_sides(order, prime, sub, sought):
    for member in (prime.dispatcher, sub.dispatcher):
        assert hits(member, sought) == [reverse("work-order", args=[member.firm_id, order.pk])]


def test_words_find_jobs_orders_clients_and_firms(order, prime, sub):
    owner = prime.owner

    assert reverse("job", args=[owner.firm_id, order.engagement_id]) in hits(owner, "daylight")
    assert reverse("client", args=[owner.firm_id, order.client_id]) in hits(owner, "garden dental")
    assert reverse("firm", args=[owner.firm_id, sub.firm.pk]) in hits(owner, sub.firm.name.lower())


def test_a_job_is_named_by_its_own_number(order, prime):
    assert hits(prime.owner, "ENG-87") == [reverse("job", args=[prime.firm.pk, order.engagement_id])]


def test_an_invoice_is_found_by_finance_and_not_by_dispatchers(prime, sub):
    invoice = InvoiceFactory(prime=prime.firm, sub=sub.firm, number=31)

    assert hits(prime.finance, "INV-0031") == [reverse("invoice", args=[prime.firm.pk, invoice.pk])]
    assert hits(prime.dispatcher, "INV-0031") == []


def test_nobody_finds_what_is_not_theirs(order, sub, stranger):
    assert hits(stranger.owner, "1042") == []
    assert hits(stranger.owner, "dental") == []
    assert hits(sub.owner, "dental") == []
    assert hits(sub.technician, "1042") == []


@pytest.mark.parametrize("sought", ["", "   ", "%", "\\", "9" * 80, "<b>"])
def test_odd_words_find_nothing_and_break_nothing(order, prime, sought):
    assert hits(prime.owner, sought) == []
