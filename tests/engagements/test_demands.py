"""Papers that an order demands: asked with the offer, insurance before the deal, everything before the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracts.models import CoverageOverride
from engagements import demands, matching
from engagements.actions import answers, offers, orders, visits
from engagements.demands import Demand, Known
from engagements.models import WorkOrder
from engagements.values import OrderDraft, Piece, Recipient
from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partners.models import Document
from partners.papers import Shown, Slot
from tests.engagements.conftest import MONDAY, asked, cover
from tests.everything import nothing_moves
from tests.factories import partners as make

pytestmark = pytest.mark.django_db
MILLION = Decimal(1_000_000)
START = datetime(2007, 3, 8, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GENERAL = Slot("insurance", "general_liability")
WORK = (date(2007, 3, 8), date(2007, 3, 9))


@pytest.fixture(autouse=True)
def stored_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def demanding(job, line, prime, sub) -> WorkOrder:
    """18 computers on 8 March for a firm with a million of general liability and a W-9."""
    cover(prime, sub)
    draft = OrderDraft(
        asked=asked(), routing="first_accept", insurance=("general_liability",), insurance_limit=MILLION, documents=("w9",)
    )  # fmt: skip
    return orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)[0]


def send(order, prime, sub):
    return offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.dispatcher, now=MONDAY)[0]


def w9(firm) -> Document:
    bare = {"policy": "", "carrier": "", "number": "", "limit_each": None, "limit_total": None}
    return make.DocumentFactory(firm=firm, kind="w9", effective_on=None, expires_on=None, **bare)


def test_an_order_that_demands_insurance_leaves_for_an_insured_firm(demanding, prime, sub):
    make.DocumentFactory(firm=sub.firm)

    assert send(demanding, prime, sub).status == "sent"


def test_and_for_nobody_else(demanding, prime, sub):
    make.DocumentFactory(firm=sub.firm, effective_on=date(2006, 3, 8), expires_on=date(2007, 3, 8))

    with nothing_moves(), pytest.raises(RuleBroken) as refusal:
        send(demanding, prime, sub)

    assert str(refusal.value) == (
        "Blue Mesa IT's general liability cover ends on 8 March 2007, before the work does."
    )


def test_insurance_that_ran_out_meanwhile_stops_the_acceptance(demanding, prime, sub):
    paper = make.DocumentFactory(firm=sub.firm)
    offer = send(demanding, prime, sub)
    Document.objects.filter(pk=paper.pk).update(expires_on=date(2007, 3, 8))

    with nothing_moves(), pytest.raises(RuleBroken, match="cover ends on 8 March 2007"):
        answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)


def test_a_missing_document_stops_the_start_and_names_whom_to_call(demanding, prime, sub):
    make.DocumentFactory(firm=sub.firm)
    sub.firm.phone = "+1 516 555 0117"
    sub.firm.save(update_fields=["phone"])
    offer = send(demanding, prime, sub)
    order = answers.accept(
        offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY
    )
    visits.acknowledge_briefing(order, by=sub.technician, now=MONDAY)
    visit = order.visits.get()

    with nothing_moves(), pytest.raises(RuleBroken) as refusal:
        visits.check_in(visit, by=sub.technician, now=START)

    assert str(refusal.value) == (
        "The work cannot start before these papers hold: W-9 (not shown yet). "
        "Call Owner of Blue Mesa IT at +1 516 555 0117."
    )
    w9(sub.firm)
    visits.check_in(visit, by=sub.technician, now=START)
    order.refresh_from_db()
    assert order.status == "in_progress"


def test_work_that_has_started_goes_on_when_a_paper_runs_out(demanding, prime, sub):
    paper = make.DocumentFactory(firm=sub.firm)
    w9(sub.firm)
    offer = send(demanding, prime, sub)
    order = answers.accept(
        offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY
    )
    visits.acknowledge_briefing(order, by=sub.technician, now=MONDAY)
    visits.check_in(order.visits.get(), by=sub.technician, now=START)
    visits.finish(order.visits.get(), by=sub.technician, now=START + DAY / 24)
    Document.objects.filter(pk=paper.pk).update(expires_on=date(2007, 3, 9))
    second = visits.plan_another(order, by=sub.technician, now=START + DAY / 12)

    visits.check_in(second, by=sub.technician, now=START + 2 * DAY)

    second.refresh_from_db()
    assert second.status == "checked_in"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"insurance": ("meteorites",)}, "insurance"),
        ({"insurance_limit": Decimal(0)}, "insurance_limit"),
        ({"documents": ("bank_reference",)}, "documents"),
    ],
)
def test_only_known_papers_can_be_demanded(job, line, prime, wrong, field):
    draft = replace(OrderDraft(asked=asked()), **wrong)

    with nothing_moves(), pytest.raises(Invalid) as refusal:
        orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)

    assert list(refusal.value.fields) == [field]


def test_without_a_limit_the_order_demands_what_the_job_does(job, line, prime):
    job.insurance_demanded = MILLION
    job.save(update_fields=["insurance_demanded"])
    draft = OrderDraft(asked=asked(), insurance=("umbrella",))

    (order,) = orders.split(job, [Piece(line.pk, 18)], by=prime.dispatcher, draft=draft, now=MONDAY)

    assert order.insurance_limit == MILLION


@pytest.mark.parametrize(
    ("first", "last", "limit", "why"),
    [
        (date(2007, 1, 1), date(2007, 3, 9), 1_000_000, ""),
        (date(2007, 1, 1), date(2007, 3, 8), 1_000_000, "holds until 8 March 2007, and the work ends later"),
        (date(2007, 1, 1), date(2007, 3, 7), 1_000_000, "ran out, held until 7 March 2007"),
        (date(2007, 3, 9), None, 1_000_000, "not shown yet"),
        (date(2007, 1, 1), None, 999_999, "covers only $999,999 for each claim"),
    ],
)
def test_why_a_paper_is_not_enough(first, last, limit, why):
    paper = Shown(GENERAL, MONDAY, first, last, Decimal(limit), "USD")

    (met,) = demands.judge([Demand(GENERAL, MILLION, "USD")], Known([paper]), days=WORK)

    assert met.why == why


def test_a_check_of_anybody_meets_a_demand_without_a_name():
    paper = Shown(Slot("background_check", "", "joe petrov"), MONDAY)

    (met,) = demands.judge([Demand(Slot("background_check"))], Known([paper]), days=WORK)

    assert met.why == ""


def test_a_paper_under_way_is_said_so():
    (met,) = demands.judge([Demand(GENERAL)], Known(waiting=[GENERAL]), days=WORK)

    assert met.why == "being checked by the operator"


def test_the_list_of_firms_says_what_is_shown_and_offers_to_ask(demanding, prime, sub, stranger):
    make.DocumentFactory(firm=sub.firm)
    w9(sub.firm)
    wish = matching.Wish(
        prime.firm.pk, demanding.site, demands=tuple(demands.demands_of(demanding)),
        starts_at=demanding.starts_at, ends_at=demanding.ends_at,
    )  # fmt: skip

    found = {match.firm.pk: match for match in matching.matches(wish, now=MONDAY)}

    assert [(r.met, r.text) for r in found[sub.firm.pk].reasons[-2:]] == [
        (True, "General liability insurance, at least $1,000,000 for each claim"),
        (True, "W-9"),
    ]
    assert [(r.met, r.ask.wanted) for r in found[stranger.firm.pk].reasons[-2:]] == [
        (False, "insurance:general_liability"),
        (False, "w9"),
    ]
    assert not found[stranger.firm.pk].fits


def test_the_offered_firm_sees_what_is_missing_and_sends_it_there(demanding, prime, sub, browser_of):
    make.DocumentFactory(firm=sub.firm)
    offer = send(demanding, prime, sub)
    address = reverse("offer", args=[sub.firm.pk, offer.pk])
    page = browser_of(sub.owner)

    shown = page.get(address)
    assert [(each.demand.words, each.why) for each in shown.context["papers"]] == [
        ("General liability insurance, at least $1,000,000 for each claim", ""),
        ("W-9", "not shown yet"),
    ]
    sent = page.post(
        reverse("papers", args=[sub.firm.pk]),
        {"wanted": "w9", "next": address, "file": SimpleUploadedFile("w9.pdf", b"%PDF-1.4\n%%EOF")},
    )

    assert (sent.status_code, sent["Location"]) == (302, address)
    assert page.get(address).context["papers"][1].why == "being checked by the operator"


def test_a_form_leads_to_no_other_site(sub, browser_of):
    sent = browser_of(sub.owner).post(
        reverse("papers", args=[sub.firm.pk]),
        {
            "wanted": "w9",
            "next": "https://evil.example/",
            "file": SimpleUploadedFile("w9.pdf", b"%PDF-1.4\n%%EOF"),
        },
    )

    assert sent["Location"] == reverse("papers", args=[sub.firm.pk])


def test_the_place_page_takes_demands_and_says_who_does_not_meet_them(job, line, prime, sub, browser_of):
    CoverageOverride.objects.create(
        prime=prime.firm, sub=sub.firm, reason="We know them.", created_by=prime.owner.user,
        created_at=clock.now(), expires_at=clock.now() + 7 * DAY,
    )  # fmt: skip
    typed = {
        f"units-{line.pk}": 18, "pay_kind": "per_unit", "amount": "75", "schedule_kind": "complete_by", "ends": "2050-03-08T17:00", "routing": "one_by_one",
        "insurance": ["general_liability"], "insurance_limit": "1000000", "documents": ["w9"],
    }  # fmt: skip
    page, address = browser_of(prime.dispatcher), reverse("job-place", args=[prime.firm.pk, job.pk])

    refused = page.post(address, {**typed, "firms": [str(sub.firm.pk)]})
    assert "Blue Mesa IT has not shown its general liability insurance." in refused.content.decode()
    assert "?wanted=insurance:general_liability&amp;limit=1000000" in refused.content.decode()
    assert not WorkOrder.objects.exists()
    page.post(address, typed)

    order = WorkOrder.objects.get()
    assert (order.insurance, order.insurance_limit, order.documents) == (
        ["general_liability"],
        MILLION,
        ["w9"],
    )


def test_the_api_demands_papers_and_shows_them(job, line, prime, api_of):
    api = api_of(prime.dispatcher, "read", "engagements")
    body = {
        "engagement": str(job.pk), "lines": [{"line": str(line.pk), "units": 1}], "pay_kind": "per_unit", "amount": "75.00",
        "schedule_kind": "complete_by", "ends": "2050-03-08T17:00", "timezone": "America/New_York", "insurance": ["cyber_liability"],
        "insurance_limit": "500000.00", "documents": ["workers_compensation"],
    }  # fmt: skip

    answer = api.post(reverse("api-work-order-list"), body, format="json")
    assert answer.status_code == 201, answer.json()
    (made,) = answer.json()

    assert (made["insurance"], made["insurance_limit"], made["documents"]) == (
        ["cyber_liability"],
        {"amount": "500000.00", "currency": "USD"},
        ["workers_compensation"],
    )
