"""An invitation with the agreement and the first offer: what leaves, what the door shows, where joining leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from contracts.actions import agreements
from contracts.models import Agreement
from engagements.actions import offers
from engagements.models import Offer
from engagements.values import Recipient
from partnernet.core import clock, links
from partnernet.core.errors import RuleBroken, WrongRole
from partnernet.core.models import Delivery, Notification
from partnernet.pages.enclosing import invite_with_agreement
from partnernet.pages.joining import join
from partners.actions import invites
from partners.actions.firms import Particulars
from partners.actions.invites import Invitee
from partners.models import Firm, FirmInvite, Partnership
from tests.contracts.conftest import api_of, browser_of, proven_browser_of
from tests.engagements.conftest import MONDAY, job, line, order
from tests.factories.contracts import published, read_by
from tests.factories.partners import People, UserFactory

__all__ = ["api_of", "browser_of", "job", "line", "order", "proven_browser_of"]
pytestmark = pytest.mark.django_db

LOU = Invitee("Lou's Computers", "lou@lou.example", "Lou", message="You know us.")
MARCH = MONDAY - timedelta(days=3)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def invited(prime: People) -> FirmInvite:
    """Lou, invited with an agreement that our owner has signed."""
    published()
    agreement = invite_with_agreement(LOU, by=prime.owner, now=MARCH)
    signing = read_by(agreement, prime.owner, now=MARCH)
    agreements.propose(agreement, by=prime.owner, signing=signing, now=MARCH)
    return FirmInvite.objects.get()


@pytest.fixture
def offered(invited: FirmInvite, order: object, prime: People) -> Offer:
    """The order of 18 computers, offered to Lou's card."""
    return offers.offer_work(order, [Recipient(invited.card_id)], by=prime.dispatcher, now=MONDAY)[0]


def tokens(kind: str) -> list[str]:
    rows = Delivery.objects.filter(notification__kind=kind).order_by("id")
    return [links.token(key) for key in rows.values_list("pk", flat=True)]


def test_nobody_is_told_before_the_owner_signs(prime: People) -> None:
    published()

    agreement = invite_with_agreement(LOU, by=prime.owner, now=MARCH)

    invite = FirmInvite.objects.get()
    assert (invite.status, invite.agreement_id, agreement.status) == ("draft", agreement.pk, "draft")
    assert Notification.objects.count() == 0


def test_beginning_twice_takes_up_the_same_envelope(prime: People) -> None:
    published()

    first = invite_with_agreement(LOU, by=prime.owner, now=MARCH)
    again = invite_with_agreement(LOU, by=prime.owner, now=MARCH)

    assert first == again
    assert (FirmInvite.objects.count(), Agreement.objects.count()) == (1, 1)


def test_signing_mails_the_invitation_with_the_agreement(invited: FirmInvite) -> None:
    (news,) = Notification.objects.all()

    assert (invited.status, invited.agreement_id) == ("sent", Agreement.objects.get().pk)
    assert news.title == "Halcyon Managed sends Lou's Computers a subcontract agreement"
    assert Delivery.objects.get().address == "lou@lou.example"


@pytest.mark.parametrize("role", ["dispatcher", "finance", "technician", "viewer"])
def test_enclosing_an_agreement_is_for_owners(prime: People, role: str) -> None:
    published()

    with pytest.raises(WrongRole):
        invite_with_agreement(LOU, by=getattr(prime, role))

    assert (FirmInvite.objects.count(), Agreement.objects.count(), Firm.objects.count()) == (0, 0, 1)


def test_without_a_published_text_nothing_is_kept(prime: People) -> None:
    with pytest.raises(RuleBroken, match="not published an agreement yet"):
        invite_with_agreement(LOU, by=prime.owner)

    assert (FirmInvite.objects.count(), Firm.objects.count()) == (0, 1)


def test_an_offer_to_a_card_goes_to_the_invited_address(offered: Offer, invited: FirmInvite) -> None:
    invited.refresh_from_db()
    letter = Delivery.objects.get(notification__kind="offer_sent")

    assert (letter.address, letter.notification.user) == ("lou@lou.example", None)
    assert invited.offer_id == offered.pk
    assert offered.enclosed_agreement_id == invited.agreement_id


