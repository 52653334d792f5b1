"""Lists paged by position: every row once, forward and back, with the filters kept in the address."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db.models import Q
from django.db.models.functions import Lower
from django.test import RequestFactory
from django.urls import reverse

from clients.models import Client
from partnernet.core.pages import page_of
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db


def asked(**query: str):
    return RequestFactory().get("/", query)


def walked(rows, **how):
    """Return the pages forward from the beginning, and back again from the last."""
    forward, back = [page_of(rows, asked(), **how)], []
    while forward[-1].after:
        forward.append(page_of(rows, asked(after=forward[-1].after), **how))
    page = forward[-1]
    while page.before:
        page = page_of(rows, asked(before=page.before), **how)
        back.append(page)
    return forward, back


@pytest.mark.parametrize("by", [("-pk",), ("sorting", "pk"), ("industry", "sorting", "pk")])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_every_row_comes_once_forward_and_back(prime, by, count):
    for number in range(count):
        ClientFactory(firm=prime.firm, name=f"Client {number}", industry=f"{number % 2}")
    rows = Client.objects.visible_to(prime.firm).annotate(sorting=Lower("name"))
    expected = list(rows.order_by(*by))

    forward, back = walked(rows, by=by, size=3)

    assert [row for page in forward for row in page.rows] == expected
    assert [page.rows for page in reversed(back)] == [page.rows for page in forward[:-1]]
    assert forward[0].before == ""


def test_two_sides_are_one_list(prime, sub):
    for number in range(7):
        ClientFactory(firm=prime.firm if number % 3 else sub.firm)
    sides = [Q(firm=prime.firm), Q(firm=sub.firm), Q(firm=prime.firm)]

    forward, back = walked(Client.objects.all(), sides=sides, size=3)

    assert [row for page in forward for row in page.rows] == list(Client.objects.order_by("-pk"))
    assert [page.rows for page in reversed(back)] == [page.rows for page in forward[:-1]]


@pytest.mark.parametrize(
    "token", ["[", "7", "[]", '["x"]', '["a","b"]', "null", "\0", "[" * 2000, '[{"a":1}]']
)
def test_a_position_that_cannot_be_read_is_the_beginning(prime, token):
    clients = ClientFactory.create_batch(4, firm=prime.firm)

    for name in ("after", "before"):
        page = page_of(Client.objects.all(), asked(**{name: token}), size=3)
        assert [row.pk for row in page.rows] == [client.pk for client in reversed(clients[1:])]


def test_no_list_counts_or_skips(prime, django_assert_num_queries):
    ClientFactory.create_batch(4, firm=prime.firm)
    first = page_of(Client.objects.all(), asked(), size=3)

    with django_assert_num_queries(1) as sent:
        page_of(Client.objects.all(), asked(after=first.after), size=3)

    assert not re.search(r"OFFSET|COUNT", sent[0]["sql"])


def test_next_and_previous_keep_the_filters(client, prime):
    for number in range(27):
        ClientFactory(firm=prime.firm, name=f"Bend {number:02}")
    client.force_login(prime.owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("clients", args=[prime.firm.pk])

    def link(html: str, rel: str) -> str:
        return unescape(re.findall(rf'rel="{rel}" href="([^"]*)"', html)[0])

    first = client.get(address, {"q": "bend"}).content.decode()
    second = client.get(address + link(first, "next")).content.decode()
    again = client.get(address + link(second, "prev")).content.decode()

    assert "Bend 24" in first
    assert "Bend 25" not in first
    assert "Bend 25" in second
    assert "q=bend" in link(second, "prev")
    assert again.count("Bend ") == first.count("Bend ")
