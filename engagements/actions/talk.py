"""Questions about an offer, answered to all who were asked; messages beside an order, to both firms or to one's own."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from engagements.actions import talk_news
from engagements.actions.history import record_offer, record_order
from engagements.actions.shared import lock_offers, lock_order, read_again
from engagements.actions.visits import require_crew
from engagements.giving_away import firm_in, names_a_firm, names_the_client
from engagements.models import Assignment, Message, Offer, Question, ThreadMark, WorkOrder
from engagements.models.offers import OPEN
from engagements.models.talk import MOST_QUESTIONS
from engagements.workflow import LEADS, QUESTION
from partnernet.core import clock
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partners.models import Firm, Member


@transaction.atomic
def ask(offer: Offer, *, by: Member, text: str, now: datetime | None = None) -> Question:
    """Ask about an offer while it is open; three questions a firm and round.

    Raises Invalid for words that name the own firm: all who were asked read them beside the answer.
    """
    order = lock_order(offer.work_order_id)
    offer = read_again(lock_offers(order), offer)
    now = now or clock.now()
    if offer.side_of(by.firm_id, prime_id=order.prime_id) != "sub":
        raise WrongSide("Questions are for the firms that were asked.")
    if by.role not in LEADS:
        raise WrongRole("This takes an owner or a dispatcher. Ask one in your firm.")
    if offer.status not in OPEN or offer.respond_by is None or offer.respond_by <= now:
        raise IllegalStep("This offer has ended, so nobody answers any more.")
    words = _words(text, most=500, missing="What would you like to know?")
    if named := firm_in(words, offer.firm):
        raise Invalid({"text": [f"Leave {named} out: every firm that was asked reads the question."]})
    number = offer.questions.count() + 1
    if number > MOST_QUESTIONS:
        raise RuleBroken("You have asked three questions about this offer. Call them.", code="too_many")

    question = Question.objects.create(offer=offer, number=number, text=words, asked_by=by, asked_at=now)
    record_offer(offer, "ask", by=by, now=now, side="sub", changes={"question": str(question.pk)})
    talk_news.asked(order, question, now=now)
    return question


@transaction.atomic
def answer(question: Question, *, by: Member, text: str, now: datetime | None = None) -> Question:
    """Answer to all firms of the round that may still take the work. Nobody learns who asked."""
    order = lock_order(question.offer.work_order_id)
    offers = lock_offers(order)
    question = Question.objects.locked().select_related("offer__firm").get(pk=question.pk)
    now = now or clock.now()
    side = question.offer.side_of(by.firm_id, prime_id=order.prime_id)
    QUESTION.check("answer", status=question.status, side=side, role=by.role)
    if order.status != WorkOrder.Status.OFFERED or question.offer.round != order.round:
        raise IllegalStep("This work is not offered any more, so there is nobody to answer.")
    words = _words(text, most=1000, missing="What is the answer?")

    question.answer, question.answered_by, question.answered_at = words, by, now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record_order(order, "answer_question", by=by, now=now, changes={"question": str(question.pk)})
    talk_news.answered(order, question, offers, now=now)
    return question


def warnings_for(questions: Sequence[Question], answer: str = "") -> dict[UUID, list[str]]:
    """Return what each answer, and the question that goes along with it, gives away to all who were asked.

    `answer` stands for those that are not answered yet. One query for all; load them with order and client.
    """
    rounds = {(each.offer.work_order_id, each.offer.round) for each in questions}
    offers = Offer.objects.filter(work_order__in=[order for order, _ in rounds]).select_related("firm")
    asked: dict[tuple[UUID, int], list[Firm]] = defaultdict(list)
    for offer in offers.order_by("position", "pk"):
        asked[offer.work_order_id, offer.round].append(offer.firm)
    found = {}
    for each in questions:
        order = each.offer.work_order
        texts = {"question": each.text, "answer": each.answer or answer}
        firms = asked[order.pk, each.offer.round]
        found[each.pk] = names_the_client(texts, [order.client]) + names_a_firm(texts, firms)
    return found


@transaction.atomic
def write(
    order: WorkOrder, *, by: Member, text: str, audience: str = "shared", now: datetime | None = None
) -> Message:
    """Write to both firms of an order, or to one's own firm alone. What was there before is read.

    It leaves no trace on the order itself: from its version nobody can tell that others talk among themselves.
    """
    order = WorkOrder.objects.locked().with_sides().get(pk=order.pk)
    now = now or clock.now()
    _require_writer(order, by, audience)
    words = _words(text, most=2000, missing="Write a few words.")
    deal = Assignment.objects.filter(work_order=order, firm=order.sub).order_by("-assigned_at", "-pk").first() if order.sub_id else None  # fmt: skip
    if audience == Message.Audience.SHARED and deal is None:
        raise RuleBroken("There is no other firm yet. Questions about an offer are asked and answered there.")

    shared = audience == Message.Audience.SHARED
    message = Message.objects.create(
        work_order=order,
        assignment=deal if shared else None,
        audience=audience,
        firm_id=by.firm_id,
        author=by,
        text=words,
        written_at=now,
    )
    _mark(order, by, now=now)
    talk_news.written(order, message, deal, now=now)
    return message


def _require_writer(order: WorkOrder, by: Member, audience: str) -> None:
    side = order.side_of(by.firm_id)
    if audience not in Message.Audience.values:
        raise Invalid({"audience": ["Say who reads it."]})
    if not side:
        raise WrongSide("This order is between two other firms.")
    if by.role == Member.Role.TECHNICIAN and side == "sub" and audience == Message.Audience.SHARED:
        require_crew(order, by)
    elif by.role not in LEADS:
        raise WrongRole("This takes an owner or a dispatcher. Ask one in your firm.")


@transaction.atomic
def mark_read(order: WorkOrder, *, by: Member, now: datetime | None = None) -> None:
    """Remember that a person has read what is written beside an order."""
    _mark(order, by, now=now or clock.now())


def _mark(order: WorkOrder, by: Member, *, now: datetime) -> None:
    ThreadMark.objects.update_or_create(work_order=order, member=by, defaults={"read_at": now})


def _words(text: str, *, most: int, missing: str) -> str:
    words = text.strip()
    if not words:
        raise Invalid({"text": [missing]})
    if len(words) > most:
        raise Invalid({"text": [f"At most {most} characters."]})
    return words
