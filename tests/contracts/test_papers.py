"""An agreement that was signed on paper: it covers at once as what it is, and never counts as signed here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.actions import amending, claims, coverage, papers, protection, templates, verification
from contracts.coverage import Need
from contracts.models import Agreement, AgreementEvent, PaperOriginal, ProtectedClient
from contracts.standing import standing
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.localtime import day_in
from partnernet.core.models import Delivery, Notification
from partnernet.core.uploads import Upload
from tests.factories.amendments import on_paper
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, protected, signed
from tests.factories.partners import FirmFactory, OffNetworkFirmFactory, People
from tests.queries import asked

pytestmark = pytest.mark.django_db
NOW, DAY = SIGNED_AT, timedelta(days=1)
Browser = Callable[..., Client]
PDF = b"%PDF-1.4\n%%EOF"


def verdict(prime: People, sub: People, at: Any = NOW) -> tuple[str, str]:
    found = coverage.judge_now(Need(prime.firm.pk, sub.firm.pk, at, at + DAY), now=at)
    return found.status, " ".join(found.reasons)


def told(who: People, kind: str) -> int:
    return Notification.objects.filter(kind=kind, firm=who.firm.pk).count()


def test_it_covers_at_once_as_stated_by_one_firm(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)

    assert verdict(prime, sub) == (
        "covered_on_paper",
        "An agreement on paper is in force, as stated by one firm.",
    )
    kept = agreement.paper
    assert (kept.sha256, kept.file.read()) == (sha256(PDF).hexdigest(), PDF)
    assert agreement.current_revision.values["file_sha256"] == kept.sha256
    assert standing(agreement, NOW).label == "On paper, stated by Halcyon Managed"
    assert (told(sub, "on_paper_stated"), told(prime, "on_paper_stated")) == (1, 0)
    assert verification.faults_of(agreement) == []
    assert not Agreement.objects.signed().exists()


def test_the_other_firm_confirms_it_with_one_tap(prime: People, sub: People):
    agreement = papers.confirm(on_paper(prime.owner, sub.firm), by=sub.owner, now=NOW + DAY)

    assert agreement.status == "paper_confirmed"
    assert verdict(prime, sub, NOW + DAY) == (
        "covered_on_paper",
        "An agreement on paper is in force, confirmed by both firms.",
    )
    assert (told(prime, "on_paper_confirmed"), told(sub, "on_paper_confirmed")) == (1, 1)


def test_disputed_it_covers_nothing_until_it_is_settled(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)
    with pytest.raises(RuleBroken, match="Say why"):
        papers.object_to(agreement, by=sub.owner, reason=" ", now=NOW)

    papers.object_to(agreement, by=sub.owner, reason="That is the draft of 2005.", now=NOW + DAY)

    status, why = verdict(prime, sub, NOW + DAY)
    assert (status, why.startswith("The other firm says")) == ("not_covered", True)
    assert (told(prime, "on_paper_disputed"), told(sub, "on_paper_disputed")) == (1, 1)
    papers.confirm(agreement, by=sub.owner, now=NOW + 2 * DAY)
    assert verdict(prime, sub, NOW + 2 * DAY)[0] == "covered_on_paper"


def test_withdrawn_it_covers_nothing_and_stays_withdrawn(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)
    papers.withdraw(agreement, by=prime.owner, reason="We have found that it ended.", now=NOW + DAY)

    assert verdict(prime, sub, NOW + DAY)[0] == "not_covered"
    assert (told(prime, "on_paper_withdrawn"), told(sub, "on_paper_withdrawn")) == (1, 1)
    with pytest.raises(IllegalStep):
        papers.confirm(agreement, by=sub.owner, now=NOW + 2 * DAY)


def test_only_owners_and_each_side_its_own(prime: People, sub: People, stranger: People):
    with pytest.raises(WrongRole):
        on_paper(prime.dispatcher, sub.firm)
    agreement = on_paper(prime.owner, sub.firm)
    for act, by, refusal in (
        (papers.confirm, prime.owner, WrongSide),
        (papers.affirm, sub.owner, WrongSide),
        (papers.confirm, sub.dispatcher, WrongRole),
        (papers.confirm, stranger.owner, Agreement.DoesNotExist),
    ):
        with pytest.raises(refusal):
            act(agreement, by=by, now=NOW)
    assert AgreementEvent.objects.filter(agreement=agreement).count() == 1


def test_it_is_asked_about_each_year_and_stops_covering_without_an_answer(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)
    assert papers.ask_due(now=NOW + 365 * DAY - timedelta(seconds=1)) == 0

    year = NOW + 365 * DAY
    assert (papers.ask_due(now=year), papers.ask_due(now=year)) == (1, 0)
    assert (told(prime, "on_paper_asked"), told(sub, "on_paper_asked")) == (1, 0)
    assert verdict(prime, sub, year + 30 * DAY - timedelta(seconds=1))[0] == "covered_on_paper"
    assert verdict(prime, sub, year + 30 * DAY)[0] == "not_covered"

    papers.affirm(agreement, by=prime.owner, now=year + 31 * DAY)
    assert verdict(prime, sub, year + 31 * DAY)[0] == "covered_on_paper"
    assert papers.ask_due(now=year + 32 * DAY) == 0
    assert papers.ask_due(now=year + (31 + 365) * DAY) == 1


def test_clients_are_protected_under_it_as_under_a_signed_one(prime: People, sub: People):
    agreement, client = on_paper(prime.owner, sub.firm, tail_months=9), ClientFactory(firm=prime.firm)
    served = {"prime_id": prime.firm.pk, "sub_id": sub.firm.pk, "client_id": client.pk}
    row = protection.serve(**served, client_name=client.name, work_order_id=client.pk, now=NOW)
    assert row is not None
    assert (row.agreement, row.tail_months) == (agreement, 9)

    protection.serviced(**served, on=date(2007, 3, 9), now=NOW + 40 * DAY)

    row.refresh_from_db()
    assert row.protected_until == date(2007, 12, 9)
    day = day_in(NOW + 41 * DAY, prime.firm.timezone)
    facts = claims.Facts("client", "They wrote to our client.", day, day)
    claim = claims.draft(agreement, facts, by=prime.owner, protected=row, now=NOW + 41 * DAY)
    with pytest.raises(RuleBroken, match="formula stands in the agreement on paper"):
        claims.reckon(claim, by=prime.owner, now=NOW + 41 * DAY)


def test_what_was_signed_here_comes_first(prime: People, sub: People):
    on_paper(prime.owner, sub.firm)
    here = signed(prime.owner, sub.owner, now=NOW + DAY)

    assert verdict(prime, sub, NOW + DAY)[0] == "covered"
    assert protected(prime.owner, sub.owner, now=NOW + DAY).agreement == here


def test_a_paper_that_protects_no_clients_covers_no_work(prime: People, sub: People):
    on_paper(prime.owner, sub.firm, tail_months=0)

    assert verdict(prime, sub) == ("not_covered", "The agreement in force does not protect clients.")
    assert not ProtectedClient.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"signed_on": date(2007, 2, 2)}, "signed_on"),
        ({"ends_on": date(2007, 1, 31)}, "ends_on"),
        ({"holds_original": False}, "holds_original"),
        ({"tail_months": 121}, "client_tail_months"),
    ],
)
def test_what_does_not_hold_is_said_beside_it(prime: People, sub: People, change: dict[str, Any], field: str):
    templates.publish("paper_agreement", now=NOW - DAY)
    said = {
        "title": "Subcontract agreement", "signed_on": date(2006, 5, 1), "ends_on": date(2009, 5, 1), "tail_months": 12,
        "holds_original": True, "upload": Upload("signed.pdf", "application/pdf", PDF),
    }  # fmt: skip

    with pytest.raises(Invalid) as refusal:
        papers.state(sub.firm, papers.Stated(**{**said, **change}), by=prime.owner, now=NOW)

    assert set(refusal.value.fields) == {field}
    assert not PaperOriginal.objects.exists()


def test_one_file_is_stated_once_for_two_firms(prime: People, sub: People):
    on_paper(prime.owner, sub.firm)
    with pytest.raises(RuleBroken, match="kept for the two firms already"):
        on_paper(sub.owner, prime.firm)
    assert on_paper(prime.owner, FirmFactory()).status == "on_paper"


def test_it_is_not_amended_here(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)
    with pytest.raises(IllegalStep):
        amending.draft(agreement, amending.Wish({"client_tail_months": 18}), by=prime.owner, now=NOW)


def test_a_firm_off_the_network_gets_no_mail_and_stays_stated(prime: People):
    other = OffNetworkFirmFactory(kept_by=prime.firm)
    agreement = on_paper(prime.owner, other)

    assert agreement.status == "on_paper"
    assert not Delivery.objects.filter(notification__kind="on_paper_stated").exists()


def test_the_list_of_firms_says_with_whom_it_is_on_paper_alone(
    prime: People, sub: People, stranger: People, browser_of: Browser
):
    now = clock.now()
    stated = on_paper(prime.owner, sub.firm, now=now)
    on_paper(stranger.owner, prime.firm, now=now)
    signed(prime.owner, stranger.owner, now=now)

    def badges(who: People) -> int:
        page = browser_of(who.viewer).get(reverse("firms", args=[who.firm.pk]))
        return page.content.decode().count("Agreement on paper")

    assert (badges(prime), badges(sub), badges(stranger)) == (1, 1, 0)
    papers.object_to(stated, by=sub.owner, reason="That is a draft.")
    assert (badges(prime), badges(sub)) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_it_from_ever_being_signed_here(prime: People, sub: People):
    agreement = on_paper(prime.owner, sub.firm)
    rows = Agreement.objects.filter(pk=agreement.pk)
    for change in (
        {"status": "signed"},
        {"kind": "nda"},
        {"client_tail_months": 24},
        {"protects_clients": False},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    for change in ({"sha256": "0" * 64}, {"ends_on": date(2030, 1, 1)}, {"file": "other.pdf"}):
        with pytest.raises(DatabaseError, match="as it was handed in"), transaction.atomic():
            PaperOriginal.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperOriginal.objects.all().delete()


def test_it_is_stated_answered_and_read_in_the_browser(prime: People, sub: People, browser_of: Browser):
    templates.publish("paper_agreement", now=NOW)
    ours, theirs = browser_of(prime.owner), browser_of(sub.owner)
    new = reverse("agreement-paper-new", args=[prime.firm.pk, sub.firm.pk])
    today = timezone.now().date()
    typed = {
        "title": "Master agreement", "signed_on": "2006-05-01", "ends_on": f"{today.year + 2}-05-01",
        "protects_clients": "on", "tail_months": "12", "holds_original": "on",
    }  # fmt: skip
    assert b"This is not" not in ours.get(new).content
    fake = ours.post(new, typed | {"file": SimpleUploadedFile("signed.pdf", b"MZ not a paper")})
    assert b"Send the paper as a PDF, or as a photo" in fake.content
    made = ours.post(new, typed | {"file": SimpleUploadedFile("../signed.exe", PDF)})

    agreement = Agreement.objects.get()
    page = reverse("agreement", args=[sub.firm.pk, agreement.pk])
    assert made.url == reverse("agreement", args=[prime.firm.pk, agreement.pk])
    shown = theirs.get(page).content.decode()
    assert "Yes, that is right" in shown
    kept = theirs.get(reverse("agreement-paper-file", args=[sub.firm.pk, agreement.pk]))
    assert (b"".join(kept.streaming_content), kept["Content-Disposition"]) == (
        PDF,
        'attachment; filename="signed.pdf"',
    )

    theirs.post(reverse("agreement-paper-confirm", args=[sub.firm.pk, agreement.pk]))

    assert Agreement.objects.get().status == "paper_confirmed"
    assert b"On paper, confirmed by both" in ours.get(reverse("agreements", args=[prime.firm.pk])).content
    card = ours.get(reverse("firm", args=[prime.firm.pk, sub.firm.pk])).content.decode()
    assert "confirmed by both firms" in card


def test_the_api_states_and_answers(prime: People, sub: People, api_of: Callable[..., Client]):
    templates.publish("paper_agreement", now=NOW)
    body = {
        "other": str(sub.firm.pk), "signed_on": "2006-05-01", "ends_on": f"{timezone.now().year + 2}-05-01",
        "tail_months": 12, "holds_original": True, "file": SimpleUploadedFile("signed.pdf", PDF),
    }  # fmt: skip

    made = api_of(prime.owner).post("/api/v1/agreements/on-paper/", body, format="multipart")

    path = f"/api/v1/agreements/{made.json()['id']}/"
    assert (made.status_code, made.json()["status"], made.json()["in_force"]) == (201, "on_paper", True)
    assert api_of(sub.owner).get(f"{path}paper/").json()["sha256"] == sha256(PDF).hexdigest()
    wrong = api_of(sub.owner).post(f"{path}object-paper/", {"reason": "Not ours."}, format="json").json()
    assert (wrong["status"], wrong["in_force"]) == ("paper_disputed", False)


def test_how_many_papers_there_are_costs_no_query(prime: People, sub: People, browser_of: Browser):
    on_paper(prime.owner, sub.firm)
    browser, page = browser_of(prime.owner), reverse("agreements", args=[prime.firm.pk])
    one = asked(lambda: browser.get(page), "contracts")
    at = asked(lambda: verdict(prime, sub), "contracts")
    for each in range(5):
        on_paper(prime.owner, sub.firm, body=f"%PDF-1.4\n{each}\n%%EOF".encode())

    assert asked(lambda: browser.get(page), "contracts") == one
    assert asked(lambda: verdict(prime, sub), "contracts") == at
