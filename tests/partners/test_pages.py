"""Pages of firms: who gets in, what they say, and how many queries they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from partners.actions import members as actions
from partners.models import ApiKey, FirmInvite, Member, Partnership
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Member], Client]


def without_tokens(answer: HttpResponse) -> str:
    """Return a page without the CSRF tokens that differ every time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


# The page, and the roles that may open it.
PAGES = {
    "firms": {"owner", "dispatcher", "finance", "viewer"},
    "firm-invite-new": {"owner", "dispatcher"},
    "our-record": {"owner", "dispatcher", "finance", "viewer"},
    "firm-settings": {"owner", "dispatcher", "finance"},
    "profile": {"owner", "dispatcher"},
    "skills": {"owner", "dispatcher"},
    "capacity": {"owner", "dispatcher"},
    "members": {"owner", "dispatcher", "finance"},
    "api-keys": {"owner", "dispatcher", "finance"},
}


@pytest.mark.parametrize("page", PAGES)
def test_who_gets_in(page: str, prime: People, stranger: People, browser_of: BrowserOf) -> None:
    address = reverse(page, args=[prime.firm.pk])

    assert Client().get(address).headers["Location"].startswith("/accounts/login/")
    assert browser_of(stranger.owner).get(address).status_code == 404
    for member in prime.everyone:
        answer = browser_of(member).get(address)
        assert answer.status_code == (200 if member.role in PAGES[page] else 403), member.role
        if answer.status_code == 403:
            assert "Ask one in your firm." in answer.content.decode()


def test_a_removed_member_is_out_on_the_next_click(prime: People, browser_of: BrowserOf) -> None:
    browser = browser_of(prime.dispatcher)
    address = reverse("firms", args=[prime.firm.pk])
    assert browser.get(address).status_code == 200

    actions.remove(prime.dispatcher, by=prime.owner)

    assert browser.get(address).status_code == 404


def test_a_foreign_card_and_a_missing_one_look_the_same(
    prime: People, sub: People, browser_of: BrowserOf
) -> None:
    card = make.CardFactory()
    make.PartnershipFactory(owner=sub.firm, other=card)
    browser = browser_of(prime.owner)

    foreign = browser.get(reverse("firm", args=[prime.firm.pk, card.pk]))
    missing = browser.get(reverse("firm", args=[prime.firm.pk, uuid4()]))

    assert foreign.status_code == missing.status_code == 404
    assert without_tokens(foreign) == without_tokens(missing)


def test_the_firm_card_leads_with_our_own_notes(prime: People, sub: People, browser_of: BrowserOf) -> None:
    make.PartnershipFactory(owner=prime.firm, other=sub.firm, known_since=2001, notes="Joe is good.")
    make.FirmScoreFactory(firm=sub.firm)
    make.CapacityFactory(firm=sub.firm)
    make.ProfileSkillFactory(profile=sub.firm.profile)

    page = browser_of(prime.viewer).get(reverse("firm", args=[prime.firm.pk, sub.firm.pk])).content.decode()

    assert page.index("since 2001 (your note)") < page.index("78.8")
    assert "Joe is good." in page
    assert "about 15 a week" in page
    assert "Put on the bench" not in page


def test_bench_and_block_from_the_card(prime: People, sub: People, browser_of: BrowserOf) -> None:
    browser = browser_of(prime.dispatcher)
    address = reverse("firm-mark", args=[prime.firm.pk, sub.firm.pk])

    browser.post(address, {"bench": "1"})
    noted = Partnership.objects.get()
    assert (noted.owner, noted.other, noted.bench) == (prime.firm, sub.firm, True)

    browser.post(address, {"blocked": "1"})
    noted.refresh_from_db()
    assert (noted.bench, noted.blocked) == (False, True)
    theirs = browser_of(sub.owner).get(reverse("firm", args=[sub.firm.pk, prime.firm.pk])).content.decode()
    assert "is not taking offers" in theirs
    assert "locked by" not in theirs


def test_marking_is_not_for_viewers(prime: People, sub: People, browser_of: BrowserOf) -> None:
    answer = browser_of(prime.viewer).post(
        reverse("firm-mark", args=[prime.firm.pk, sub.firm.pk]), {"bench": "1"}
    )

    assert answer.status_code == 403
    assert Partnership.objects.count() == 0


def test_notes_with_an_impossible_year_say_so_beside_the_field(
    prime: People, sub: People, browser_of: BrowserOf
) -> None:
    answer = browser_of(prime.owner).post(
        reverse("firm-note", args=[prime.firm.pk, sub.firm.pk]),
        {"known_since": "1066", "vetting_status": "none"},
    )

    assert answer.status_code == 422
    assert "Write a year between 1950" in answer.content.decode()
    assert Partnership.objects.count() == 0