def test_an_offer_to_a_card_without_an_invitation_stays(
    invited: FirmInvite, order: object, prime: People
) -> None:
    invites.revoke(invited, by=prime.owner)

    with pytest.raises(RuleBroken, match="Invite it first"):
        offers.offer_work(order, [Recipient(invited.card_id)], by=prime.dispatcher, now=MONDAY)

    assert Offer.objects.count() == 0


def test_both_links_open_one_door_that_never_names_the_client(
    offered: Offer,
) -> None:
    Offer.objects.update(respond_by=clock.now() + timedelta(hours=1))
    (own,), (of_offer,) = tokens("firm_invited"), tokens("offer_sent")
    browser = Client()
    before = (Notification.objects.count(), FirmInvite.objects.get().status)

    moved = browser.get(f"/o/{of_offer}/")
    pages = [
        browser.get(address).content.decode() for address in (f"/invited/{own}/", moved.headers["Location"])
    ]

    for shown in pages:
        assert "18 computers, Hicksville, NY" in shown
        assert "$1,350" in shown
        assert "What you agree to, in eight lines" in shown
        assert "Halcyon Managed has signed." in shown
        assert "You know us." in shown
        assert 'value="lou@lou.example"' in shown
        assert not re.search(r"Garden City Dental|\$1,800|\$100\b|\$450", shown)
    assert (Notification.objects.count(), FirmInvite.objects.get().status) == before
    mails = "".join(str(news.context) + news.title for news in Notification.objects.all())
    assert "Garden City Dental" not in mails


def test_a_door_whose_invitation_was_taken_back_shows_nothing(
    offered: Offer, invited: FirmInvite, prime: People
) -> None:
    invites.revoke(invited, by=prime.owner)

    shown = Client().get(f"/invited/{tokens('offer_sent')[0]}/").content.decode()

    assert "has taken this invitation back" in shown
    assert "18 computers" not in shown


def test_joining_leads_to_the_agreement_and_then_to_the_offer(offered: Offer, invited: FirmInvite) -> None:
    Offer.objects.update(respond_by=clock.now() + timedelta(hours=1))
    (token,) = tokens("firm_invited")
    lou, browser = UserFactory(email="lou@lou.example"), Client()
    browser.force_login(lou, backend="allauth.account.auth_backends.AuthenticationBackend")

    joined = browser.post(
        f"/invited/{token}/join/", {"legal_name": "Lou LLC", "country": "US", "postcode": "11771"}
    )

    card = invited.card_id
    assert joined.headers["Location"] == reverse("agreement", args=[card, invited.agreement_id])
    offer_page = reverse("offer", args=[card, offered.pk])
    signed = reverse("agreement-signed", args=[card, invited.agreement_id])
    assert browser.get(signed).headers["Location"] == offer_page
    shown = browser.get(offer_page).content.decode()
    assert "Read and sign the agreement" in shown
    assert 'data-dialog="take"' not in shown
    assert browser.get(f"/o/{tokens('offer_sent')[0]}/").status_code == 200


def test_the_form_sends_an_owner_on_to_sign_and_tells_a_dispatcher_who_must(
    prime: People, browser_of: Callable[..., Client]
) -> None:
    published()
    address = reverse("firm-invite-new", args=[prime.firm.pk])
    typed = {"firm_name": "Lou's", "email": "lou@lou.example", "enclose": "on"}

    shown = browser_of(prime.dispatcher).get(address).content.decode()
    assert "only an owner signs for your firm: Owner of Halcyon Managed" in shown
    assert 'name="enclose"' not in shown
    gone_on = browser_of(prime.owner).post(address, typed)
    assert gone_on.headers["Location"] == reverse(
        "agreement", args=[prime.firm.pk, Agreement.objects.get().pk]
    )
    sent = browser_of(prime.dispatcher).post(address, typed | {"email": "ann@ann.example"})

    assert sent.headers["Location"] == reverse("firms", args=[prime.firm.pk])
    assert FirmInvite.objects.get(email="ann@ann.example").status == "sent"


