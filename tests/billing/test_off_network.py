"""A colleague who never signs up: the prime writes down what is said on the phone, and every step after that is the usual one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing.actions import announce_payment, approve_work, confirm_silent_payments
from billing.actions.payments import Paid
from billing.models import Invoice
from contracts.actions import agreements, coverage
from engagements.actions import call_offs, changes, cover_sweeps, offers, orders, preparing, recorded
from engagements.actions.preparing import ToTick
from engagements.actions.recorded import Answer, Spoken
from engagements.models import Offer, RecordedAnswer, WorkOrder
from engagements.values import Asked, OrderDraft, Piece, Recipient
from partnernet.core import links, uploads
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale, WrongRole, WrongSide
from partnernet.core.models import Delivery, Notification
from partners.actions import off_network
from partners.actions.off_network import Known
from partners.models import Firm, Member, PaymentExperience, RatingRound, ScoreEvent
from tests.engagements.conftest import MONDAY
from tests.engagements.test_call_offs import TWO_WEEKS, by_the_hour
from tests.engagements.test_cover import at
from tests.engagements.test_visits import THURSDAY_9, png
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


@pytest.fixture
def on_site(taken, prime) -> WorkOrder:
    here = THURSDAY_9 + timedelta(minutes=5)
    recorded.record(taken, Answer("arrive"), Spoken("phone", "Lou", here), by=prime.dispatcher, now=here)
    return WorkOrder.objects.with_sides().get(pk=taken.pk)


def test_what_has_to_be_ticked_is_ticked_by_their_word(on_site, prime):
    """The line that takes a photo as well: who demanded it writes down that it is done, with the photo or without."""
    lines = [
        preparing.add_task(on_site, ToTick(text, proof=proof), by=prime.dispatcher, now=THURSDAY_9).pk
        for text, proof in (("Calendar looked at", ""), ("The rack", "photo"))
    ]
    nine = THURSDAY_9 + 9 * HOUR
    left = Answer("leave", units=18, tasks=(lines[0],), photo=uploads.picture(png(), "rack.png"))
    recorded.record(on_site, left, Spoken("email", "Lou", nine), by=prime.dispatcher, now=nine)
    ten = Spoken("phone", "Lou", THURSDAY_9 + 10 * HOUR)
    with pytest.raises(RuleBroken, match=r"Not ticked yet: The rack\."):
        recorded.record(
            on_site, Answer("hand_in", asked_for_more=False), ten, by=prime.dispatcher, now=ten.at
        )

    done = Answer("hand_in", asked_for_more=False, tasks=(lines[1],))
    recorded.record(on_site, done, ten, by=prime.dispatcher, now=ten.at)

    on_site.refresh_from_db()
    assert (on_site.status, on_site.tasks.filter(done_at=None).count(), on_site.deliverables.count()) == (
        "submitted", 0, 1,
    )  # fmt: skip


def test_they_come_again_for_what_is_left(on_site, prime):
    nine = THURSDAY_9 + 9 * HOUR
    recorded.record(
        on_site, Answer("leave", units=10), Spoken("phone", "Lou", nine), by=prime.dispatcher, now=nine
    )
    again = THURSDAY_9 + timedelta(days=1)
    recorded.record(on_site, Answer("arrive"), Spoken("phone", "Lou", again), by=prime.dispatcher, now=again)

    assert list(on_site.visits.order_by("number").values_list("status", flat=True)) == ["done", "checked_in"]


@pytest.mark.parametrize(("said", "most"), [("agree", Decimal("1450.00")), ("refuse", Decimal("1350.00"))])
def test_a_change_that_we_asked_for_is_answered(said, most, taken, prime):
    wanted = changes.Wanted("bonus", "You saved the day", amount=Decimal(100))
    asked = changes.ask(taken, wanted, by=prime.owner, now=MONDAY + 2 * HOUR)
    later = MONDAY + 3 * HOUR

    kept = recorded.record(
        taken, Answer(said, about=asked.pk), Spoken("phone", "Lou", later), by=prime.owner, now=later
    )

    taken.refresh_from_db()
    assert (taken.not_to_exceed, kept.step) == (most, said)
    with pytest.raises(Invalid):  # answered once
        recorded.record(
            taken, Answer(said, about=asked.pk), Spoken("phone", "Lou", later), by=prime.owner, now=later
        )


def test_the_page_offers_what_can_be_answered_now(on_site, prime, browser_of):
    task = preparing.add_task(on_site, ToTick("Calendar looked at"), by=prime.dispatcher, now=THURSDAY_9)
    page, browser = (
        reverse("work-order-record", args=[prime.firm.pk, on_site.pk]),
        browser_of(prime.dispatcher),
    )
    shown = browser.get(page).content.decode()
    assert "Calendar looked at" in shown
    typed = {
        "step": "leave",
        "units": "18",
        "tasks": str(task.pk),
        "channel": "phone",
        "with_whom": "Lou",
        "agreed": "2007-02-15T18:00",
    }

    refused = browser.post(page, typed | {"file": SimpleUploadedFile("rack.jpg", b"<script>1</script>")})

    assert "not a photo we can read" in refused.content.decode()
    assert on_site.visits.get().status == "checked_in"
    answer = browser.post(page, typed | {"file": SimpleUploadedFile("rack.png", png())})
    assert answer.status_code == 302, answer.content.decode()
    task.refresh_from_db()
    assert (on_site.visits.get().status, on_site.deliverables.count(), task.done_at is not None) == (
        "done",
        1,
        True,
    )


def test_tickets_of_cover_are_answered_on_the_phone(job, line, prime, lous):
    draft = OrderDraft(asked=Asked(by_the_hour(), TWO_WEEKS), title="Cover", routing="first_accept")
    (order,) = orders.split(job, [Piece(line.pk, 1)], by=prime.dispatcher, draft=draft, now=MONDAY)
    until = MONDAY + timedelta(days=30)
    coverage.override(lous, by=prime.owner, reason="Since 2001", until=until, now=MONDAY)
    (offer,) = offers.offer_work(order, [Recipient(lous.pk)], by=prime.owner, now=MONDAY)
    recorded.record(order, accept(offer), SAID, by=prime.owner, now=MONDAY + HOUR)
    cover_sweeps.sweep_cover(now=at(6, 9))
    wanted = call_offs.Call(line.site.client_id, "T-1", "No mail", Decimal(3))
    called = call_offs.call_off(order, wanted, by=prime.dispatcher, now=at(6, 10))

    for answer, when in (
        (Answer("on_it", about=called.pk), at(6, 10, 10)),
        (Answer("ticket", about=called.pk, minutes=90), at(6, 12)),
    ):
        recorded.record(order, answer, Spoken("phone", "Lou", when), by=prime.dispatcher, now=when)

    called.refresh_from_db()
    assert (called.status, called.time_entries.get().minutes) == ("done", 90)
    end = at(20, 9)
    handed = recorded.record(
        order, Answer("hand_in", asked_for_more=False), Spoken("phone", "Lou", end), by=prime.owner, now=end
    )
    # Five hours a week are paid at least.
    assert "It pays $800." in handed.said
