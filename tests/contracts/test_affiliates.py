"""A listed affiliate works under an agreement that another firm signed: it reads it, takes no step, and claims for its own clients."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from contracts.actions import claim_sweeps, claims, protection
from contracts.models import Agreement, Claim, ProtectedClient
from partnernet.core.errors import Invalid
from partnernet.core.ids import new_id
from partnernet.core.localtime import day_in
from partnernet.core.models import Notification
from partners.models import Member
from tests.factories.amendments import amended
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, proposed, signed
from tests.factories.parties import AffiliationFactory
from tests.factories.partners import People, people_of

pytestmark = pytest.mark.django_db
NOW, DAY = SIGNED_AT, timedelta(days=1)
Browser = Callable[[Member], Client]
INCLUDED = {"affiliates_included": True}


@pytest.fixture
def west(prime: People) -> People:
    """Halcyon West belongs to Halcyon Managed, as both have said."""
    return belongs(people_of("Halcyon West", "halcyonwest.example"), prime)


def belongs(people: People, parent: People) -> People:
    since, by = date(2006, 5, 1), people.owner.user
    AffiliationFactory(
        firm=parent.firm, affiliate=people.firm, since=since, confirmed_by=by, confirmed_at=NOW
    )
    return people


def page(name: str, member: Member, *args: object) -> str:
    return reverse(name, args=[member.firm_id, *args])


def served(prime: People, sub: People) -> ProtectedClient:
    client = ClientFactory(firm=prime.firm)
    row = protection.serve(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=client.pk, client_name=client.name,
        work_order_id=new_id(), now=NOW,
    )  # fmt: skip
    assert row is not None
    return row


def about(row: ProtectedClient, by: Member, kind: str = "client") -> Claim:
    on = day_in(NOW + DAY, by.firm.timezone)
    facts = claims.Facts(kind, "They wrote to our client.", on, on, person_name="Sam")
    protected = row if kind == "client" else None
    return claims.draft(row.agreement, facts, by=by, protected=protected, now=NOW + 2 * DAY)


def test_an_affiliate_reads_the_agreement_and_finds_it_in_its_list(
    prime: People, sub: People, west: People, browser_of: Browser
):
    agreement = signed(prime.owner, sub.owner, values=INCLUDED)
    browser, address = browser_of(west.dispatcher), page("agreement", west.dispatcher, agreement.pk)

    listed = browser.get(page("agreements", west.dispatcher)).content.decode()
    shown = browser.get(address).content.decode()
    text = browser.get(page("agreement-text", west.dispatcher, agreement.pk))

    assert (address in listed, "We work under these as an affiliate" in listed) == (True, True)
    assert "You work under this as an affiliate of Halcyon Managed, since" in shown
    assert "What you agree to, in eight lines" in shown
    assert text.content.decode() == agreement.current_revision.text
    for word in (
        "Give notice",
        "End it with notice",
        "Change it by amendment",
        "Comments",
        "What happened",
        "What was recorded",
    ):
        assert word not in shown
    theirs = browser_of(sub.owner).get(page("agreements", sub.owner)).content.decode()
    assert "We work under these as an affiliate" not in theirs


@pytest.mark.parametrize(
    "name",
    [
        "agreement-comments", "agreement-signers", "agreement-findings", "agreement-pdf", "agreement-terminate", "agreement-amend",
        "agreement-revise", "agreement-recall", "claim-under-agreement",
    ],
)  # fmt: skip
def test_it_reads_nothing_else_of_it_and_takes_no_step(
    prime: People, sub: People, west: People, browser_of: Browser, name: str
):
    agreement = signed(prime.owner, sub.owner, values=INCLUDED)
    browser, before = browser_of(west.owner), agreement.events.count()

    answers = [getattr(browser, how)(page(name, west.owner, agreement.pk)) for how in ("get", "post")]

    assert answers[0].status_code == 404
    assert answers[1].status_code in (404, 405)
    assert agreement.events.count() == before


def test_only_what_lists_it_and_is_signed_by_both(
    prime: People, sub: People, stranger: People, west: People, browser_of: Browser
):
    waiting = proposed(prime.owner, sub.firm, values=INCLUDED)
    without = signed(prime.owner, stranger.owner)
    late = belongs(people_of("Halcyon East", "halcyoneast.example"), prime)
    other = signed(stranger.owner, sub.owner, values=INCLUDED)

    for people, agreement in (
        (west, waiting),
        (west, without),
        (late, without),
        (west, other),
        (late, other),
    ):
        answer = browser_of(people.owner).get(page("agreement", people.owner, agreement.pk))
        assert answer.status_code == 404
        assert Agreement.objects.visible_to(people.firm, through=[waiting.pk]).count() == 0


def test_it_reads_amendments_too_and_what_holds_since(
    prime: People, sub: People, west: People, browser_of: Browser
):
    agreement = signed(prime.owner, sub.owner, values=INCLUDED)
    changed = amended(agreement, prime.owner, sub.owner, {"client_tail_months": 18}, now=NOW + DAY)
    browser = browser_of(west.owner)

    shown = browser.get(page("agreement", west.owner, agreement.pk)).content.decode()
    amendment = browser.get(page("agreement", west.owner, changed.pk)).content.decode()

    assert "Changed since it was signed" in shown
    assert page("agreement", west.owner, changed.pk) in shown
    assert "What it changes" in amendment
    assert page("agreement", west.owner, agreement.pk) in amendment


def test_a_program_of_the_affiliate_reads_it_and_no_more(
    prime: People, sub: People, west: People, stranger: People, api_of: Callable[..., Client]
):
    agreement = signed(prime.owner, sub.owner, values=INCLUDED)
    path = f"/api/v1/agreements/{agreement.pk}/"
    api, theirs = api_of(west.owner), api_of(sub.owner)

    (listed,) = api.get("/api/v1/agreements/").json()["results"]

    assert (listed["id"], listed["is_party"]) == (str(agreement.pk), False)
    assert api.get(path).json()["is_party"] is False
    assert theirs.get(path).json()["is_party"] is True
    assert api.get(f"{path}effective-terms/").status_code == 200
    for name in ("events", "revisions", "comments", "signatories", "findings", "protected-clients"):
        assert api.get(f"{path}{name}/").status_code == 404
    assert api.post(f"{path}terminate/", {"reason": "We leave."}, format="json").status_code == 404
    assert api_of(stranger.owner).get(path).status_code == 404


# Claims: each firm answers for its affiliates as for itself.


def test_an_affiliate_claims_for_its_own_client_against_the_firm_that_signed(
    prime: People, sub: People, west: People, browser_of: Browser
):
    signed(prime.owner, sub.owner, values=INCLUDED)
    row = served(west, sub)

    asked = browser_of(west.owner).get(page("claim-about-client", west.owner, row.pk))
    claim = about(row, west.owner)

    assert (asked.status_code, asked.context["other"]) == (200, sub.firm)
    assert (claim.claimant, claim.respondent) == (west.firm, sub.firm)
    assert not Claim.objects.visible_to(prime.firm).exists()


def test_whoever_signed_answers_for_what_its_affiliate_did(prime: People, sub: People, stranger: People):
    belongs(stranger, sub)
    signed(prime.owner, sub.owner, values=INCLUDED)
    row = served(prime, stranger)

    claim = about(row, prime.owner)
    claims.reckon(claim, by=prime.owner, billed=[Decimal(2400)] * 3, now=NOW + 2 * DAY)
    claims.file(claim, by=prime.owner, now=NOW + 2 * DAY)
    claim_sweeps.sweep_claims(now=NOW + 2 * DAY + timedelta(hours=2))

    claim.refresh_from_db()
    assert (claim.respondent, claim.status) == (sub.firm, "notice_served")
    told = Notification.objects.filter(kind="claim_served").values_list("user__email", flat=True)
    assert sub.owner.user.email in told
    assert stranger.owner.user.email not in told


def test_for_anything_else_the_affiliate_asks_the_firm_that_signed(prime: People, sub: People, west: People):
    signed(prime.owner, sub.owner, values=INCLUDED)
    row = served(west, sub)

    with pytest.raises(Invalid, match="Ask an owner of Halcyon Managed"):
        about(row, west.owner, kind="conduct")
    with pytest.raises(Invalid, match="Halcyon West's, which claims for it itself"):
        about(row, prime.owner)

    assert not Claim.objects.exists()