def test_inviting_a_firm_that_is_here_says_so(prime: People, sub: People, browser_of: BrowserOf) -> None:
    answer = browser_of(prime.owner).post(
        reverse("firm-invite-new", args=[prime.firm.pk]),
        {"firm_name": "Mesa", "email": "pat@bluemesa.example"},
    )

    assert "Blue Mesa IT is here already" in answer.content.decode()
    assert FirmInvite.objects.count() == 0


def test_a_key_is_made_after_the_password_and_shown_once(prime: People, browser_of: BrowserOf) -> None:
    browser = browser_of(prime.owner)
    address = reverse("api-key-new", args=[prime.firm.pk])
    sent = browser.post(address, {"name": "PSA", "scopes": ["read"]})
    assert sent.status_code == 302
    assert "reauthenticate" in sent.headers["Location"]
    assert ApiKey.objects.count() == 0

    shown = browser.post(sent.headers["Location"], {"password": "correct horse battery"})

    key = ApiKey.objects.get()
    assert f"{key.prefix}" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    listed = browser.get(reverse("api-keys", args=[prime.firm.pk])).content.decode()
    assert key.prefix in listed
    (secret,) = set(re.findall(r"pnk_[\w-]+", shown.content.decode())) - {key.prefix}
    assert secret.startswith(key.prefix)
    assert secret not in listed
    assert listed.count("pnk_") == 1


@pytest.mark.parametrize("rows", [1, 50])
def test_firms_takes_as_many_queries_for_50_as_for_1(
    prime: People, rows: int, browser_of: BrowserOf, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(rows):
        firm = make.FirmFactory()
        make.ProfileSkillFactory(profile=firm.profile)
        make.FirmScoreFactory(firm=firm)
        make.CapacityFactory(firm=firm)
        make.FirmInviteFactory(firm=prime.firm)
    browser = browser_of(prime.owner)
    browser.get(reverse("firms", args=[prime.firm.pk]))

    with django_assert_num_queries(16):
        page = browser.get(reverse("firms", args=[prime.firm.pk])).content.decode()

    assert page.count("On your bench") == 0
    assert ("Show more" in page) is (rows == 50)


@pytest.mark.parametrize("rows", [1, 50])
def test_people_take_as_many_queries_for_50_as_for_1(
    prime: People, rows: int, browser_of: BrowserOf, django_assert_num_queries: Callable[..., object]
) -> None:
    for _ in range(rows):
        make.MemberFactory(firm=prime.firm)
        make.InvitationFactory(firm=prime.firm)
        make.ApiKeyFactory(member=prime.owner)
    browser = browser_of(prime.owner)
    browser.get(reverse("members", args=[prime.firm.pk]))

    with django_assert_num_queries(6):
        browser.get(reverse("members", args=[prime.firm.pk]))
    with django_assert_num_queries(4):
        browser.get(reverse("api-keys", args=[prime.firm.pk]))


@pytest.mark.parametrize("rows", [1, 50])
def test_our_record_takes_as_many_queries_for_50_as_for_1(
    prime: People,
    sub: People,
    rows: int,
    browser_of: BrowserOf,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for _ in range(rows):
        event = make.ScoreEventFactory(firm=sub.firm)
        make.ScoreExclusionFactory(event=event)
        make.PaymentExperienceFactory(payer=sub.firm)
    browser = browser_of(sub.owner)
    browser.get(reverse("our-record", args=[sub.firm.pk]))

    with django_assert_num_queries(16):
        page = browser.get(reverse("our-record", args=[sub.firm.pk])).content.decode()

    assert page.count(">Met the deadline<") == rows


def test_paging_shows_every_firm_once(prime: People, browser_of: BrowserOf) -> None:
    for n in range(30):
        make.FirmFactory(name=f"Twin {n // 2:02}")
    browser = browser_of(prime.owner)
    address = reverse("firms", args=[prime.firm.pk])

    for asked in ({}, {"miles": "50"}):
        first = browser.get(address, asked).context["page"]
        second = browser.get(address, asked | {"after": first.after}, headers={"HX-Request": "true"})
        seen = [firm.pk for firm in (*first.firms, *second.context["page"].firms)]
        assert len(seen) == len(set(seen)) == 30
        assert second.context["page"].after == ""


def test_the_start_leads_to_the_one_firm_or_asks(prime: People, sub: People, browser_of: BrowserOf) -> None:
    nobody = make.UserFactory()
    browser = Client()

    assert browser.get("/").headers["Location"] == "/accounts/login/"
    assert str(prime.firm.pk) in browser_of(prime.owner).get("/").headers["Location"]
    browser.force_login(nobody, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/").headers["Location"] == "/firm/"
    make.MemberFactory(user=prime.owner.user, firm=sub.firm)
    assert "Which firm?" in browser_of(prime.owner).get("/").content.decode()


def test_the_admin_is_behind_the_same_sign_in(prime: People) -> None:
    assert "/accounts/login/" in Client().get("/admin/", follow=True).redirect_chain[-1][0]
