"""A colleague who never signs up: the prime writes down what is said on the phone, and every step after that is the usual one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing.actions import announce_payment, approve_work, confirm_silent_payments
from billing.actions.payments import Paid
from billing.models import Invoice
from contracts.actions import agreements, coverage
from engagements.actions import offers, recorded
from engagements.actions.recorded import Answer, Spoken
from engagements.models import Offer, RecordedAnswer, WorkOrder
from engagements.values import Recipient
from partnernet.core import links
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale, WrongRole, WrongSide
from partnernet.core.models import Delivery, Notification
from partners.actions import off_network
from partners.actions.off_network import Known
from partners.models import Firm, Member, PaymentExperience, RatingRound, ScoreEvent
from tests.engagements.conftest import MONDAY
from tests.engagements.test_visits import THURSDAY_9
from tests.partners.conftest import api_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LOU = Known("Lou's IT", "Lou", "lou@lous.example", phone="+1 516 555 0142", postcode="11801")
SAID = Spoken("phone", "Lou", MONDAY)


@pytest.fixture
def lous(prime) -> Firm:
    return off_network.add(LOU, by=prime.dispatcher, now=MONDAY)


@pytest.fixture
def asked(order, prime, lous) -> Offer:
    """Offered under an owner's exception: nobody there can sign."""
    coverage.override(
        lous, by=prime.owner, reason="Since 2001", until=MONDAY + timedelta(days=30), now=MONDAY
    )
    return offers.offer_work(order, [Recipient(lous.pk)], by=prime.dispatcher, now=MONDAY)[0]


def accept(offer: Offer) -> Answer:
    return Answer("accept", offer=offer.pk, revision=offer.revision_id)


@pytest.fixture
def taken(asked, prime) -> WorkOrder:
    recorded.record(asked.work_order, accept(asked), SAID, by=prime.dispatcher, now=MONDAY + HOUR)
    return WorkOrder.objects.get(pk=asked.work_order_id)


def test_the_whole_line_from_the_first_call_to_the_payment(taken, prime, lous):
    assert (taken.status, taken.sub, taken.not_to_exceed) == ("assigned", lous, Decimal("1350.00"))

    def say(answer: Answer, at):
        return recorded.record(taken, answer, Spoken("phone", "Lou", at), by=prime.dispatcher, now=at)

    say(Answer("arrive"), THURSDAY_9 + timedelta(minutes=5))
    say(Answer("leave", units=18), THURSDAY_9 + 9 * HOUR)
    last = say(Answer("hand_in", asked_for_more=False), THURSDAY_9 + 10 * HOUR)
    taken.refresh_from_db()
    assert (taken.status, last.said) == (
        "submitted",
        f"Lou's IT hands in {taken.reference} {taken.title}. It pays $1,350.",
    )
    invoice = approve_work(taken.submissions.get(), by=prime.owner, now=THURSDAY_9 + timedelta(days=1))
    assert (invoice.sub, invoice.amount, invoice.status) == (lous, Decimal("1350.00"), "approved")
    sent = THURSDAY_9 + timedelta(days=2)
    announce_payment(invoice, by=prime.owner, paid=Paid(sent.date()), now=sent)
    confirm_silent_payments(now=THURSDAY_9 + timedelta(days=14))
    assert Invoice.objects.get().status == "paid"

    steps = list(RecordedAnswer.objects.order_by("recorded_at").values_list("step", flat=True))
    assert steps == ["accept", "arrive", "leave", "hand_in"]
    # What one firm writes about another is no evidence about anybody.
    assert not ScoreEvent.objects.exists()
    assert not PaymentExperience.objects.exists()
    assert not RatingRound.objects.exists()


