"""Who knows our clients, and what there is when one leaves."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.actions.clients import mark_left
from clients.models import Client
from contracts.actions import claim_answers, protection
from contracts.models import Claim, ProtectedClient
from partnernet import evidence
from partnernet.core import clock
from partnernet.core.errors import Invalid
from tests.contracts.conftest import browser_of  # noqa: F401 - fixtures
from tests.factories.contracts import ClaimEvidenceFactory, ClaimFactory, protected, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(prime) -> date:
    return clock.now().date()


def serve(prime, sub, count: int = 1) -> list[ProtectedClient]:
    return [protected(prime.owner, sub.owner, now=clock.now()) for _ in range(count)]


def test_each_client_stands_with_every_firm_that_was_told(prime, sub, stranger, browser_of, today):  # noqa: F811
    signed(prime.owner, sub.owner, now=clock.now() - timedelta(days=2))
    (row,) = serve(prime, sub)
    other = protected(prime.owner, stranger.owner, now=clock.now(), client=row.client)
    protection.serviced(prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=row.client_id, on=today)

    page = browser_of(prime.owner).get(reverse("exposure", args=[prime.firm.pk]))

    (shown,) = page.context["clients"]
    assert shown["client"] == row.client
    assert {each.row.pk for each in shown["firms"]} == {row.pk, other.pk}
    assert (page.context["known"], page.context["knowing"]) == (1, 2)
    theirs = browser_of(sub.owner).get(reverse("exposure", args=[sub.firm.pk]))
    assert theirs.context["clients"] == []


def test_a_longer_list_asks_no_more(prime, sub, browser_of):  # noqa: F811
    browser, counted = browser_of(prime.owner), []
    for rows in (1, 20):
        serve(prime, sub, rows)
        with CaptureQueriesContext(connection) as sent:
            assert browser.get(reverse("exposure", args=[prime.firm.pk])).status_code == 200
        counted.append(len(sent))

    assert counted[0] == counted[1]


def test_a_client_that_left_shows_who_served_it(prime, sub, browser_of, today):  # noqa: F811
    (row,) = serve(prime, sub)
    page, browser = reverse("client-left", args=[prime.firm.pk, row.client_id]), browser_of(prime.owner)
    with pytest.raises(Invalid):
        mark_left(row.client, by=prime.owner, on=today + timedelta(days=2))

    browser.post(page, {"left_on": today.isoformat()})

    assert Client.objects.get(pk=row.client_id).left_on == today
    shown = browser.get(page)
    assert [each.row for each in shown.context["told"]] == [row]
    assert shown.context["told"][0].days > 300
    row.refresh_from_db()
    assert row.status == "protected"
    browser.post(page, {"back": "1"})
    assert Client.objects.get(pk=row.client_id).left_on is None


def test_the_pack_is_one_pdf_with_what_is_on_record(prime, sub, browser_of):  # noqa: F811
    claim = ClaimFactory(by=prime.owner, other=sub.owner)
    ClaimEvidenceFactory(claim=claim, by=prime.owner, other=sub.owner)
    claim_answers.respond(claim, by=sub.owner, response="It was not us.", now=claim.served_at)
    claim = Claim.objects.with_parties().get()

    made = evidence.of_claim(claim, on=date(2007, 3, 8))

    assert made.startswith(b"%PDF-")
    assert made == evidence.of_claim(claim, on=date(2007, 3, 8))
    for member in (prime.owner, sub.owner):
        page = browser_of(member).get(reverse("claim-pack", args=[member.firm_id, claim.pk]))
        assert (page.status_code, page["Content-Type"]) == (200, "application/pdf")
    own = reverse("protected-client-pack", args=[sub.firm.pk, claim.protected_client_id])
    assert browser_of(sub.owner).get(own).status_code == 404
    assert (
        browser_of(prime.dispatcher).get(reverse("claim-pack", args=[prime.firm.pk, claim.pk])).status_code
        == 403
    )


def test_the_papers_come_with_the_pack_as_they_were_handed_in(prime, sub, stranger, browser_of):  # noqa: F811
    claim = ClaimFactory(by=prime.owner, other=sub.owner)
    paper = ClaimEvidenceFactory(claim=claim, by=prime.owner, other=sub.owner)
    page = reverse("claim-pack-papers", args=[sub.firm.pk, claim.pk])

    given = browser_of(sub.owner).get(page)

    with zipfile.ZipFile(io.BytesIO(given.getvalue())) as packed:
        names = [f"{claim.reference}.pdf", "SHA256SUMS", "papers/01 mail.pdf"]
        assert packed.namelist() == names
        assert packed.read(names[0]).startswith(b"%PDF-")
        assert packed.read(names[1]).decode() == f"{paper.sha256}  papers/01 mail.pdf\n"
        assert hashlib.sha256(packed.read(names[2])).hexdigest() == paper.sha256
    listed = evidence._papers(Claim.objects.get())["rows"]
    assert [row[:3] + row[4:] for row in listed] == [
        [
            "papers/01 mail.pdf",
            "Email or letter",
            "Email of the office manager, 2 February 2007",
            paper.sha256,
        ]
    ]
    assert browser_of(sub.dispatcher).get(page).status_code == 403
    assert browser_of(stranger.owner).get(page).status_code == 404


def test_what_the_pack_says(prime, sub):
    claim = ClaimFactory(by=prime.owner, other=sub.owner)
    claim = Claim.objects.with_parties().get(pk=claim.pk)

    parts = {part["title"]: part["rows"] for part in [
        evidence._the_claim(claim), evidence._the_money(claim),
        *evidence._common(evidence._loaded(claim.agreement_id), claim.protected_client),
    ]}  # fmt: skip

    money = dict(parts["The money, step by step"])
    assert (money["By the formula"], money["Claimed"], money["Agreed on"]) == ("$14,400", "$14,400", "–")
    assert dict(parts["The agreement"])["Recomputed"] == "Text, signatures and chain hold."
    assert len(parts["Signatures"]) == 2
    assert dict(parts["The notice of protection"])["Notice opened"] == "not yet"
