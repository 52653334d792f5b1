"""The same number of queries at 1 row and at 50, on the pages of home, news, money and visits."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnernet.core.models import Notification
from tests.factories.billing import InvoiceFactory
from tests.factories.engagements import FEBRUARY_12
from tests.factories.partners import (
    DocumentFactory,
    PaperRequestFactory,
    RatingFactory,
    RatingRoundFactory,
)
from tests.factories.visits import SubmissionFactory, VisitFactory

pytestmark = pytest.mark.django_db


def invoices(prime, sub, count: int) -> None:
    for _ in range(count):
        InvoiceFactory(prime=prime.firm, sub=sub.firm)


def visits(prime, sub, count: int) -> None:
    for _ in range(count):
        order = {"prime": prime.firm, "sub": sub.firm, "status": "assigned"}
        VisitFactory(
            technician=sub.technician, **{f"work_order__{name}": value for name, value in order.items()}
        )


def handed_in(prime, sub, count: int) -> None:
    for _ in range(count):
        order = {"prime": prime.firm, "sub": sub.firm, "status": "submitted"}
        SubmissionFactory(**{f"work_order__{name}": value for name, value in order.items()})


def news(prime, sub, count: int) -> None:
    del sub
    for _ in range(count):
        Notification.objects.create(
            user=prime.owner.user,
            firm=prime.firm.pk,
            kind="offer_declined",
            title="No",
            created_at=FEBRUARY_12,
        )


def rated(prime, sub, count: int) -> None:
    for _ in range(count):
        RatingFactory(round=RatingRoundFactory(prime=prime.firm, sub=sub.firm))


def papers(prime, sub, count: int) -> None:
    for number in range(count):
        DocumentFactory(firm=sub.firm, number=f"GL-{number}")
        PaperRequestFactory(firm=sub.firm)


PAGES = [
    ("papers", "sub", "finance", papers, 7),
    ("to-pay", "prime", "owner", invoices, 5),
    ("to-receive", "sub", "owner", invoices, 5),
    ("money", "prime", "owner", invoices, 8),
    ("coming", "sub", "technician", visits, 5),
    ("today", "sub", "technician", visits, 8),
    ("home", "prime", "dispatcher", handed_in, 19),
    ("ratings", "sub", "viewer", rated, 7),
    ("inbox", "prime", "owner", news, 4),
]


@pytest.mark.parametrize(("page", "side", "role", "fill", "expected"), PAGES, ids=[row[0] for row in PAGES])
def test_a_longer_list_asks_no_more(page, side, role, fill: Callable[..., None], expected, prime, sub):
    member = getattr({"prime": prime, "sub": sub}[side], role)
    address = reverse(page, args=[member.firm_id])
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    counted = []
    for rows in (1, 49):
        fill(prime, sub, rows)
        with CaptureQueriesContext(connection) as sent:
            assert client.get(address).status_code == 200
        counted.append(len(sent))

    assert counted == [expected, expected]
