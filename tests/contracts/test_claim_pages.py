"""Claims on pages and by the API: a whole one from the protected client to the settlement, and who is kept out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.actions import claims
from contracts.actions.claim_sweeps import sweep_claims
from contracts.models import Claim
from partnernet.core import clock
from tests.factories.contracts import ClaimFactory, protected

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


@pytest.fixture
def row(prime, sub):
    return protected(prime.owner, sub.owner, now=clock.now() - timedelta(days=3))


def step(browser, claim: Claim, firm, name: str, **typed):
    return browser.post(reverse(f"claim-{name}", args=[firm.pk, claim.pk]), typed, follow=True)


def test_a_claim_from_the_client_to_the_settlement(prime, sub, row, browser_of):
    ours, theirs = browser_of(prime.owner), browser_of(sub.owner)
    today = clock.now().date().isoformat()
    started = reverse("claim-about-client", args=[prime.firm.pk, row.pk])
    refused = ours.post(started, {"what": "x", "breach_on": "2007-01-01", "known_on": "2007-01-01"})
    assert b"agreement is in force since" in refused.content

    ours.post(started, {"what": "They wrote to our client.", "breach_on": today, "known_on": today})
    claim = Claim.objects.get()
    assert theirs.get(reverse("claim", args=[sub.firm.pk, claim.pk])).status_code == 404
    step(ours, claim, prime.firm, "reckon", billed="$2,400.00\n2400\n\n")
    step(ours, claim, prime.firm, "paper-add", kind="email", source="Office manager", event_on=today,
         file=SimpleUploadedFile("mail.pdf", PDF))  # fmt: skip
    step(ours, claim, prime.firm, "file")
    sweep_claims(now=clock.now() + claims.UNSEEN + timedelta(minutes=1))
    Claim.objects.update(served_at=clock.now())
    shown = theirs.get(reverse("claim", args=[sub.firm.pk, claim.pk])).content.decode()

    assert "$14,400" in shown
    assert "They wrote to our client." in shown
    paper = reverse("claim-paper", args=[sub.firm.pk, claim.pk, claim.evidence.get().pk])
    assert b"".join(theirs.get(paper).streaming_content) == PDF
    step(theirs, claim, sub.firm, "read")
    step(theirs, claim, sub.firm, "respond", response="It was an error.")
    step(theirs, claim, sub.firm, "offer-settlement", terms="Half of it.", amount="7200")
    step(theirs, claim, sub.firm, "accept-settlement")  # one's own: refused
    claim.refresh_from_db()
    assert (claim.status, claim.read_by) == ("responded", sub.owner.user)
    step(ours, claim, prime.firm, "accept-settlement")
    step(ours, claim, prime.firm, "note-payment", amount="7200")
    page = step(ours, claim, prime.firm, "close").content.decode()

    claim.refresh_from_db()
    assert (claim.status, claim.agreed, claim.paid) == ("closed", 7200, 7200)
    assert "closed it" in page


@pytest.mark.parametrize("typed", ["a lot", "1e999", "-1", "NaN", "1\n" * 13, "99999999999999"])
def test_sums_that_are_none_are_refused(prime, sub, row, browser_of, typed):
    claim = ClaimFactory(by=prime.owner, other=sub.owner, protected_client=row, draft=True)

    step(browser_of(prime.owner), claim, prime.firm, "reckon", billed=typed)

    claim.refresh_from_db()
    assert claim.computed is None


def test_the_api_takes_the_same_steps(prime, sub, row, api_of):
    claim = ClaimFactory(by=prime.owner, other=sub.owner, protected_client=row)
    ours, theirs = api_of(prime.owner), api_of(sub.owner)
    address = f"/api/v1/claims/{claim.pk}/"

    shown = theirs.get(address).json()
    answered = theirs.post(f"{address}respond/", {"response": "Not so."}).json()
    refused = ours.post(f"{address}respond/", {"response": "x"})

    assert shown["computed"] == {"amount": "14400.00", "currency": "USD"}
    assert shown["agreed"] is None
    assert answered["status"] == "responded"
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_side")
    assert api_of(prime.dispatcher).get(address).status_code == 403
    body = {"agreement": str(claim.agreement_id), "kind": "conduct", "what": "Our name on their van.",
            "breach_on": str(claim.breach_on), "known_on": str(claim.known_on)}  # fmt: skip
    assert ours.post("/api/v1/claims/", body).json()["status"] == "draft"
    assert theirs.get("/api/v1/claims/").json()["results"][0]["id"] == str(claim.pk)
    assert len(theirs.get("/api/v1/claims/").json()["results"]) == 1
