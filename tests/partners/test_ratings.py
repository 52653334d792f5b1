"""Two firms rate each other: once for a job, unseen until both have, never lowered afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partnernet.core.workflow import SYSTEM
from partners import scoring
from partners.actions import ratings, reckoning
from partners.models import Rating, RatingRound, ScoreEvent
from partners.opinion import QUESTIONS, Opinion
from partners.workflow import PARTY, RATING
from tests.everything import nothing_moves
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
MONDAY = datetime(2007, 2, 12, 15, tzinfo=UTC)
DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
YES, NO = Opinion(again=True), Opinion(again=False)


@pytest.fixture
def opened(prime: People, sub: People) -> RatingRound:
    return ratings.open_round(
        prime.firm, sub=sub.firm, engagement_id=uuid4(), work="WO-1001 18 computers", now=MONDAY
    )


def told(kind: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).order_by("user__email")
    return list(rows.values_list("user__email", "title"))


@pytest.mark.parametrize(
    ("opinion", "value"),
    [
        (YES, "1"),
        (NO, "0"),
        (Opinion(again=True, performs=1), "0.5"),
        (Opinion(again=True, performs=5, commitment=4, credit=2), "0.75"),
        (Opinion(True, 3, 3, 3, 3, 3, 3), "0.5714"),
        (Opinion(False, 5, 5, 5, 5, 5, 5), "0.8571"),
    ],
)
def test_the_value_is_the_mean_of_all_answers(opinion: Opinion, value: str) -> None:
    assert opinion.value == Decimal(value)


def test_a_job_is_rated_once_however_many_orders_end(opened: RatingRound) -> None:
    again = ratings.open_round(
        opened.prime, sub=opened.sub, engagement_id=opened.engagement_id, work="WO-1002", now=MONDAY + DAY
    )

    assert (again, again.work) == (opened, "WO-1001 18 computers")
    assert told("rating_open") == [
        ("dispatcher@bluemesa.example", "Would you work with Halcyon Managed again?"),
        ("dispatcher@halcyon.example", "Would you work with Blue Mesa IT again?"),
        ("owner@bluemesa.example", "Would you work with Halcyon Managed again?"),
        ("owner@halcyon.example", "Would you work with Blue Mesa IT again?"),
    ]


def test_one_answer_is_nobody_elses_to_see(opened: RatingRound, prime: People, browser_of, sub) -> None:
    ratings.rate(opened, NO, by=prime.dispatcher, now=MONDAY + DAY)

    page = browser_of(sub.owner).get(reverse("rating", args=[sub.firm.pk, opened.pk]))
    assert page.context["seen"].theirs is None
    assert ScoreEvent.objects.count() == 0
    assert told("rating_shown") == []


def test_when_both_have_answered_both_see_it(opened: RatingRound, prime: People, sub: People) -> None:
    ratings.rate(opened, YES, by=prime.owner, now=MONDAY + DAY)
    ratings.rate(opened, replace(YES, credit=1), by=sub.dispatcher, now=MONDAY + 2 * DAY)

    opened.refresh_from_db()
    assert (opened.status, opened.closed_at) == ("revealed", MONDAY + 2 * DAY)
    rows = ScoreEvent.objects.order_by("value").values_list(
        "firm", "dimension", "kind", "value", "occurred_on", "counterparty"
    )
    assert list(rows) == [
        (prime.firm.pk, "trust", "rating", Decimal("0.5"), date(2007, 2, 14), sub.firm.pk),
        (sub.firm.pk, "trust", "rating", Decimal(1), date(2007, 2, 14), prime.firm.pk),
    ]
    assert told("rating_shown") == [
        ("dispatcher@bluemesa.example", "Halcyon Managed would work with you again"),
        ("dispatcher@halcyon.example", "Blue Mesa IT would work with you again"),
        ("owner@bluemesa.example", "Halcyon Managed would work with you again"),
        ("owner@halcyon.example", "Blue Mesa IT would work with you again"),
    ]


def test_until_it_is_seen_a_new_answer_replaces_the_old(opened: RatingRound, prime: People) -> None:
    ratings.rate(opened, YES, by=prime.owner, now=MONDAY + DAY)
    ratings.rate(opened, NO, by=prime.dispatcher, now=MONDAY + 2 * DAY)

    assert list(Rating.objects.values_list("again", "value", "rated_by")) == [
        (False, Decimal(0), prime.dispatcher.user.pk)
    ]


@pytest.mark.parametrize(("offset", "shown"), [(-MS, 0), (0 * MS, 1), (DAY, 1)])
def test_after_seven_days_one_answer_is_shown(opened, prime, offset, shown) -> None:
    ratings.rate(opened, NO, by=prime.owner, now=MONDAY + DAY)

    assert ratings.reveal_due(now=MONDAY + 7 * DAY + offset) == shown
    assert ratings.reveal_due(now=MONDAY + 7 * DAY + offset) == 0

    days = list(ScoreEvent.objects.values_list("occurred_on", flat=True))
    assert days == [date(2007, 2, 19)] * shown
    assert [title for _, title in told("rating_shown")] == [
        "Halcyon Managed would not work with you again"
    ] * (2 * shown)


def test_a_round_without_an_answer_lapses(opened: RatingRound) -> None:
    ratings.reveal_due(now=MONDAY + 8 * DAY)

    opened.refresh_from_db()
    assert opened.status == "lapsed"
    assert ScoreEvent.objects.count() == 0


def test_nobody_answers_after_the_other_could_be_seen(
    opened: RatingRound, prime: People, sub: People
) -> None:
    ratings.rate(opened, NO, by=prime.owner, now=MONDAY + DAY)

    with nothing_moves(), pytest.raises(RuleBroken) as refused:
        ratings.rate(opened, NO, by=sub.owner, now=MONDAY + 7 * DAY)
    assert refused.value.code == "too_late"

    ratings.reveal_due(now=MONDAY + 7 * DAY)
    with nothing_moves(), pytest.raises(IllegalStep):
        ratings.rate(opened, NO, by=sub.owner, now=MONDAY + 8 * DAY)
    with nothing_moves(), pytest.raises(RuleBroken, match="did not rate"):
        ratings.raise_rating(opened, YES, by=sub.owner, now=MONDAY + 8 * DAY)


@pytest.fixture
def shown(opened: RatingRound, prime: People, sub: People) -> RatingRound:
    """Each said it would not, or hardly."""
    ratings.rate(opened, replace(NO, performs=3), by=prime.owner, now=MONDAY + DAY)
    ratings.rate(opened, YES, by=sub.owner, now=MONDAY + 2 * DAY)
    opened.refresh_from_db()
    return opened


def test_what_is_seen_can_be_raised(shown: RatingRound, prime: People, sub: People) -> None:
    raised = ratings.raise_rating(shown, replace(YES, performs=3), by=prime.dispatcher, now=MONDAY + 30 * DAY)

    old, new = ScoreEvent.objects.filter(firm=sub.firm).order_by("value")
    assert (old.value, new.value, new.supersedes, new.subject_id) == (
        Decimal("0.25"),
        Decimal("0.75"),
        old,
        raised.pk,
    )
    assert new.occurred_on == old.occurred_on == date(2007, 2, 14)
    explained = reckoning.explain(sub.firm, on=date(2007, 3, 20))[scoring.TRUST]
    counted = [(line.value, line.excluded) for line in explained.lines if line.kind == "rating"]
    assert sorted(counted) == [(0.25, "Corrected by a later event"), (0.75, "")]
    assert ("owner@bluemesa.example", "Halcyon Managed rates you higher now") in told("rating_shown")


@pytest.mark.parametrize(
    "worse", [NO, replace(NO, performs=3), replace(NO, performs=2)], ids=["no", "same", "lower"]
)
def test_what_is_seen_is_never_lowered(shown: RatingRound, prime: People, worse: Opinion) -> None:
    with nothing_moves(), pytest.raises(Invalid, match="never lowered"):
        ratings.raise_rating(shown, worse, by=prime.owner, now=MONDAY + 30 * DAY)


def test_the_database_lets_nobody_change_or_lower_what_is_seen(shown: RatingRound, prime: People) -> None:
    said = shown.ratings.get(firm=prime.firm)

    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        Rating.objects.filter(pk=said.pk).update(value=0)
    with pytest.raises(IntegrityError, match="never lowered"), transaction.atomic():
        make.RatingFactory(round=shown, firm=prime.firm, value=Decimal("0.1"), supersedes=said)


def test_answers_are_from_1_to_5(opened: RatingRound, prime: People) -> None:
    with nothing_moves(), pytest.raises(Invalid) as refused:
        ratings.rate(opened, replace(YES, rapport=6), by=prime.owner, now=MONDAY)

    assert set(refused.value.fields) == {"rapport"}


def test_only_the_two_firms_rate(opened: RatingRound, stranger: People, prime: People) -> None:
    with nothing_moves(), pytest.raises(WrongSide):
        ratings.rate(opened, YES, by=stranger.owner, now=MONDAY)
    for member in (prime.finance, prime.technician, prime.viewer):
        with nothing_moves(), pytest.raises(WrongRole):
            ratings.rate(opened, YES, by=member, now=MONDAY)


def test_the_table_of_steps_is_walked() -> None:
    walked = {
        (status, side, role): tuple(step.name for step in RATING.open_steps(status, side=side, role=role))
        for status in RatingRound.Status.values
        for side in (PARTY, "stranger", SYSTEM)
        for role in ("owner", "dispatcher", "finance", "technician", "viewer", "system")
    }

    leads = [("open", ("rate",)), ("revealed", ("raise",))]
    expected = {(status, PARTY, role): steps for status, steps in leads for role in ("owner", "dispatcher")}
    expected |= {("open", SYSTEM, role): ("reveal", "lapse") for _, _, role in walked}
    assert {key: steps for key, steps in walked.items() if steps} == expected


def test_two_clicks_rate_and_the_page_says_so(opened: RatingRound, prime: People, browser_of) -> None:
    RatingRound.objects.update(closes_at=datetime(2107, 2, 19, tzinfo=UTC))
    browser = browser_of(prime.dispatcher)
    home = browser.get(reverse("home", args=[prime.firm.pk]))
    (need,) = [each for each in home.context["needs"] if "again" in each.what]

    answered = browser.post(need.href, {"again": "yes"}, follow=True)

    assert Rating.objects.get().value == 1
    assert "You said yes" in answered.content.decode()
    assert [each.what for each in browser.get(reverse("home", args=[prime.firm.pk])).context["needs"]] == []


def test_a_firm_card_counts_by_kind_and_names_nobody(shown: RatingRound, stranger: People, sub, browser_of):
    page = browser_of(stranger.owner).get(reverse("firm", args=[stranger.firm.pk, sub.firm.pk]))

    ((_words, parts),) = [made for made in page.context["made_of"] if made[0] == "Trust"]
    assert {(part.words, part.count, part.mean) for part in parts if part.kind == "rating"} == {
        ("Rated by the other firm", 1, 0.25)
    }
    assert "Halcyon" not in page.content.decode()


def test_the_api_shows_the_others_words_once_both_have_spoken(opened, prime, sub, api_of) -> None:
    RatingRound.objects.update(closes_at=datetime(2107, 2, 19, tzinfo=UTC))
    address = f"/api/v1/ratings/{opened.pk}/"
    ours, theirs = api_of(prime.owner, "read", "engagements"), api_of(sub.owner, "read", "engagements")

    first = ours.post(f"{address}rate/", {"again": False, "credit": 3}, format="json")
    assert (first.status_code, first.data["ours"]["value"], first.data["theirs"]) == (200, 0.25, None)
    assert theirs.get(address).data["theirs"] is None
    assert theirs.post(f"{address}rate/", {"again": True, "credit": 9}, format="json").status_code == 400

    seen = theirs.post(f"{address}rate/", {"again": True}, format="json").data
    assert (seen["status"], seen["theirs"]["again"], seen["other_name"]) == (
        "revealed",
        False,
        "Halcyon Managed",
    )
    assert ours.get("/api/v1/ratings/").data["results"][0]["theirs"]["value"] == 1.0
    raised = ours.post(f"{address}raise/", {"again": True}, format="json")
    assert raised.data["ours"] == {
        "again": True, **dict.fromkeys(QUESTIONS), "value": 1.0, "rated_at": raised.data["ours"]["rated_at"],
    }  # fmt: skip
    assert ours.post(f"{address}raise/", {"again": False}, format="json").status_code == 400
