"""A colleague whom we only called joins: the work goes on with him, and what we wrote down stays ours and moves no score."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from billing.actions import announce_payment, approve_work, confirm_payment
from billing.actions.payments import Paid
from contracts.actions import coverage
from engagements.actions import offers, orders, recorded, submissions
from engagements.actions.recorded import Answer, Spoken
from engagements.models import Offer, RecordedAnswer, WorkOrder
from engagements.values import OrderDraft, Piece, Recipient
from partnernet.core import links
from partnernet.core.errors import RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Delivery, Notification, User
from partnernet.pages.joining import join
from partners.actions import invites, joining, off_network
from partners.actions.firms import Particulars
from partners.actions.invites import Invitee
from partners.models import Firm, FirmInvite, Member, Partnership, PaymentExperience, RatingRound, ScoreEvent
from tests.billing.test_off_network import HOUR, LOU, accept
from tests.engagements.conftest import MONDAY, asked
from tests.engagements.test_visits import THURSDAY_9
from tests.everything import nothing_moves
from tests.factories.partners import UserFactory
from tests.partners.conftest import api_of  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
JOINED = MONDAY + timedelta(days=1)
OURS = Particulars("Lou's IT, LLC", name="Lou's IT", postcode="11801", phone="+1 516 555 0142")


@pytest.fixture
def lous(prime) -> Firm:
    kept = off_network.add(LOU, by=prime.dispatcher, now=MONDAY)
    until = MONDAY + timedelta(days=30)
    coverage.override(kept, by=prime.owner, reason="Since 2001", until=until, now=MONDAY)
    return kept


@pytest.fixture
def taken(order, prime, lous) -> WorkOrder:
    (offer,) = offers.offer_work(order, [Recipient(lous.pk)], by=prime.dispatcher, now=MONDAY)
    recorded.record(
        order, accept(offer), Spoken("phone", "Lou", MONDAY), by=prime.dispatcher, now=MONDAY + HOUR
    )
    return WorkOrder.objects.with_sides().get(pk=order.pk)


@pytest.fixture
def invited(prime, lous) -> FirmInvite:
    return invites.ask_to_join(lous, by=prime.dispatcher, message="Join us, Lou.", now=MONDAY + 2 * HOUR)


@pytest.fixture
def lou() -> User:
    return UserFactory(email="lou@lous.example", name="Lou Marino")


@pytest.fixture
def joined(taken, invited, lou) -> Member:
    return join(lou, OURS, invite=invited, now=JOINED)


def test_it_is_asked_once_and_stays_off_the_network_until_it_comes(lous, invited, prime, stranger):
    lous.refresh_from_db()
    assert (invited.status, invited.email, lous.status) == ("sent", "lou@lous.example", "off_network")
    mail = Notification.objects.get(kind="firm_invited")
    assert (mail.context["kept"], mail.context["message"]) == (True, "Join us, Lou.")
    with nothing_moves():
        with pytest.raises(RuleBroken, match="already invited"):
            invites.ask_to_join(lous, by=prime.owner, now=JOINED)
        with pytest.raises(WrongRole):
            invites.ask_to_join(lous, by=prime.finance, now=JOINED)
        with pytest.raises(WrongSide):
            invites.ask_to_join(lous, by=stranger.owner, now=JOINED)
    invites.revoke(invited, by=prime.owner, now=JOINED)
    assert (
        invites.ask_to_join(lous, by=prime.owner, email="lou@gmail.com", now=JOINED).email == "lou@gmail.com"
    )


def test_a_firm_that_is_here_is_not_asked(sub, prime, lous):
    with nothing_moves(), pytest.raises(RuleBroken, match="is here already"):
        invites.ask_to_join(lous, by=prime.owner, email=f"somebody@{sub.firm.web_domain}", now=MONDAY)


def test_it_joins_as_itself_and_its_work_goes_on(taken, joined, lous, prime, lou):
    lous.refresh_from_db()
    taken.refresh_from_db()
    assert (joined.firm, lous.status, lous.kept_by, lous.joined_at) == (lous, "active", None, JOINED)
    assert (lous.legal_name, lous.contact_name, lous.contact_email) == ("Lou's IT, LLC", "", "")
    assert (taken.status, taken.sub) == ("assigned", lous)
    noted = Partnership.objects.get(owner=prime.firm, other=lous)
    assert noted.notes == "Called until it joined: Lou, +1 516 555 0142, lou@lous.example"
    told = Notification.objects.filter(kind="firm_joined").values_list("user__email", flat=True)
    assert set(told) == {"owner@halcyon.example", "dispatcher@halcyon.example"}
    with pytest.raises(WrongSide, match="answers for itself"):
        recorded.record(
            taken, Answer("arrive"), Spoken("phone", "Lou", JOINED), by=prime.dispatcher, now=JOINED
        )


def test_what_it_does_itself_is_evidence(taken, joined, prime, sub):
    from engagements.actions import onsite, visits  # noqa: PLC0415 - only here

    visits.acknowledge_briefing(taken, by=joined, now=THURSDAY_9)
    visit = taken.visits.get()
    visits.check_in(visit, by=joined, now=THURSDAY_9)
    onsite.count_units(taken, by=joined, units=18, now=THURSDAY_9 + 8 * HOUR)
    visits.finish(visit, by=joined, now=THURSDAY_9 + 9 * HOUR)
    handed = submissions.submit(taken, by=joined, client_asked_for_more=False, now=THURSDAY_9 + 9 * HOUR)
    approve_work(handed, by=prime.owner, now=THURSDAY_9 + 10 * HOUR)

    kinds = set(ScoreEvent.objects.filter(firm=joined.firm).values_list("kind", flat=True))
    assert kinds == {"on_time_start", "deadline_met", "approved_first_time"}
    assert PaymentExperience.objects.filter(payer=prime.firm, payee=joined.firm).count() == 1
    assert RatingRound.objects.get().sub == joined.firm


def test_what_its_prime_wrote_down_about_the_work_moves_no_score(taken, invited, lou, prime):
    def say(answer: Answer, at):
        recorded.record(taken, answer, Spoken("phone", "Lou", at), by=prime.dispatcher, now=at)

    say(Answer("arrive"), THURSDAY_9 + timedelta(minutes=5))
    say(Answer("leave", units=18), THURSDAY_9 + 9 * HOUR)
    say(Answer("hand_in", asked_for_more=False), THURSDAY_9 + 10 * HOUR)
    member = join(lou, OURS, invite=invited, now=THURSDAY_9 + 11 * HOUR)
    taken.refresh_from_db()
    paid_at = THURSDAY_9 + timedelta(days=2)

    invoice = approve_work(taken.submissions.get(), by=prime.owner, now=THURSDAY_9 + timedelta(days=1))
    payment = announce_payment(invoice, by=prime.owner, paid=Paid(paid_at.date()), now=paid_at)
    confirm_payment(payment, by=member, now=paid_at)

    invoice.refresh_from_db()
    assert (invoice.sub, invoice.amount, invoice.status) == (member.firm, Decimal("1350.00"), "paid")
    assert not ScoreEvent.objects.exists()
    assert not PaymentExperience.objects.exists()


def test_an_offer_that_waits_is_its_own_to_answer(job, line, lous, invited, lou, prime):
    (draft,) = orders.split(
        job, [Piece(line.pk, 4)], by=prime.dispatcher, draft=OrderDraft(asked=asked(), routing="first_accept"), now=MONDAY
    )  # fmt: skip
    (offer,) = offers.offer_work(draft, [Recipient(lous.pk)], by=prime.dispatcher, now=MONDAY)

    member = join(lou, OURS, invite=invited, now=JOINED)

    with pytest.raises(WrongSide):
        recorded.record(draft, accept(offer), Spoken("phone", "Lou", JOINED), by=prime.owner, now=JOINED)
    assert Offer.objects.received_by(member.firm_id).get() == offer


def test_another_invitation_to_its_domain_leads_to_the_same_firm(taken, invited, lous, lou, stranger):
    other = invites.invite(Invitee("Lou's", "info@lous.example"), by=stranger.owner, now=MONDAY)
    assert other.card != lous

    member = join(lou, OURS, invite=other, now=JOINED)

    assert member.firm == lous
    assert {invite.status for invite in FirmInvite.objects.all()} == {"claimed"}
    assert set(FirmInvite.objects.values_list("card", flat=True)) == {lous.pk}
    assert not Partnership.objects.filter(other=other.card).exists()
    assert Partnership.objects.filter(owner=stranger.firm, other=lous).exists()


def test_what_a_second_prime_has_under_way_stays_written_down_by_it(taken, invited, lou, stranger):
    second = off_network.add(LOU, by=stranger.owner, now=MONDAY)
    theirs = invites.ask_to_join(second, by=stranger.owner, now=MONDAY)

    member = join(lou, OURS, invite=invited, now=JOINED)

    second.refresh_from_db()
    theirs.refresh_from_db()
    assert (second.status, second.kept_by, theirs.status, theirs.card) == (
        "off_network", stranger.firm, "claimed", member.firm,
    )  # fmt: skip
    assert Notification.objects.filter(kind="firm_joined", firm=stranger.firm.pk).exists()


def test_nobody_who_wrote_its_answers_down_becomes_its_owner(taken, invited, prime):
    prime.dispatcher.user.email = "dana@gmail.com"
    prime.dispatcher.user.save(update_fields=["email"])

    with nothing_moves(), pytest.raises(RuleBroken, match="Somebody of its own"):
        joining.found(prime.dispatcher.user, OURS, invite=invited, now=JOINED)


def test_the_pages_of_both(taken, lous, prime, lou, browser_of):
    ours, card = browser_of(prime.dispatcher), reverse("firm", args=[prime.firm.pk, lous.pk])
    assert "Invite them to PartnerNet" in ours.get(card).content.decode()
    page = reverse("firm-ask-to-join", args=[prime.firm.pk, lous.pk])
    assert "lou@lous.example" in ours.get(page).content.decode()
    assert ours.post(page, {"email": "lou@lous.example", "message": ""})["Location"] == card
    assert "Invite them to PartnerNet" not in ours.get(card).content.decode()
    token = links.token(Delivery.objects.get(notification__kind="firm_invited").pk)

    door = Client().get(reverse("firm-invite", args=[token])).content.decode()

    assert f"{taken.reference} {taken.title}" in door
    assert "Garden City Dental" not in door
    member = join(lou, OURS, invite=FirmInvite.objects.get(), now=JOINED)
    theirs = browser_of(member).get(reverse("work-order", args=[lous.pk, taken.pk])).content.decode()
    assert "Recorded by Halcyon Managed" in theirs
    assert "(recorded by Halcyon Managed) closed the deal" in theirs
    again = ours.get(reverse("work-order", args=[prime.firm.pk, taken.pk])).content.decode()
    assert "Recorded by us" in again
    assert "Write an answer down" not in again
    assert RecordedAnswer.objects.count() == 1


def test_a_program_asks_it_to_join(lous, prime, stranger, api_of):  # noqa: F811 - the fixture
    page = f"/api/v1/firms/{lous.pk}/ask-to-join/"

    made = api_of(prime.dispatcher).post(page, {}, format="json")

    assert (made.status_code, made.json()["email"], made.json()["status"]) == (
        201,
        "lou@lous.example",
        "sent",
    )
    assert api_of(stranger.owner).post(page, {}, format="json").status_code == 404
