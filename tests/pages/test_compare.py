"""Firms side by side, a firm beside the network, and the published rules."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners import scoring
from partners.models import ScoreSnapshot
from tests.factories import partners as make
from tests.factories.engagements import WorkOrderFactory

pytestmark = pytest.mark.django_db
TRUST, AS_SUB, AS_PRIME, CREDIT = scoring.DIMENSIONS


def browser(member) -> Client:
    client = Client()
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def compared(member, *firms) -> object:
    return browser(member).get(
        reverse("firms-compare", args=[member.firm_id]), {"firm": [str(firm.pk) for firm in firms]}
    )


def cells(page) -> dict[str, list[tuple[str, str]]]:
    return dict(page.context["rows"])


def test_what_we_know_ourselves_comes_first(prime, sub, stranger):
    make.PartnershipFactory(owner=prime.firm, other=sub.firm, known_since=2001, bench=True)
    WorkOrderFactory(prime=prime.firm, sub=sub.firm, status="approved")
    make.FirmScoreFactory(firm=sub.firm)
    make.DocumentFactory(firm=sub.firm, expires_on=date(2999, 1, 1))
    make.DocumentFactory(firm=stranger.firm)

    page = compared(prime.viewer, sub.firm, stranger.firm)

    rows = cells(page)
    assert next(iter(rows)) == "With you"
    assert rows["With you"] == [
        ("Blue Mesa IT", "since 2001, on your bench, 1 of 1 orders done"),
        (stranger.firm.name, "no order yet"),
    ]
    assert rows["Doing the work"] == [("Blue Mesa IT", "78.8 (66.0 to 91.0)"), (stranger.firm.name, "New")]
    assert rows["Papers"] == [
        ("Blue Mesa IT", "General liability $1,000,000 until 31 December 2998"),
        (stranger.firm.name, "not known to you yet"),
    ]


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_firms_are_compared(prime, count):
    page = compared(prime.owner, *(make.FirmFactory() for _ in range(count)))

    assert (page.status_code, page["Location"]) == (302, reverse("firms", args=[prime.firm.pk]))


def test_a_card_that_another_firm_made_is_not_there(prime, sub, stranger):
    card = make.CardFactory()
    make.PartnershipFactory(owner=stranger.firm, other=card)

    assert compared(prime.owner, sub.firm, card).status_code == 302


def test_four_firms_take_as_many_queries_as_two(prime):
    firms = [make.FirmFactory() for _ in range(4)]
    for firm in firms:
        make.FirmScoreFactory(firm=firm)
        make.PaymentExperienceFactory(payer=firm)
    counted = []
    for some in (firms[:2], firms):
        with CaptureQueriesContext(connection) as sent:
            assert compared(prime.owner, *some).status_code == 200
        counted.append(len(sent))

    assert counted[0] == counted[1]


def card_of(prime, firm):
    return browser(prime.viewer).get(reverse("firm", args=[prime.firm.pk, firm.pk]))


def test_a_firm_is_drawn_beside_the_published_means(prime, sub):
    baseline = {"mean": 0.8125, "quartile": 60.0, "firms": 40}
    ScoreSnapshot.objects.create(
        on=date(2007, 2, 12), figures={"baselines": {AS_SUB: baseline}, "medians": {}}
    )
    for dimension in (AS_SUB, TRUST, CREDIT):
        make.FirmScoreFactory(firm=sub.firm, dimension=dimension)

    page = card_of(prime, sub.firm)

    assert [(row.words, row.points, row.mean) for row in page.context["beside"]] == [
        ("Trust", 78.8, 70.0),
        ("Doing the work", 78.8, 81.25),
        ("Giving the work", None, 70.0),
        ("Pays on time", 78.8, 70.0),
    ]
    ours, network = page.context["chart"]["series"][0]["data"]
    assert (ours["value"], network["value"]) == ([78.8, 78.8, 78.8], [70.0, 81.2, 70.0])
    assert [each["name"] for each in page.context["chart"]["radar"]["indicator"]] == [
        "Trust",
        "Doing the work",
        "Pays on time",
    ]


def test_a_new_score_is_no_corner_and_two_numbers_no_drawing(prime, sub):
    make.FirmScoreFactory(firm=sub.firm, dimension=AS_SUB)
    make.FirmScoreFactory(firm=sub.firm, dimension=TRUST)
    make.FirmScoreFactory(firm=sub.firm, dimension=CREDIT, events=2)

    page = card_of(prime, sub.firm)

    assert page.context["chart"] == {}
    assert "data-chart" not in page.content.decode()
    assert "“New” is not drawn" in page.content.decode()


def test_the_rules_are_those_that_reckon(prime):
    page = browser(prime.viewer).get(reverse("scoring-rules", args=[prime.firm.pk]))

    shown = [kind for _, _, found in page.context["tables"] for kind in found]
    assert sorted(shown, key=lambda kind: kind.words) == sorted(
        scoring.KINDS.values(), key=lambda kind: kind.words
    )
    assert all(kind.words in page.content.decode() for kind in scoring.KINDS.values())
    assert "180 days late" in page.content.decode()
