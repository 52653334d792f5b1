"""From a mailed link to a firm, through the real sign-up, and who wins when two come at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from rest_framework.test import APIClient

from partnernet.core import links
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Delivery, User
from partners.actions import invites, joining, members
from partners.actions.firms import Particulars
from partners.models import Firm, FirmScore, Member
from tests.factories import partners as make
from tests.factories.partners import People

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def sign_up(browser: Client, email: str, next_page: str = "") -> str:
    """Sign up as a person does: name, email, password, then the code from the mail. Return where that leads."""
    typed = {"name": "Lou Marino", "email": email, "password1": PASSWORD}
    sent = browser.post("/accounts/signup/", typed | ({"next": next_page} if next_page else {}))
    assert sent.status_code == 302, sent.context["form"].errors
    code = re.search(r"^[A-Z0-9]{4,}(-[A-Z0-9]+)*$", mail.outbox[-1].body, re.MULTILINE)
    assert code is not None
    done = browser.post(sent.headers["Location"], {"code": code[0]})
    assert done.status_code == 302, done.content
    return str(done.headers["Location"])


@pytest.mark.django_db
def test_sign_up_and_name_the_firm() -> None:
    browser = Client()

    assert sign_up(browser, "lou@lou.example") == "/"
    assert browser.get("/").headers["Location"] == "/firm/"
    named = browser.post("/firm/", {"legal_name": "Lou LLC", "country": "US", "postcode": "11771"})

    assert named.headers["Location"] == "/"
    member = Member.objects.get()
    assert (member.user.name, member.role, member.firm.town) == ("Lou Marino", "owner", "Oyster Bay")


@pytest.mark.django_db
def test_sign_up_mails_have_text_and_html_and_a_short_code() -> None:
    sign_up(Client(), "lou@lou.example")

    (message,) = mail.outbox
    assert message.subject.startswith("Your PartnerNet code: ")
    assert "ten minutes" in message.body
    assert "ten minutes" in str(message.alternatives[0].content)
    assert "localhost" not in message.body


@pytest.mark.django_db
def test_a_known_and_an_unknown_address_sign_up_alike() -> None:
    make.UserFactory(email="known@lou.example")
    typed = {"name": "Lou", "password1": PASSWORD}

    known = Client().post("/accounts/signup/", typed | {"email": "known@lou.example"})
    unknown = Client().post("/accounts/signup/", typed | {"email": "unknown@lou.example"})

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert mail.outbox[0].subject == "You already have a PartnerNet account"


@pytest.mark.django_db
def test_an_invited_firm_sees_first_signs_up_and_claims_its_card(prime: People) -> None:
    invite = invites.invite(
        invites.Invitee("Lou's Computers", "lou@lou.example", message="Come <b>in</b>."), by=prime.owner
    )
    address = f"/invited/{links.token(Delivery.objects.get().pk)}/"
    browser = Client()

    shown = browser.get(address).content.decode()
    assert "Halcyon Managed would like to work with Lou&#x27;s Computers" in shown
    assert "Come &lt;b&gt;in&lt;/b&gt;." in shown
    assert browser.get(f"{address}join/").headers["Location"].startswith("/accounts/login/")
    assert sign_up(browser, "lou@lou.example", f"{address}join/") == f"{address}join/"
    browser.post(f"{address}join/", {"legal_name": "Lou LLC", "country": "US", "postcode": "11771"})

    card = Firm.objects.get(pk=invite.card_id)
    assert (card.status, card.legal_name, card.members.get().user.email) == (
        "active",
        "Lou LLC",
        "lou@lou.example",
    )
    assert "has joined" in Client().get(address).content.decode()


@pytest.mark.django_db
def test_a_revoked_invitation_says_so_and_lets_nobody_join(prime: People, stranger: People) -> None:
    invite = invites.invite(invites.Invitee("Lou", "lou@lou.example"), by=prime.owner)
    address = f"/invited/{links.token(Delivery.objects.get().pk)}/"
    invites.revoke(invite, by=prime.owner)
    browser = Client()
    browser.force_login(make.UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert "taken this invitation back" in browser.get(address).content.decode()
    refused = browser.post(f"{address}join/", {"legal_name": "Eve", "country": "US", "postcode": "11771"})

    assert "taken back" in refused.content.decode()
    assert Firm.objects.get(pk=invite.card_id).status == "unclaimed"


@pytest.mark.django_db
def test_a_colleague_joins_by_post_alone(prime: People) -> None:
    members.invite(members.Colleague("new@halcyon.example", "finance"), by=prime.owner)
    address = f"/join/{links.token(Delivery.objects.get().pk)}/"
    browser = Client()

    assert "Create your account" in browser.get(address).content.decode()
    assert sign_up(browser, "new@halcyon.example", address) == address
    browser.get(address)
    assert Member.objects.of(prime.firm.pk).count() == 5
    assert browser.get(f"{address}accept/").status_code == 405
    browser.post(f"{address}accept/")
    browser.post(f"{address}accept/")

    assert Member.objects.of(prime.firm.pk).count() == 6
    assert "has been used" in Client().get(address).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["invited", "join"])
def test_a_made_up_token_opens_nothing(path: str) -> None:
    assert Client().get(f"/{path}/{uuid4().hex}/").status_code == 404


@pytest.mark.django_db
def test_a_token_of_the_other_kind_opens_nothing(prime: People) -> None:
    members.invite(members.Colleague("new@halcyon.example", "finance"), by=prime.owner)
    token = links.token(Delivery.objects.get().pk)

    assert Client().get(f"/invited/{token}/").status_code == 404


def together(*steps: Callable[[], object]) -> list[str]:
    """Take steps at the same moment on connections of their own; return `done` or the refusal for each."""
    barrier = threading.Barrier(len(steps))
    said: list[str] = []

    def take(step: Callable[[], object]) -> None:
        barrier.wait()
        try:
            step()
            said.append("done")
        except RuleBroken as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_one_of_many_claims_a_card(prime: People, sub: People) -> None:
    links_to = [
        invites.invite(invites.Invitee("Ann", "ann@ann.example"), by=by) for by in (prime.owner, sub.owner)
    ]
    users = [make.UserFactory() for _ in range(4)]
    typed = Particulars("Ann", postcode="11801")

    said = together(
        *[
            lambda user=user, invite=links_to[n % 2]: joining.found(user, typed, invite=invite)  # type: ignore[misc]
            for n, user in enumerate(users)
        ]
    )

    assert said == ["RuleBroken"] * 3 + ["done"]
    assert Member.objects.of(links_to[0].card_id).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_two_uses_an_invitation(prime: People) -> None:
    invitation = members.invite(members.Colleague("new@x.example", "viewer"), by=prime.owner)
    users = [make.UserFactory(), make.UserFactory()]

    said = together(*[lambda user=user: members.accept(invitation, user=user) for user in users])  # type: ignore[misc]

    assert said == ["RuleBroken", "done"]
    assert Member.objects.of(prime.firm.pk).count() == 6


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_both_leave(prime: People) -> None:
    second = make.MemberFactory(firm=prime.firm)

    said = together(
        lambda: members.remove(prime.owner, by=prime.owner), lambda: members.remove(second, by=second)
    )

    assert said == ["RuleBroken", "done"]
    assert Member.objects.of(prime.firm.pk).active().in_role("owner").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_firms_invite_one_domain_into_one_card(prime: People, sub: People) -> None:
    lou = invites.Invitee("Lou", "lou@lou.example")

    said = together(lambda: invites.draft(lou, by=prime.owner), lambda: invites.draft(lou, by=sub.owner))

    assert said == ["done", "done"]
    assert Firm.objects.filter(web_domain="lou.example").count() == 1


@pytest.mark.django_db
def test_create_firm_prints_ids_and_a_key_that_works() -> None:
    out = StringIO()

    call_command(
        "create_firm", "Mesa LLC", "--country=US", "--state=NY", "--zone=America/New_York",
        "--owner-email=Pat@mesa.example", "--api-key", "--json", stdout=out,
    )  # fmt: skip

    told = json.loads(out.getvalue())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {told['api_key']}")
    me = client.get("/api/v1/firms/me/").json()
    assert (me["firm"]["id"], me["email"], me["role"]) == (told["firm"], "pat@mesa.example", "owner")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (["--zone=Mars/Phobos"], "timezone: Mars/Phobos is no time zone"),
        (["--postcode=00000"], "postcode: We know no"),
    ],
)
def test_create_firm_refuses_with_a_sentence_and_makes_nothing(typed: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("create_firm", "Mesa LLC", "--owner-email=pat@mesa.example", *typed)

    assert (Firm.objects.count(), User.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_rescore_publishes_and_says_so(prime: People, sub: People) -> None:
    out = StringIO()

    call_command("rescore", "--on=2007-02-12", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["on"], told["scores"]) == ("2007-02-12", 8)
    assert told["baselines"]["trust"]["mean"] == 0.7
    assert FirmScore.objects.count() == 8


NEWS: dict[str, dict[str, Any]] = {
    "member_invited": {"firm": "A & B", "person": "Pat", "role": "Finance", "days": 14},
    "member_joined": {"firm": "A & B", "person": "Pat", "role": "Finance"},
    "member_role_changed": {"firm": "A & B", "person": "Pat", "role": "Finance"},
    "member_removed": {"firm": "A & B", "person": "Pat"},
    "firm_invited": {
        "firm": "A & B", "person": "Pat", "invited_firm": "Lou's", "message": "Come <in>", "with_agreement": True,
        "with_offer": False,
    },
    "firm_joined": {"invited_firm": "A & B", "person": "Pat", "legal_name": "A & B LLC", "otherwise": "A & C"},
    "exclusion_asked": {"firm": "A & B", "what": "no_show", "reason": "Snow"},
    "exclusion_decided": {"granted": True, "answer": "A & B", "what": "no_show"},
}  # fmt: skip


@pytest.mark.parametrize("kind", NEWS)
def test_every_mail_says_the_same_in_text_and_html(kind: str) -> None:
    values = NEWS[kind] | {"link": "https://partnernet.example/x/", "recipient_name": "Lou", "site": ""}

    text = render_to_string(f"emails/{kind}/body.txt", values)
    html = render_to_string(f"emails/{kind}/body.html", values)

    assert "A & B" in text
    assert "A &amp; B" in html
    for form in (text, html):
        assert "https://partnernet.example/x/" in form
        assert "Hello Lou," in form
        assert "{" not in form.partition("</style>")[2] if form is html else "{" not in form
