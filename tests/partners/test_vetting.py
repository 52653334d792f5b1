"""Vetting: six questions about another firm and our own, kept with their days, seen by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnernet.core.errors import Invalid, WrongRole
from partners.actions.vetting import Finding, vet
from partners.models import VettingAnswer
from tests.everything import nothing_moves
from tests.factories import partners as make

pytestmark = pytest.mark.django_db
MONDAY = datetime(2007, 2, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def kept() -> list[tuple[str, str, str, str, datetime]]:
    rows = VettingAnswer.objects.order_by("question", "words")
    return list(rows.values_list("question", "words", "answer", "evidence", "answered_at"))


def test_an_answer_keeps_its_day_until_it_changes(prime, sub):
    vet(
        sub.firm,
        [Finding("performs", "yes", "Saw them at Roslyn."), Finding("credit", "no")],
        by=prime.owner,
        now=MONDAY,
    )
    later = [Finding("performs", "yes", "Saw them at Roslyn."), Finding("credit", "partly", "Pays late.")]

    vet(sub.firm, later, by=prime.dispatcher, now=MONDAY + DAY)

    assert kept() == [
        ("credit", "", "partly", "Pays late.", MONDAY + DAY),
        ("performs", "", "yes", "Saw them at Roslyn.", MONDAY),
    ]


def test_an_empty_answer_takes_it_back(prime, sub):
    vet(sub.firm, [Finding("own", "yes", words="Do they answer at night?")], by=prime.owner, now=MONDAY)

    vet(sub.firm, [Finding("own", "", words="Do they answer at night?")], by=prime.owner, now=MONDAY)

    assert kept() == []


@pytest.mark.parametrize(
    "finding",
    [
        Finding("poetry", "yes"),
        Finding("own", "yes"),
        Finding("credit", "yes", words="Hm?"),
        Finding("credit", "5"),
    ],
)
def test_only_known_questions_and_answers(prime, sub, finding):
    with nothing_moves(), pytest.raises(Invalid):
        vet(sub.firm, [finding], by=prime.owner, now=MONDAY)


def test_vetting_is_for_those_who_run_jobs(prime, sub):
    for member in (prime.finance, prime.technician, prime.viewer):
        with nothing_moves(), pytest.raises(WrongRole):
            vet(sub.firm, [Finding("credit", "yes")], by=member, now=MONDAY)


def test_the_page_asks_six_questions_and_keeps_our_own(prime, sub, browser_of):
    page, address = browser_of(prime.owner), reverse("vetting", args=[prime.firm.pk, sub.firm.pk])
    assert len(list(page.get(address).context["form"].asked())) == 6

    refused = page.post(address, {"new_words": "Do they answer at night?"})
    assert "new_words" in refused.context["form"].errors
    page.post(
        address,
        {"answer-1": "partly", "evidence-1": "Lou said so.", "new_words": "At night?", "new_answer": "yes"},
    )

    assert [row[:4] for row in kept()] == [
        ("commitment", "", "partly", "Lou said so."),
        ("own", "At night?", "yes", ""),
    ]
    assert "Lou said so." in browser_of(prime.viewer).get(address).content.decode()


def test_nobody_else_sees_it(prime, sub, stranger, browser_of):
    vet(sub.firm, [Finding("credit", "no", "They owe everybody.")], by=prime.owner, now=MONDAY)

    for people, other in ((sub, prime), (stranger, sub)):
        for name in ("vetting", "firm"):
            page = browser_of(people.owner).get(reverse(name, args=[people.firm.pk, other.firm.pk]))
            assert "They owe everybody." not in page.content.decode()


def test_twenty_questions_take_as_many_queries_as_one(prime, sub, browser_of):
    page, address = browser_of(prime.owner), reverse("vetting", args=[prime.firm.pk, sub.firm.pk])
    counted = []
    for numbers in (range(1), range(1, 20)):
        for number in numbers:
            make.VettingAnswerFactory(
                owner=prime.firm, other=sub.firm, question="own", words=f"Question {number}?"
            )
        with CaptureQueriesContext(connection) as sent:
            page.get(address)
        counted.append(len(sent))

    assert counted[0] == counted[1]