def test_lou_gets_a_copy_and_may_object_without_signing_in(taken, prime):
    kept = RecordedAnswer.objects.get()
    copy = Delivery.objects.get(notification__kind="recorded_copy")
    assert (copy.address, copy.doorway, copy.token_hash) == (
        "lou@lous.example",
        "not-agreed",
        links.hashed(links.token(copy.pk)),
    )
    door, visitor = reverse("not-agreed", args=[links.token(copy.pk)]), Client()

    shown = visitor.get(door).content.decode()

    kept.refresh_from_db()
    assert "takes" in shown
    assert kept.objected_at is None
    visitor.post(door, {"words": "I said Friday."})
    kept.refresh_from_db()
    first = kept.objected_at
    assert (kept.objection, first is not None) == ("I said Friday.", True)
    visitor.post(door)
    kept.refresh_from_db()
    assert (kept.objection, kept.objected_at) == ("I said Friday.", first)
    told = Notification.objects.filter(kind="recorded_objected")
    assert sorted(told.values_list("user__email", flat=True)) == [
        "dispatcher@halcyon.example",
        "owner@halcyon.example",
    ]
    assert (
        "not what we agreed" in visitor.get(door).content.decode()
        or "not what you agreed" in visitor.get(door).content.decode()
    )
    assert visitor.get(reverse("not-agreed", args=["x" * 43])).status_code == 404


def test_nobody_else_ever_sees_it(lous, prime, sub, stranger):
    assert lous in Firm.objects.listed_for(prime.firm.pk)
    for other in (sub, stranger):
        assert lous not in Firm.objects.listed_for(other.firm.pk)
        assert lous not in Firm.objects.visible_to(other.firm.pk)
        with pytest.raises(WrongSide):
            off_network.stand_in(lous, by=other.owner, now=MONDAY)


def test_its_stand_in_opens_no_page_and_hears_no_news(taken, lous, prime, browser_of):
    stand = Member.objects.get(firm=lous)

    assert (stand.user, stand.is_active) == (prime.dispatcher.user, False)
    assert browser_of(prime.dispatcher).get(reverse("home", args=[lous.pk])).status_code == 404
    assert not Notification.objects.filter(firm=lous.pk).exclude(user=None).exists()
    assert taken.assignments.get().technician is None


def test_without_an_exception_nothing_is_offered(order, lous, prime):
    with pytest.raises(RuleBroken, match="agreement"):
        offers.offer_work(order, [Recipient(lous.pk)], by=prime.dispatcher, now=MONDAY)
    with pytest.raises(RuleBroken, match="off the network"):
        agreements.draft(lous, by=prime.owner, values={}, now=MONDAY)

    assert not Offer.objects.filter(status="sent").exists()


def test_no_is_an_answer_too(asked, prime):
    answer = Answer("decline", offer=asked.pk)

    recorded.record(asked.work_order, answer, SAID, by=prime.owner, now=MONDAY + HOUR)

    asked.refresh_from_db()
    assert asked.status == "declined"


def test_a_firm_that_is_here_answers_for_itself(offer, prime, sub):
    with pytest.raises(WrongSide, match="answers for itself"):
        recorded.record(offer.work_order, accept(offer), SAID, by=prime.owner, now=MONDAY + HOUR)

    offer.refresh_from_db()
    assert (offer.status, RecordedAnswer.objects.exists()) == ("sent", False)


REFUSED = [
    (Spoken("pigeon", "Lou", MONDAY), Invalid),
    (Spoken("phone", " ", MONDAY), Invalid),
    (Spoken("phone", "Lou", MONDAY + 2 * HOUR), Invalid),
]


@pytest.mark.parametrize(("spoken", "error"), REFUSED)
def test_how_it_was_agreed_has_to_be_said(spoken, error, asked, prime):
    with pytest.raises(error):
        recorded.record(asked.work_order, accept(asked), spoken, by=prime.owner, now=MONDAY + HOUR)

    asked.refresh_from_db()
    assert (asked.status, RecordedAnswer.objects.exists()) == ("sent", False)


def test_the_terms_that_were_read_out_are_those_that_bind(asked, prime, lous):
    stale = Answer("accept", offer=asked.pk, revision=lous.pk)
    with pytest.raises(Stale):
        recorded.record(asked.work_order, stale, SAID, by=prime.owner, now=MONDAY + HOUR)

    asked.refresh_from_db()
    assert asked.status == "sent"


@pytest.mark.parametrize("role", ["finance", "technician", "viewer"])
def test_who_may(role, asked, prime):
    with pytest.raises(WrongRole):
        recorded.record(asked.work_order, accept(asked), SAID, by=getattr(prime, role), now=MONDAY + HOUR)


