"""The blind check: both take part, nothing but a hash is kept, and nobody goes through a list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from contracts.actions import conflicts
from contracts.models import ClientMark, ConflictCheck
from engagements.actions import offers
from engagements.values import Recipient
from partnernet.core.errors import RuleBroken, WrongRole
from tests.contracts.conftest import api_of, browser_of  # noqa: F401 - fixtures
from tests.engagements.conftest import MONDAY, cover, job, line, order  # noqa: F401 - fixtures
from tests.factories.clients import ClientFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def both(prime, sub):
    """Both take part; the sub serves gcdental.com."""
    ClientFactory(firm=sub.firm, name="GC Dental", domains=["gcdental.com", "gcd.example"])
    for firm in (prime, sub):
        conflicts.turn_on(by=firm.owner, now=MONDAY)


def ask(prime, sub, *domains: str, now=MONDAY) -> ConflictCheck | None:
    client = ClientFactory(firm=prime.firm, domains=list(domains))
    return conflicts.check(prime_id=prime.firm.pk, sub_id=sub.firm.pk, client=client, now=now)


@pytest.mark.parametrize(
    ("domains", "result"),
    [
        (["gcdental.com"], "may_serve"),
        (["other.example", "WWW.GCDental.com."], "may_serve"),
        (["other.example"], "nothing_known"),
        (["dental.com"], "nothing_known"),
    ],
)
def test_the_answer_is_one_of_two(prime, sub, both, domains, result):
    assert ask(prime, sub, *domains).result == result


def test_nothing_is_compared_unless_both_take_part(prime, sub, both):
    conflicts.turn_off(by=sub.owner, now=MONDAY)

    assert ask(prime, sub, "gcdental.com") is None
    assert not ClientMark.objects.filter(firm=sub.firm).exists()
    conflicts.turn_on(by=sub.owner, now=MONDAY)
    conflicts.turn_off(by=prime.owner, now=MONDAY)
    assert ask(prime, sub, "gcdental.com") is None
    assert ConflictCheck.objects.count() == 0


def test_only_an_owner_turns_it_on_and_no_domain_is_kept(prime, sub, both, settings):
    with pytest.raises(WrongRole):
        conflicts.turn_on(by=sub.dispatcher, now=MONDAY)
    with pytest.raises(RuleBroken, match="on already"):
        conflicts.turn_on(by=sub.owner, now=MONDAY)

    kept = set(ClientMark.objects.filter(firm=sub.firm).values_list("mark", flat=True))
    assert kept == {conflicts.marked("gcdental.com"), conflicts.marked("gcd.example")}
    settings.LINK_KEY = "another key"
    assert conflicts.marked("gcdental.com") not in kept


def test_the_marks_follow_the_list(sub, both):
    client = ClientFactory(firm=sub.firm, domains=["new.example"])

    assert conflicts.remark_all() == 1
    assert conflicts.remark_all() == 0

    assert ClientMark.objects.filter(firm=sub.firm, mark=conflicts.marked("new.example")).exists()
    client.delete()
    conflicts.remark_all()
    assert ClientMark.objects.filter(firm=sub.firm).count() == 2


def test_nobody_goes_through_a_list(prime, sub, both):
    asked = [ask(prime, sub, f"{number}.example") for number in range(conflicts.MOST_OF_ONE_FIRM)]
    assert all(asked)

    assert ask(prime, sub, "gcdental.com", now=MONDAY + 6 * DAY) is None
    assert ask(prime, sub, "gcdental.com", now=MONDAY + 7 * DAY).result == "may_serve"


def test_a_day_has_its_limit_too(prime, sub, both, monkeypatch):
    monkeypatch.setattr(conflicts, "MOST_A_DAY", 2)
    assert ask(prime, sub, "1.example")
    assert ask(prime, sub, "2.example")

    assert ask(prime, sub, "3.example") is None
    assert ask(prime, sub, "4.example", now=MONDAY + DAY)


def test_the_same_question_gets_the_same_answer_and_no_new_line(prime, sub, both):
    client = ClientFactory(firm=prime.firm, domains=["gcdental.com"])
    pair = {"prime_id": prime.firm.pk, "sub_id": sub.firm.pk, "client": client}
    first = conflicts.check(**pair, now=MONDAY)
    ClientMark.objects.all().delete()

    assert conflicts.check(**pair, now=MONDAY + 29 * DAY) == first
    assert conflicts.check(**pair, now=MONDAY + 30 * DAY).result == "nothing_known"


def test_it_is_asked_when_an_offer_leaves_and_shown_to_who_asked(prime, sub, both, order, browser_of, api_of):  # noqa: F811
    order.client.domains = ["gcdental.com"]
    order.client.save()
    cover(prime, sub)
    assert ConflictCheck.objects.count() == 0

    offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=MONDAY)

    assert ConflictCheck.objects.get().result == "may_serve"
    page = browser_of(prime.owner).get(reverse("work-order", args=[prime.firm.pk, order.pk]))
    assert b"may already serve this client" in page.content
    log = browser_of(sub.owner).get(reverse("conflict-check", args=[sub.firm.pk])).content
    assert b"One of their clients" in log
    for hidden in (order.client.name.encode(), b"gcdental", b"May already"):
        assert hidden not in log
    (theirs,) = api_of(sub.owner).get("/api/v1/conflict-checks/").json()["results"]
    (ours,) = api_of(prime.owner).get("/api/v1/conflict-checks/").json()["results"]
    assert (theirs["client"], theirs["result"]) == (None, None)
    assert (ours["client"], ours["result"]) == (str(order.client_id), "may_serve")
    (received,) = api_of(sub.owner).get("/api/v1/offers/").json()["results"]
    (made,) = api_of(prime.owner).get("/api/v1/offers/").json()["results"]
    assert made["may_already_serve"] is True
    assert "may_already_serve" not in received
