"""A firm replies once to each piece of evidence about itself, and no score moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from partners.actions import ratings, reckoning, scores
from partners.models import ScoreEvent, ScoreReply
from partners.opinion import Opinion
from tests.everything import nothing_moves
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
MONDAY = datetime(2007, 2, 12, 15, tzinfo=UTC)


@pytest.fixture
def event(prime: People, sub: People) -> ScoreEvent:
    return make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm)


def test_a_reply_is_kept_once_and_moves_no_score(event: ScoreEvent, sub: People) -> None:
    before = reckoning.explain(sub.firm, on=date(2007, 2, 20))

    said = scores.reply(event, by=sub.dispatcher, text=" The client was closed. ", now=MONDAY)

    assert (said.text, said.replied_at, said.replied_by) == (
        "The client was closed.",
        MONDAY,
        sub.dispatcher.user,
    )
    assert reckoning.explain(sub.firm, on=date(2007, 2, 20)) == before
    with nothing_moves(), pytest.raises(RuleBroken, match="replied to this already"):
        scores.reply(event, by=sub.owner, text="And more.")


def test_a_reply_is_for_the_scored_firm_and_says_something(event, sub, prime) -> None:
    with nothing_moves(), pytest.raises(RuleBroken) as refused:
        scores.reply(event, by=prime.owner, text="We see that otherwise.")
    assert refused.value.code == "wrong_side"
    with nothing_moves(), pytest.raises(WrongRole):
        scores.reply(event, by=sub.finance, text="No.")
    with nothing_moves(), pytest.raises(Invalid):
        scores.reply(event, by=sub.owner, text="  ")


@pytest.mark.parametrize("make_evidence", [make.ScoreEventFactory, make.PaymentExperienceFactory])
def test_the_page_keeps_a_reply_and_the_record_shows_it(make_evidence, sub, prime, browser_of) -> None:
    who = {"firm": sub.firm} if make_evidence is make.ScoreEventFactory else {"payer": sub.firm}
    evidence = make_evidence(**who)
    browser = browser_of(sub.dispatcher)

    browser.post(reverse("reply", args=[sub.firm.pk, evidence.pk]), {"text": "The bank was slow."})

    assert ScoreReply.objects.get().text == "The bank was slow."
    stranger = browser_of(prime.owner).get(reverse("reply", args=[prime.firm.pk, evidence.pk]))
    assert stranger.status_code == 404
    if "firm" in who:
        record = browser.get(reverse("our-record", args=[sub.firm.pk])).content.decode()
        assert "You: “The bank was slow.”" in record


def test_whoever_rated_reads_the_reply(prime: People, sub: People, browser_of) -> None:
    opened = ratings.open_round(prime.firm, sub=sub.firm, engagement_id=uuid4(), work="WO-1001", now=MONDAY)
    ratings.rate(opened, Opinion(again=False), by=prime.owner, now=MONDAY)
    ratings.reveal_due(now=MONDAY + timedelta(days=7))
    scores.reply(ScoreEvent.objects.get(firm=sub.firm), by=sub.owner, text="We have changed how we plan.")

    page = browser_of(prime.viewer).get(reverse("rating", args=[prime.firm.pk, opened.pk]))

    assert "Blue Mesa IT replies: “We have changed how we plan.”" in page.content.decode()