def test_a_draft_has_nobody_to_answer(order, prime):
    with pytest.raises(IllegalStep):
        recorded.record(order, Answer("arrive"), SAID, by=prime.owner, now=MONDAY + HOUR)


def test_it_is_on_the_list_once(lous, prime):
    with pytest.raises(Invalid, match="already"):
        off_network.add(LOU, by=prime.owner, now=MONDAY)


def test_the_pages(asked, prime, browser_of):
    browser, firm, order = browser_of(prime.dispatcher), prime.firm.pk, asked.work_order_id

    assert "Off network, known to you alone" in browser.get(reverse("firms", args=[firm])).content.decode()
    page = browser.get(reverse("work-order", args=[firm, order])).content.decode()
    assert "Write an answer down" in page
    form = browser.get(reverse("work-order-record", args=[firm, order])).content.decode()
    assert "takes the job" in form
    made = browser.post(
        reverse("firm-off-network-new", args=[firm]),
        {
            "name": "Ann's Nets",
            "contact_name": "Ann",
            "contact_email": "ann@nets.example",
            "postcode": "11801",
        },
    )
    assert made["Location"] == reverse("firm", args=[firm, Firm.objects.get(name="Ann's Nets").pk])
    assert "moves no score" in browser.get(made["Location"]).content.decode()
    sent = browser.post(
        reverse("work-order-record", args=[firm, order]),
        {
            "step": f"decline:{asked.pk}:{asked.revision_id}",
            "channel": "phone",
            "with_whom": "Lou",
            "agreed": "2007-03-05T10:00",
        },
    )
    assert sent["Location"] == reverse("work-order", args=[firm, order])
    assert "does not take" in browser.get(sent["Location"]).content.decode()


def test_work_that_is_given_back_on_the_phone_is_free_again_and_moves_no_score(taken, prime, lous):
    at = MONDAY + 2 * HOUR
    answer = Answer("back_out", cause="nobody_to_send", words="His daughter is ill.", asked_for_more=False)

    with pytest.raises(Invalid):
        recorded.record(taken, Answer("back_out"), Spoken("phone", "Lou", at), by=prime.dispatcher, now=at)
    assert WorkOrder.objects.get(pk=taken.pk).status == "assigned"
    kept = recorded.record(taken, answer, Spoken("phone", "Lou", at), by=prime.dispatcher, now=at)

    taken.refresh_from_db()
    assert (taken.status, taken.sub) == ("draft", None)
    assert kept.said == (
        f"Lou's IT gives {taken.reference} {taken.title} back. Our technician is ill or has left. His daughter is ill."
    )
    assert (
        Delivery.objects.filter(notification__kind="recorded_copy", notification__subject_id=kept.pk).count()
        == 1
    )
    assert not ScoreEvent.objects.exists()
    assert not RatingRound.objects.exists()


def test_a_program_adds_a_firm_to_our_own_list(prime, stranger, api_of):  # noqa: F811 - the fixture
    known = {
        "name": "Otis Networks",
        "contact_name": "Otis",
        "contact_email": "otis@bellnet.example",
        "postcode": "11801",
    }

    added = api_of(prime.dispatcher).post("/api/v1/firms/off-network/", known, format="json")

    assert added.status_code == 201
    found = Firm.objects.get(pk=added.json()["id"])
    assert (found.name, found.status, found.kept_by) == ("Otis Networks", "off_network", prime.firm)
    assert api_of(stranger.dispatcher).get(f"/api/v1/firms/{found.pk}/").status_code == 404


def test_a_program_writes_down_what_was_answered(taken, prime, sub, api_of):  # noqa: F811 - the fixture
    program = api_of(prime.dispatcher, "read", "engagements")
    page = f"/api/v1/work-orders/{taken.pk}/recorded-answers/"
    said = {"step": "back_out", "channel": "phone", "with_whom": "Lou", "agreed_at": MONDAY.isoformat()}

    refused = program.post(page, said, format="json")
    kept = program.post(page, {**said, "cause": "skills", "asked_for_more": False}, format="json")

    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "cause")
    assert kept.status_code == 201
    assert kept.json() in program.get(page).json()
    taken.refresh_from_db()
    assert (taken.status, taken.sub) == ("draft", None)
    assert api_of(sub.dispatcher).get(page).status_code == 404
