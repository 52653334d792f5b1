"""You pay Blue Mesa by 3 March, your client pays by 20 March: 17 days, $1,350."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from clients.models import Client
from engagements import cash_gap

KNOWN = {"amount": Decimal(1350), "currency": "USD"}


def test_the_gap_is_the_days_between_the_two_payments():
    gap = cash_gap.of_work(date(2007, 2, 18), net_days=13, client_days=[30], **KNOWN)

    assert (gap.we_pay_on, gap.client_pays_on, gap.days) == (date(2007, 3, 3), date(2007, 3, 20), 17)


def test_of_several_clients_the_last_to_pay_counts():
    assert cash_gap.of_work(date(2007, 2, 18), net_days=15, client_days=[10, 45], **KNOWN).days == 30


def test_a_client_that_pays_first_leaves_no_gap():
    assert cash_gap.of_work(date(2007, 2, 18), net_days=15, client_days=[0], **KNOWN).days == -15


@pytest.mark.parametrize(
    ("last", "net", "clients"),
    [
        (None, 15, [30]),
        (date(2007, 2, 18), None, [30]),
        (date(2007, 2, 18), 15, [30, None]),
        (date(2007, 2, 18), 15, []),
    ],
)
def test_without_all_terms_nothing_is_said(last, net, clients):
    assert cash_gap.of_work(last, net_days=net, client_days=clients, **KNOWN) is None


@pytest.mark.django_db
def test_the_order_says_it_to_the_prime_alone(offer, order, prime, sub, browser_of):
    address = reverse("work-order", args=[prime.firm.pk, order.pk])
    assert "your client pays" not in browser_of(prime.owner).get(address).content.decode()

    Client.objects.filter(pk=order.client_id).update(pays_within_days=30)

    # Thursday 8 March 2007, and 15 days for the firm, 30 for the client.
    page = " ".join(browser_of(prime.owner).get(address).content.decode().split())
    assert "your client pays by Sat 7 April 2007: 15 days, $1,350" in page


@pytest.mark.django_db
def test_the_pane_says_it_while_somebody_types(job, line, prime, browser_of):
    Client.objects.filter(pk=line.site.client_id).update(pays_within_days=30)
    typed = {f"units-{line.pk}": "18", "pay_kind": "per_unit", "amount": "75", "ends": "2007-03-08T11:00"}

    page = browser_of(prime.owner).get(reverse("job-place-margin", args=[prime.firm.pk, job.pk]), typed)

    assert "15 days, $1,350" in " ".join(page.content.decode().split())
