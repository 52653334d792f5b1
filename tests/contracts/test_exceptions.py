"""Work without an agreement: allowed by an owner, for a while, with a reason that both firms read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.actions import coverage
from contracts.models import CoverageOverride
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Notification
from tests.factories.engagements import EngagementFactory, EngagementLineFactory
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
DAY = timedelta(days=1)


def page(one: People, other: People) -> str:
    return reverse("coverage-exceptions", args=[one.firm.pk, other.firm.pk])


def plain(text: bytes) -> str:
    return " ".join(text.decode().split())


def test_an_owner_allows_it_and_both_firms_read_why(prime: People, sub: People, browser_of: Browser) -> None:
    until = (timezone.now() + 7 * DAY).date()

    answer = browser_of(prime.owner).post(
        page(prime, sub), {"reason": "Storm damage.", "until": until.isoformat()}
    )

    assert answer.url == page(prime, sub)
    made = CoverageOverride.objects.get()
    assert (made.prime, made.sub, made.reason) == (prime.firm, sub.firm, "Storm damage.")
    assert made.expires_at.astimezone(ZoneInfo("America/New_York")).date() == until
    for one, other in ((prime, sub), (sub, prime)):
        assert "“Storm damage.”" in plain(browser_of(one.owner).get(page(one, other)).content)
        agreements = reverse("agreements", args=[one.firm.pk])
        assert "“Storm damage.”" in plain(browser_of(one.owner).get(agreements).content)
    verdict = coverage.standing_with(prime.firm.pk, [sub.firm.pk], now=timezone.now())[sub.firm.pk]
    assert f"until {until.day} {until:%B %Y}: Storm damage." in verdict.reasons[0]
    told = Notification.objects.get(kind="coverage_overridden")
    assert told.context["until"] == f"{until.day} {until:%B %Y}"
    assert (told.user, told.path) == (sub.owner.user, page(sub, prime))


def test_it_is_not_for_others(prime: People, sub: People, stranger: People, browser_of: Browser) -> None:
    typed = {"reason": "Storm damage.", "until": (timezone.now() + DAY).date().isoformat()}
    coverage.override(sub.firm, by=prime.owner, reason="Storm damage.", until=timezone.now() + DAY)

    assert browser_of(prime.dispatcher).post(page(prime, sub), typed).status_code == 403
    assert CoverageOverride.objects.count() == 1
    for across in (prime, sub):
        assert "Storm" not in plain(browser_of(stranger.owner).get(page(stranger, across)).content)


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"reason": " ", "until": 1}, "required"), ({"reason": "Storm.", "until": 31}, "next 30 days"), ({"reason": "Storm.", "until": -2}, "next 30 days")],
)  # fmt: skip
def test_a_reason_and_an_end_are_needed(prime: People, sub: People, browser_of: Browser, typed, said) -> None:
    day = (timezone.now() + typed["until"] * DAY).date().isoformat()

    answer = browser_of(prime.owner).post(page(prime, sub), {"reason": typed["reason"], "until": day})

    assert said in plain(answer.content)
    assert not CoverageOverride.objects.exists()
    assert not Notification.objects.exists()


def test_a_firm_allows_itself_nothing(prime: People) -> None:
    with pytest.raises(RuleBroken, match="two firms"):
        coverage.override(prime.firm, by=prime.owner, reason="x", until=timezone.now() + DAY)


def test_lists_of_firms_honour_it_until_it_ends(prime: People, sub: People, stranger: People) -> None:
    now = timezone.now()
    coverage.override(sub.firm, by=prime.owner, reason="Storm damage.", until=now + DAY, now=now)
    firms = [sub.firm.pk, stranger.firm.pk]

    standing = coverage.standing_with(prime.firm.pk, firms, now=now)
    assert [standing[key].status for key in firms] == ["overridden", "not_covered"]
    assert "Storm damage." in standing[sub.firm.pk].reasons[0]
    assert coverage.standing_with(prime.firm.pk, firms, now=now + DAY)[sub.firm.pk].status == "not_covered"
    # What one firm allows the other does not hold the other way round.
    assert (
        coverage.standing_with(sub.firm.pk, [prime.firm.pk], now=now)[prime.firm.pk].status == "not_covered"
    )


def test_the_offer_pane_leads_an_owner_to_it(prime: People, sub: People, browser_of: Browser) -> None:
    job = EngagementFactory(firm=prime.firm)
    EngagementLineFactory(engagement=job)
    pane = reverse("job-place", args=[prime.firm.pk, job.pk])

    assert page(prime, sub) in plain(browser_of(prime.owner).get(pane).content)
    assert page(prime, sub) not in plain(browser_of(prime.dispatcher).get(pane).content)
    coverage.override(sub.firm, by=prime.owner, reason="Storm damage.", until=timezone.now() + DAY)
    shown = plain(browser_of(prime.owner).get(pane).content)
    assert "An owner allowed it without an agreement until" in shown
    assert page(prime, sub) not in shown
    card = reverse("firm", args=[prime.firm.pk, sub.firm.pk])
    assert page(prime, sub) in plain(browser_of(prime.viewer).get(card).content)