def test_what_waited_on_another_card_of_the_domain_comes_along(
    invited: FirmInvite, sub: People, prime: People, order: object
) -> None:
    """Two firms named Lou's: we by lou.example, the other by his gmail address, whose link he follows."""
    by_gmail = invites.invite(Invitee("Lou", "lou@gmail.com"), by=sub.owner, now=MARCH)
    offered = offers.offer_work(order, [Recipient(invited.card_id)], by=prime.dispatcher, now=MONDAY)[0]
    lou = UserFactory(email="lou@lou.example")

    member = join(lou, Particulars("Lou LLC", postcode="11771"), invite=by_gmail, now=MONDAY)

    offered.refresh_from_db()
    agreement, ours = Agreement.objects.get(), FirmInvite.objects.get(pk=invited.pk)
    assert (offered.firm_id, agreement.other_id, ours.card_id) == (member.firm_id,) * 3
    assert (offered.status, agreement.status, ours.status) == ("sent", "partially_signed", "claimed")
    assert agreement.events.order_by("-sequence").first().step == "readdress"
    assert Partnership.objects.filter(owner=prime.firm, other=member.firm).exists()
    assert Firm.objects.get(pk=invited.card_id).web_domain == ""
    signing = read_by(agreement, member, now=MONDAY)
    assert agreements.sign(agreement, by=member, signing=signing, now=MONDAY).status == "signed"


def test_a_firm_that_we_named_twice_keeps_one_proposal(invited: FirmInvite, prime: People) -> None:
    again = invite_with_agreement(Invitee("Lou", "lou@gmail.com"), by=prime.owner, now=MARCH)
    agreements.propose(again, by=prime.owner, signing=read_by(again, prime.owner, now=MARCH), now=MARCH)
    by_gmail = FirmInvite.objects.get(email="lou@gmail.com")

    join(
        UserFactory(email="lou@lou.example"),
        Particulars("Lou LLC", postcode="11771"),
        invite=by_gmail,
        now=MONDAY,
    )

    again.refresh_from_db()
    older = Agreement.objects.get(pk=invited.agreement_id)
    assert (again.status, older.status) == ("partially_signed", "lapsed")
    assert (
        "another agreement between the two is under way" in older.events.order_by("-sequence").first().reason
    )


def test_the_api_sends_no_agreement_that_nobody_signed(
    prime: People, api_of: Callable[..., APIClient]
) -> None:
    published()
    agreement = invite_with_agreement(LOU, by=prime.owner)
    address = f"/api/v1/firm-invites/{FirmInvite.objects.get().pk}/send/"

    unsigned = api_of(prime.dispatcher).post(address)
    foreign = api_of(prime.dispatcher).post(address, {"agreement": str(uuid4())})
    wrong = api_of(prime.dispatcher).post(address, {"offer": str(uuid4())})

    assert [answer.status_code for answer in (unsigned, foreign, wrong)] == [400, 400, 400]
    assert unsigned.json()["errors"][0]["field"] == "agreement"
    assert (FirmInvite.objects.get().status, Notification.objects.count()) == ("draft", 0)
    agreements.propose(agreement, by=prime.owner)
    assert FirmInvite.objects.get().status == "sent"


def test_the_api_sends_a_second_invitation_with_what_waits(
    offered: Offer, invited: FirmInvite, prime: People, api_of: Callable[..., APIClient]
) -> None:
    invites.revoke(invited, by=prime.owner)
    again = invites.draft(LOU, by=prime.owner)
    body = {"agreement": str(invited.agreement_id), "offer": str(offered.pk)}

    sent = api_of(prime.dispatcher).post(f"/api/v1/firm-invites/{again.pk}/send/", body)

    assert (sent.status_code, sent.json()["status"]) == (200, "sent")
    assert (sent.json()["agreement_id"], sent.json()["offer_id"]) == (body["agreement"], body["offer"])


@pytest.mark.parametrize(("typed", "otherwise"), [("Lou LLC", "Lou's Computers"), ("lou's  COMPUTERS.", "")])
def test_another_legal_name_than_the_invited_one_is_kept_and_pointed_out(
    invited: FirmInvite, prime: People, typed: str, otherwise: str
) -> None:
    (token,) = tokens("firm_invited")
    lou, browser = UserFactory(email="lou@lou.example"), Client()
    browser.force_login(lou, backend="allauth.account.auth_backends.AuthenticationBackend")

    joined = browser.post(
        f"/invited/{token}/join/", {"legal_name": typed, "country": "US", "postcode": "11771"}, follow=True
    )

    assert Firm.objects.get(pk=invited.card_id).legal_name == typed
    said = "invited “Lou&#x27;s Computers”, and you typed “Lou LLC”" in joined.content.decode()
    assert said is bool(otherwise)
    told = Notification.objects.filter(kind="firm_joined", user=prime.owner.user).get()
    assert (told.context["otherwise"], told.context["legal_name"]) == (otherwise, typed)
