"""Papers: which hold on a day, handed in, decided by the operator, asked for, remembered before they run out."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from partnernet.core import uploads
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners import papers
from partners.actions import documents, reckoning
from partners.actions.documents import PaperFacts
from partners.models import Document, PaperRequest, Partnership
from partners.papers import Shown, Slot
from partners.workflow import DOCUMENT, HOLDER, OPERATOR
from tests.everything import nothing_moves
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
MONDAY = datetime(2007, 2, 12, 15, tzinfo=UTC)
TODAY = date(2007, 2, 12)
DAY = timedelta(days=1)
PDF = uploads.Upload("coi.pdf", "application/pdf", b"%PDF-1.4\n%%EOF")
COI = PaperFacts(
    kind="insurance", policy="general_liability", carrier="Long Island Mutual", number="GL-1",
    limit_each=Decimal(1_000_000), limit_total=Decimal(2_000_000), effective_on=date(2007, 3, 1), expires_on=date(2008, 3, 1),
)  # fmt: skip
GENERAL = Slot("insurance", "general_liability")


@pytest.fixture(autouse=True)
def stored_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def operator():
    return make.OperatorFactory(is_superuser=True)


@pytest.fixture
def handed_in(sub: People, operator) -> Document:
    return documents.hand_in(COI, PDF, by=sub.owner, now=MONDAY)


def told(kind: str) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).order_by("created_at", "user__email")
    return list(rows.values_list("user__email", "title"))


def policy(first: int, last: int | None, *, sent: int = 0, limit: int = 1_000_000) -> Shown:
    """A policy from one day of 2007 to another, counted from 1 January."""
    start = date(2007, 1, 1)
    ends = None if last is None else start + last * DAY
    return Shown(GENERAL, MONDAY + sent * DAY, start + first * DAY, ends, Decimal(limit), "USD")


@pytest.mark.parametrize(
    ("held", "day", "until"),
    [
        ([], 0, None),
        ([policy(0, 9)], 0, 9),
        ([policy(0, 9)], 9, 9),
        ([policy(0, 9)], 10, None),
        ([policy(1, 9)], 0, None),
        ([policy(0, 9), policy(10, 19, sent=1)], 0, 19),
        ([policy(0, 9), policy(11, 19, sent=1)], 0, 9),
        ([policy(0, 9), policy(5, 19, sent=1)], 0, 19),
        ([policy(0, 99), policy(5, 19, sent=1)], 0, 99),
        ([policy(0, None)], 400, "ever"),
        ([policy(0, 9), policy(5, 19, sent=1, limit=500_000)], 0, 4),
        ([policy(0, 9, limit=500_000)], 0, None),
    ],
)
def test_policies_carry_each_other_on_without_a_gap(held, day, until):
    start = date(2007, 1, 1)

    found = papers.through(held, start + day * DAY, enough=lambda paper: paper.limit >= 1_000_000)

    assert found == (date.max if until == "ever" else None if until is None else start + until * DAY)


def test_a_policy_ends_as_the_day_of_its_expiration_begins():
    assert papers.last_day("insurance", date(2008, 3, 1)) == date(2008, 2, 29)
    assert papers.last_day("workers_compensation", date(2008, 3, 1)) == date(2008, 2, 29)
    assert papers.last_day("certification", date(2008, 3, 1)) == date(2008, 3, 1)
    assert papers.last_day("w9", None) is None


@pytest.mark.parametrize(
    ("left", "due"), [(91, None), (90, 90), (61, 90), (60, 60), (20, 30), (7, 7), (0, 7), (-1, None)]
)
def test_the_reminder_that_is_due_is_the_latest_that_has_come(left, due):
    assert papers.reminder(left) == due


def test_what_is_handed_in_waits_for_the_operator(operator, handed_in, sub):
    documents.hand_in(replace(COI, policy="cyber_liability"), PDF, by=sub.finance, now=MONDAY)

    assert (handed_in.status, str(handed_in), handed_in.sha256) == (
        "pending",
        "General liability",
        PDF.sha256,
    )
    assert handed_in.file.open("rb").read() == PDF.body
    assert {title for who, title in told("paper_handed_in") if who == operator.email} == {
        "Blue Mesa IT handed in a paper: general liability",
        "Blue Mesa IT handed in a paper: cyber liability",
    }
    assert list(sub.firm.events.values_list("step", flat=True)) == ["hand_in_paper", "hand_in_paper"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "poem"}, "kind"),
        ({"policy": ""}, "policy"),
        ({"carrier": ""}, "carrier"),
        ({"number": ""}, "number"),
        ({"limit_each": None}, "limit_each"),
        ({"limit_each": Decimal(0)}, "limit_each"),
        ({"limit_total": Decimal(999_999)}, "limit_total"),
        ({"effective_on": None}, "effective_on"),
        ({"expires_on": None}, "expires_on"),
        ({"expires_on": date(2007, 3, 1)}, "expires_on"),
        ({"effective_on": date(2006, 1, 1), "expires_on": TODAY}, "expires_on"),
        ({"kind": "background_check"}, "name"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(sub, wrong, field):
    with nothing_moves(), pytest.raises(Invalid) as refusal:
        documents.hand_in(replace(COI, **wrong), PDF, by=sub.owner, now=MONDAY)

    assert list(refusal.value.fields) == [field]


def test_a_tax_number_is_not_kept_beside_a_w9(sub):
    paper = documents.hand_in(PaperFacts("w9", number="12-3456789"), PDF, by=sub.owner, now=MONDAY)

    assert paper.number == ""


def test_papers_are_for_the_office(sub):
    for member in (sub.technician, sub.viewer):
        with nothing_moves(), pytest.raises(WrongRole):
            documents.hand_in(COI, PDF, by=member, now=MONDAY)


def test_the_operator_accepts_once(handed_in, operator, sub):
    documents.accept(handed_in, by=operator, now=MONDAY + DAY)

    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.decided_by, handed_in.decided_at) == (
        "accepted",
        operator,
        MONDAY + DAY,
    )
    assert told("paper_accepted") == [("owner@bluemesa.example", "Accepted: general liability")]
    with nothing_moves(), pytest.raises(IllegalStep):
        documents.reject(handed_in, by=operator, reason="After all", now=MONDAY + 2 * DAY)


def test_no_needs_a_reason_that_the_firm_reads(handed_in, operator):
    with nothing_moves(), pytest.raises(RuleBroken, match="Say why"):
        documents.reject(handed_in, by=operator, reason=" ", now=MONDAY)

    documents.reject(handed_in, by=operator, reason="The limit on it is 500,000.", now=MONDAY)

    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.reason) == ("rejected", "The limit on it is 500,000.")
    assert told("paper_rejected") == [("owner@bluemesa.example", "Not accepted: general liability")]


def test_nobody_else_decides(handed_in, sub):
    with nothing_moves(), pytest.raises(WrongRole):
        documents.accept(handed_in, by=sub.owner.user, now=MONDAY)


def test_who_may_do_what_with_a_paper():
    sides = ((OPERATOR, "operator"), (HOLDER, "owner"), (HOLDER, "dispatcher"), (HOLDER, "finance"),
             (HOLDER, "technician"), (HOLDER, "viewer"), ("", "owner"))  # fmt: skip
    found = {
        (status, side, role): tuple(step.name for step in DOCUMENT.open_steps(status, side=side, role=role))
        for status in Document.Status.values
        for side, role in sides
        if DOCUMENT.open_steps(status, side=side, role=role)
    }

    assert found == {
        ("pending", OPERATOR, "operator"): ("accept", "reject"),
        **{("pending", HOLDER, role): ("withdraw",) for role in ("owner", "dispatcher", "finance")},
        **{("accepted", HOLDER, role): ("withdraw",) for role in ("owner", "dispatcher", "finance")},
    }
    assert {step.target for step in DOCUMENT} | {"pending"} == set(Document.Status.values)


def test_what_is_taken_back_no_longer_counts(sub, stranger):
    paper = make.DocumentFactory(firm=sub.firm)
    with nothing_moves(), pytest.raises(WrongSide):
        documents.withdraw(paper, by=stranger.owner, now=MONDAY)

    documents.withdraw(paper, by=sub.finance, now=MONDAY)

    assert Document.objects.shown_by([sub.firm.pk]) == {sub.firm.pk: []}
    assert list(Document.objects.counted_on(TODAY - DAY)) == [paper]
    assert list(Document.objects.counted_on(TODAY)) == []


def test_asking_tells_the_owners_once(prime, sub):
    asked = documents.ask(sub.firm, GENERAL, by=prime.dispatcher, limit=Decimal(1_000_000), now=MONDAY)
    again = documents.ask(sub.firm, GENERAL, by=prime.owner, limit=Decimal(2_000_000), now=MONDAY + DAY)

    assert (again.pk, again.limit_each) == (asked.pk, Decimal(2_000_000))
    assert told("paper_asked") == [
        ("owner@bluemesa.example", "Halcyon Managed asks for your general liability")
    ]


def test_who_asked_is_told_when_enough_was_accepted(prime, sub, operator, handed_in):
    documents.ask(sub.firm, GENERAL, by=prime.dispatcher, limit=Decimal(1_000_001), now=MONDAY)
    documents.accept(handed_in, by=operator, now=MONDAY)
    assert told("paper_shown") == []

    more = documents.hand_in(replace(COI, limit_each=Decimal(2_000_000)), PDF, by=sub.owner, now=MONDAY + DAY)
    documents.accept(more, by=operator, now=MONDAY + 2 * DAY)

    assert PaperRequest.objects.get().answered_at == MONDAY + 2 * DAY
    assert [who for who, _ in told("paper_shown")] == ["dispatcher@halcyon.example", "owner@halcyon.example"]


def test_a_bank_reference_cannot_be_asked_for(prime, sub):
    with nothing_moves(), pytest.raises(Invalid):
        documents.ask(sub.firm, Slot("bank_reference"), by=prime.owner, now=MONDAY)


def test_owners_are_reminded_once_at_each_of_four_days(sub):
    make.DocumentFactory(firm=sub.firm, expires_on=TODAY + 101 * DAY)  # holds through day 100
    titles = []
    for passed in range(103):
        documents.remind(now=MONDAY + passed * DAY)
        documents.remind(now=MONDAY + passed * DAY)
        titles.append(len(told("paper_runs_out")))

    assert [passed for passed in range(1, 103) if titles[passed] > titles[passed - 1]] == [10, 40, 70, 93]
    assert titles[-1] == 4
    assert told("paper_runs_out")[0] == (
        "owner@bluemesa.example",
        "Your general liability runs out on Wednesday 23 May 2007",
    )


def test_a_paper_that_a_newer_one_carries_on_needs_no_reminder(sub):
    make.DocumentFactory(firm=sub.firm, expires_on=TODAY + 20 * DAY)
    make.DocumentFactory(
        firm=sub.firm, sent_at=MONDAY, effective_on=TODAY + 20 * DAY, expires_on=TODAY + 385 * DAY,
        status="pending", decided_at=None, decided_by=None,
    )  # fmt: skip

    assert documents.remind(now=MONDAY) == 0


def test_a_photo_of_a_paper_is_drawn_anew_and_anything_else_refused():
    photo = io.BytesIO()
    Image.new("RGB", (20, 20)).save(photo, "PNG")

    assert uploads.paper(PDF.body, "../coi.exe").name == "coi.pdf"
    assert uploads.paper(photo.getvalue(), "w9.png").content_type == "image/png"
    with pytest.raises(RuleBroken, match="Send the paper as a PDF"):
        uploads.paper(b"<html>", "coi.pdf")


def test_the_page_hands_in_and_refuses_beside_the_field(sub, browser_of):
    page, address = browser_of(sub.owner), reverse("papers", args=[sub.firm.pk])
    typed = {"wanted": "w9"}

    refused = page.post(address, typed)
    assert refused.context["form"].errors == {"file": ["Choose a file first."]}
    refused = page.post(address, {**typed, "file": SimpleUploadedFile("w9.pdf", b"<script>")})
    assert "PDF" in str(refused.context["form"].errors["file"])
    page.post(address, {**typed, "file": SimpleUploadedFile("w9.pdf", PDF.body)})

    assert Document.objects.get().kind == "w9"


def test_a_tax_form_is_opened_by_owner_and_finance_as_a_download(sub, browser_of):
    paper = documents.hand_in(PaperFacts("w9"), replace(PDF, name="w9.pdf"), by=sub.owner, now=MONDAY)
    address = reverse("paper-file", args=[sub.firm.pk, paper.pk])

    answer = browser_of(sub.finance).get(address)
    assert b"".join(answer.streaming_content) == PDF.body
    assert answer["Content-Disposition"] == 'attachment; filename="w9.pdf"'
    assert browser_of(sub.dispatcher).get(address).status_code == 403


def test_another_firm_sees_what_holds_and_never_bank_or_number(prime, sub, browser_of):
    Partnership.objects.create(
        owner=prime.firm, other=sub.firm, updated_at=MONDAY, updated_by=prime.owner.user
    )
    make.DocumentFactory(firm=sub.firm, number="SECRET-1", expires_on=date(2999, 1, 1))
    for kind in ("w9", "bank_reference"):
        make.DocumentFactory(
            firm=sub.firm,
            kind=kind,
            policy="",
            limit_each=None,
            limit_total=None,
            expires_on=None,
            number="",
            carrier="",
        )

    page = browser_of(prime.viewer).get(reverse("firm-papers", args=[prime.firm.pk, sub.firm.pk]))

    assert [(row.words, row.limit, row.until) for row in page.context["holds"]] == [
        ("General liability", "$1,000,000", date(2998, 12, 31)),
        ("W-9", "", None),
    ]
    assert "SECRET-1" not in page.content.decode()


def test_a_firm_that_nobody_knows_shows_nothing(prime, sub, browser_of):
    make.DocumentFactory(firm=sub.firm)

    page = browser_of(prime.owner).get(reverse("firm-papers", args=[prime.firm.pk, sub.firm.pk]))

    assert page.context["holds"] == []


def test_the_operator_decides_in_the_admin_and_opens_the_file(handed_in, operator, sub):
    admin = Client()
    admin.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("admin:partners_document_change", args=[handed_in.pk])

    assert (
        b"".join(admin.get(reverse("admin:partners_document_file", args=[handed_in.pk])).streaming_content)
        == PDF.body
    )
    assert "Say why" in admin.post(page, {"decision": "reject", "reason": ""}).content.decode()
    admin.post(page, {"decision": "accept", "reason": ""})

    handed_in.refresh_from_db()
    assert handed_in.status == "accepted"


@pytest.mark.parametrize(
    ("held", "worth"),
    [
        ([], None),
        ([policy(50, 90)], None),
        ([policy(0, 42)], 1.0),
        ([policy(0, 41)], 0.0),
        ([policy(0, 41), policy(42, 90, sent=1)], 1.0),
    ],
)
def test_papers_are_valid_while_nothing_shown_has_run_out(held, worth):
    assert papers.valid(held, TODAY) == worth


def test_papers_speak_for_trust_as_they_stood_on_the_day(sub, operator):
    paper = make.DocumentFactory(firm=sub.firm, expires_on=TODAY)

    def worth(on: date) -> list[float]:
        lines = reckoning.explain(sub.firm, on=on)["trust"].lines
        return [line.value for line in lines if line.kind == "papers_valid"]

    assert worth(paper.decided_at.date() - DAY) == []
    assert worth(TODAY - DAY) == [1.0]
    assert worth(TODAY) == [0.0]


def test_an_owner_reads_at_home_what_others_wait_for(prime, sub, browser_of):
    documents.ask(sub.firm, GENERAL, by=prime.owner, limit=Decimal(1_000_000), now=MONDAY)

    (need,) = browser_of(sub.owner).get(reverse("home", args=[sub.firm.pk])).context["needs"]

    assert (need.what, need.firm, need.amount, need.button) == (
        "Your general liability", "Halcyon Managed", "at least $1,000,000", "Send it",
    )  # fmt: skip
    page = browser_of(sub.owner).get(need.href.partition("#")[0])
    assert page.context["form"]["wanted"].value() == "insurance:general_liability"
    assert browser_of(sub.dispatcher).get(reverse("home", args=[sub.firm.pk])).context["needs"] == []
