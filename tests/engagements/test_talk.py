"""Questions go to all who were asked, without names; messages to both firms, or to nobody but one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from engagements.actions import answers, endings, offers, talk
from engagements.actions.endings import Ending
from engagements.models import Message, Offer, Question, WorkOrder
from engagements.values import Recipient
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from tests.engagements.conftest import MONDAY, cover
from tests.everything import nothing_moves
from tests.factories.engagements import MessageFactory, OfferFactory, QuestionFactory

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def both(order, prime, sub, stranger) -> tuple[Offer, Offer]:
    """The order, offered to the sub and to another firm at once."""
    cover(prime, sub)
    cover(prime, stranger)
    to = [Recipient(sub.firm.pk), Recipient(stranger.firm.pk)]
    mine, other = offers.offer_work(order, to, by=prime.dispatcher, now=MONDAY)
    return mine, other


@pytest.fixture
def taken(offer, sub) -> WorkOrder:
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, technician=sub.technician.pk, now=MONDAY)
    return WorkOrder.objects.get(pk=offer.work_order_id)


def api(member) -> APIClient:
    client = APIClient()
    client.force_authenticate(member.user)
    return client


def get(client, member, name, *args) -> str:
    client.force_login(member.user)
    return client.get(reverse(name, args=[member.firm_id, *args])).content.decode()


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_the_answer_goes_to_all_who_were_asked_and_says_not_who_asked(both, prime, sub, stranger):
    question = talk.ask(both[0], by=sub.dispatcher, text="Is there parking?", now=MONDAY)
    assert not Question.objects.visible_to(stranger.firm.pk).exists()

    talk.answer(question, by=prime.dispatcher, text="Behind the house.", now=LATER)

    seen = Question.objects.visible_to(stranger.firm.pk).get()
    assert (seen.text, seen.answer) == ("Is there parking?", "Behind the house.")
    leads = {person.user.email for firm in (sub, stranger) for person in (firm.owner, firm.dispatcher)}
    assert told("question_answered") == leads
    news = Notification.objects.filter(kind="question_answered", firm=stranger.firm.pk)
    assert not any("Blue Mesa" in str(each.context) + each.title for each in news)


def test_no_door_tells_the_other_firm_who_asked(client, both, prime, sub, stranger):
    question = talk.ask(both[0], by=sub.dispatcher, text="Is there parking?", now=MONDAY)
    talk.answer(question, by=prime.dispatcher, text="Behind the house.", now=LATER)

    page = get(client, stranger.owner, "offer", both[1].pk)
    listed = api(stranger.owner).get(reverse("api-question-list")).json()["results"]

    assert "Somebody asked:" in page
    assert "Blue Mesa" not in page
    assert [(each["offer"], each["ours"]) for each in listed] == [(None, False)]
    assert "You asked:" in get(client, sub.owner, "offer", both[0].pk)
    assert api(sub.owner).get(reverse("api-question-list")).json()["results"][0]["offer"] == str(both[0].pk)


def test_three_questions_a_firm_and_round(both, sub):
    for number in range(3):
        talk.ask(both[0], by=sub.owner, text=f"Question {number}?", now=MONDAY)

    with nothing_moves(), pytest.raises(RuleBroken, match="three questions"):
        talk.ask(both[0], by=sub.owner, text="One more?", now=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(offer=both[0], number=4)


@pytest.mark.parametrize("text", ["We at Blue Mesa IT ask: parking?", "Write to joe@bluemesa.example?"])
def test_a_question_does_not_name_who_asks(both, sub, text):
    with nothing_moves(), pytest.raises(Invalid):
        talk.ask(both[0], by=sub.owner, text=text, now=MONDAY)


def test_who_may_ask_and_answer(both, prime, sub, stranger):
    question = talk.ask(both[0], by=sub.owner, text="Parking?", now=MONDAY)
    with nothing_moves():
        for people, error in ((prime.owner, WrongSide), (sub.technician, WrongRole), (sub.viewer, WrongRole), (stranger.owner, WrongSide)):  # fmt: skip
            with pytest.raises(error):
                talk.ask(both[0], by=people, text="Parking?", now=MONDAY)
        for people, error in (
            (sub.owner, WrongSide),
            (prime.finance, WrongRole),
            (stranger.owner, WrongSide),
        ):
            with pytest.raises(error):
                talk.answer(question, by=people, text="Yes", now=MONDAY)


def test_nobody_asks_or_answers_when_the_offer_has_ended(both, prime, sub, stranger):
    question = talk.ask(both[0], by=sub.owner, text="Parking?", now=MONDAY)
    answers.accept(both[1], by=stranger.owner, revision=both[1].revision_id, now=LATER)

    with nothing_moves():
        with pytest.raises(IllegalStep):
            talk.ask(both[0], by=sub.owner, text="And keys?", now=LATER)
        with pytest.raises(IllegalStep):
            talk.answer(question, by=prime.owner, text="Yes.", now=LATER)


def test_an_answer_is_given_once(both, prime, sub):
    question = talk.ask(both[0], by=sub.owner, text="Parking?", now=MONDAY)
    talk.answer(question, by=prime.owner, text="Yes.", now=LATER)

    with nothing_moves(), pytest.raises(IllegalStep):
        talk.answer(question, by=prime.owner, text="No.", now=LATER)


def test_words_that_give_away_are_shown_before_they_leave(client, both, prime, sub):
    question = talk.ask(both[0], by=sub.owner, text="Parking?", now=MONDAY)
    client.force_login(prime.owner.user)
    path = reverse("question-answer", args=[prime.firm.pk, question.pk])
    words = "Garden City Dental has some. Cold Harbor Systems knows it."

    first = client.post(path, {"text": words})
    warned = first.context["seen"]
    assert "names your client (Garden City Dental)" in warned
    assert "names Cold Harbor Systems" in warned
    assert not Question.objects.get().answer

    client.post(path, {"text": words, "seen": warned})
    assert Question.objects.get().answer == words
    shown = api(prime.owner).get(reverse("api-question-detail", args=[question.pk])).json()
    assert len(shown["warnings"]) == 2


def test_a_message_is_for_both_firms(taken, prime, sub):
    talk.write(taken, by=prime.dispatcher, text="Bring a ladder.", now=LATER)

    message = Message.objects.visible_to(sub.technician).get()
    assert message.text == "Bring a ladder."
    assert told("message_written") == {
        each.user.email for each in (sub.owner, sub.dispatcher, sub.technician)
    }


def test_what_is_internal_stays_in_the_firm(client, taken, prime, sub):
    before = WorkOrder.objects.values().get(pk=taken.pk)
    events = taken.events.count()

    talk.write(taken, by=sub.owner, text="Ask for 90 next time.", audience="internal", now=LATER)

    for member in (*prime.everyone, sub.technician):
        assert not Message.objects.visible_to(member).exists()
        assert not Message.objects.unread_by(member).exists()
    assert "Ask for 90" not in get(client, prime.owner, "work-order", taken.pk)
    assert "Ask for 90" not in get(client, sub.technician, "visit", taken.visits.get().pk)
    assert api(prime.owner).get(reverse("api-work-order-messages", args=[taken.pk])).json() == []
    assert told("message_internal") == {sub.dispatcher.user.email}
    assert WorkOrder.objects.values().get(pk=taken.pk) == before
    assert taken.events.count() == events
    assert Message.objects.visible_to(sub.finance).count() == 1


def test_a_technician_writes_to_both_firms_of_own_visits_alone(taken, prime, sub):
    talk.write(taken, by=sub.technician, text="Nobody opens.", now=LATER)
    assert told("message_written") == {each.user.email for each in (prime.owner, prime.dispatcher, sub.owner, sub.dispatcher)}  # fmt: skip

    with nothing_moves():
        with pytest.raises(WrongRole):
            talk.write(taken, by=sub.technician, text="A note", audience="internal", now=LATER)
        with pytest.raises(WrongRole):
            talk.write(taken, by=prime.technician, text="Hello", now=LATER)
    taken.visits.update(technician=sub.owner)
    with nothing_moves(), pytest.raises(WrongRole):
        talk.write(taken, by=sub.technician, text="Hello", now=LATER)
    assert not Message.objects.visible_to(sub.technician).exists()


def test_a_stranger_writes_nothing(taken, stranger):
    with nothing_moves(), pytest.raises(WrongSide):
        talk.write(taken, by=stranger.owner, text="Hello", now=LATER)


def test_before_the_deal_there_is_nobody_to_write_to(order, prime):
    with nothing_moves(), pytest.raises(RuleBroken, match="no other firm yet"):
        talk.write(order, by=prime.owner, text="Hello", now=LATER)
    talk.write(order, by=prime.owner, text="For us", audience="internal", now=LATER)

    assert Message.objects.get().audience == "internal"


def test_unread_until_it_was_read(taken, prime, sub):
    talk.write(taken, by=prime.owner, text="One", now=MONDAY)
    talk.write(taken, by=prime.owner, text="Two", now=LATER)
    assert Message.objects.unread_by(sub.dispatcher).count() == 2

    talk.mark_read(taken, by=sub.dispatcher, now=LATER)

    assert Message.objects.unread_by(sub.dispatcher).count() == 0
    assert Message.objects.unread_by(sub.owner).count() == 2
    assert Message.objects.unread_by(prime.owner).count() == 0


def test_the_next_firm_reads_nothing_of_the_first(taken, prime, sub, stranger):
    talk.write(taken, by=sub.owner, text="We are short of people.", now=MONDAY)
    endings.back_out(taken, Ending("overbooked"), by=sub.owner, now=MONDAY)
    cover(prime, stranger)
    order = WorkOrder.objects.get(pk=taken.pk)
    second = offers.offer_work(order, [Recipient(stranger.firm.pk)], by=prime.owner, now=LATER)[0]
    answers.accept(second, by=stranger.owner, revision=second.revision_id, now=LATER)

    assert not Message.objects.visible_to(stranger.owner).exists()
    assert Message.objects.visible_to(prime.owner).count() == 1


def test_pages_write_and_mark(client, taken, prime, sub):
    client.force_login(prime.dispatcher.user)
    path = reverse("work-order-message", args=[prime.firm.pk, taken.pk])
    client.post(path, {"text": "Bring a ladder.", "audience": "shared"})
    assert "1 message" in get(client, sub.owner, "work-orders")
    assert "1 new: mark as read" in get(client, sub.technician, "visit", taken.visits.get().pk)

    read = reverse("visit-messages-read", args=[sub.firm.pk, taken.visits.get().pk])
    assert client.post(read, headers={"HX-Request": "true"}).status_code == 204
    client.post(reverse("visit-message", args=[sub.firm.pk, taken.visits.get().pk]), {"text": "I have one."})

    assert Message.objects.unread_by(prime.dispatcher).get().text == "I have one."
    assert "mark as read" not in get(client, sub.technician, "visit", taken.visits.get().pk)


def test_the_api_writes_and_reads(taken, prime, sub):
    path = reverse("api-work-order-messages", args=[taken.pk])
    assert api(sub.technician).post(path, {"text": "On my way."}, format="json").status_code == 201
    assert (
        api(sub.technician).post(path, {"text": "x", "audience": "internal"}, format="json").status_code
        == 403
    )

    (shown,) = api(prime.viewer).get(path).json()
    assert (shown["text"], shown["new"], shown["audience"]) == ("On my way.", True, "shared")
    api(prime.viewer).post(reverse("api-work-order-read-messages", args=[taken.pk]))
    assert not api(prime.viewer).get(path).json()[0]["new"]


def test_more_words_ask_no_more_of_the_database(client, taken, prime, sub):
    counted = []
    for rows in (1, 20):
        for _ in range(rows):
            MessageFactory(
                work_order=taken, assignment=taken.assignments.get(), author=sub.owner, firm=sub.firm
            )
            offer = OfferFactory(work_order__engagement__firm=prime.firm)
            QuestionFactory(offer=offer, answer="Yes", answered_by=prime.owner, answered_at=MONDAY)
        counts = []
        client.force_login(prime.owner.user)
        for path in (
            reverse("work-order", args=[prime.firm.pk, taken.pk]),
            reverse("api-work-order-messages", args=[taken.pk]),
            reverse("api-question-list"),
        ):
            with CaptureQueriesContext(connection) as sent:
                assert client.get(path).status_code == 200
            counts.append(len(sent))
        counted.append(counts)

    assert counted[0] == counted[1]
