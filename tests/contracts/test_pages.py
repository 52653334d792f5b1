import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement, Reading, Signature
from tests.factories.clients import ClientFactory
from tests.factories.contracts import drafted, proposed, protected, published, signed
from tests.factories.partners import FirmFactory, People
from tests.queries import asked

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def page(name: str, who: People, *args: object) -> str:
    return reverse(name, args=[who.firm.pk, *args])


def test_two_owners_sign_in_the_browser(prime: People, sub: People, proven_browser_of: Browser):
    published()
    ours, theirs = proven_browser_of(prime.owner), proven_browser_of(sub.owner)
    form = ours.get(page("agreement-propose", prime, sub.firm.pk)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in shown.items() if value is not None and value is not False}
    made = ours.post(page("agreement-propose", prime, sub.firm.pk), typed)
    agreement = Agreement.objects.get()
    assert made.url == page("agreement", prime, agreement.pk)

    for browser, who in ((ours, prime), (theirs, sub)):
        read = browser.get(page("agreement", who, agreement.pk))
        assert b"What you agree to, in eight lines" in read.content
        assert b"Continue to sign" in read.content
        assert browser.post(page("agreement-viewed", who, agreement.pk)).status_code == 204
        gone_on = browser.post(page("agreement-consent", who, agreement.pk), {"consent": CONSENT_VERSION})
        assert gone_on.url == page("agreement-sign", who, agreement.pk)
        assert b"I sign and agree to be bound" in browser.get(gone_on.url).content
        last = {
            "content_sha256": Agreement.objects.get().content_sha256,
            "name": "A. Person",
            "title": "Owner",
            "authorised": "on",
            "agree": "yes",
        }
        signed = browser.post(gone_on.url, last).url
        assert signed == page("agreement-signed", who, agreement.pk)
        assert browser.get(signed).url == page("agreement", who, agreement.pk)

    agreement.refresh_from_db()
    assert agreement.status == "signed"
    kept = Signature.objects.get(side="other")
    assert (kept.ip, kept.authentication[0]["method"]) == ("127.0.0.1", "password")
    assert list(agreement.events.values_list("door", flat=True).distinct()) == ["web"]
    shown = ours.get(page("agreement", prime, agreement.pk)).content
    assert b"A. Person, Owner, signed for Blue Mesa IT: it is in force" in shown


@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_asks_again_who_it_is(
    prime: People, sub: People, browser_of: Browser, proven_browser_of: Browser, method: str
):
    agreement = proposed(prime.owner, sub.firm)
    stale = proven_browser_of(sub.owner, seconds=301)
    stale.post(page("agreement-consent", sub, agreement.pk), {"consent": CONSENT_VERSION})
    last = {
        "content_sha256": agreement.content_sha256,
        "name": "Pat",
        "title": "Owner",
        "authorised": "on",
        "agree": "yes",
    }

    answer = getattr(stale, method)(
        page("agreement-sign", sub, agreement.pk), last if method == "post" else {}
    )

    expected = (
        page("agreement-sign", sub, agreement.pk) if method == "post" else reverse("account_reauthenticate")
    )
    assert answer.url.startswith(expected)
    assert Signature.objects.count() == 1


def test_a_page_never_signs_without_the_last_act(prime: People, sub: People, proven_browser_of: Browser):
    agreement = proposed(prime.owner, sub.firm)
    browser = proven_browser_of(sub.owner)
    browser.post(page("agreement-consent", sub, agreement.pk), {"consent": CONSENT_VERSION})

    answer = browser.post(
        page("agreement-sign", sub, agreement.pk),
        {"content_sha256": agreement.content_sha256, "name": "Pat", "title": "Owner", "authorised": "on"},
    )

    assert answer.status_code == 200
    assert b"Choose to be bound, or leave without signing." in answer.content
    assert Signature.objects.count() == 1


def test_reading_a_page_writes_nothing(prime: People, sub: People, browser_of: Browser):
    agreement = proposed(prime.owner, sub.firm)

    browser_of(sub.owner).get(page("agreement", sub, agreement.pk))

    assert Reading.objects.filter(user=sub.owner.user).count() == 0


def test_consent_must_be_ticked(prime: People, sub: People, browser_of: Browser):
    agreement = proposed(prime.owner, sub.firm)

    answer = browser_of(sub.owner).post(page("agreement-consent", sub, agreement.pk), {})

    assert answer.url.endswith("#sign")
    assert Reading.objects.filter(user=sub.owner.user).count() == 0


def test_a_value_out_of_range_stands_beside_its_field(prime: People, sub: People, browser_of: Browser):
    published()

    answer = browser_of(prime.owner).post(
        page("agreement-propose", prime, sub.firm.pk), {"client_tail_months": "99"}
    )

    assert b"Ensure this value is less than or equal to 24" in answer.content
    assert Agreement.objects.count() == 0


def without_token(answer: HttpResponse) -> str:
    """The page but for the CSRF token, which is masked anew each time."""
    return re.sub(r'"X-CSRFToken": "\w+"|value="\w{64}"', "", answer.content.decode())


AGREEMENT_PAGES = [
    "agreement", "agreement-text", "agreement-revise", "agreement-sign", "agreement-ask-changes", "agreement-recall",
    "agreement-decline", "agreement-void", "agreement-terminate",
]  # fmt: skip


@pytest.mark.parametrize("name", AGREEMENT_PAGES)
def test_a_stranger_gets_404_everywhere(
    prime: People, sub: People, stranger: People, proven_browser_of: Browser, name: str
):
    agreement = proposed(prime.owner, sub.firm)
    browser = proven_browser_of(stranger.owner)

    foreign = browser.get(page(name, stranger, agreement.pk))
    missing = browser.get(page(name, stranger, uuid4()))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_token(foreign) == without_token(missing)


@pytest.mark.parametrize("name", AGREEMENT_PAGES)
def test_a_technician_gets_403(prime: People, sub: People, browser_of: Browser, name: str):
    agreement = proposed(prime.owner, sub.firm)

    assert browser_of(prime.technician).get(page(name, prime, agreement.pk)).status_code == 403


@pytest.mark.parametrize(
    "name", [name for name in AGREEMENT_PAGES if name not in ("agreement", "agreement-text")]
)
def test_steps_are_for_owners(prime: People, sub: People, browser_of: Browser, name: str):
    agreement = proposed(prime.owner, sub.firm)

    assert browser_of(prime.dispatcher).get(page(name, prime, agreement.pk)).status_code == 403


def test_the_text_is_handed_out_byte_for_byte(prime: People, sub: People, browser_of: Browser):
    agreement = signed(prime.owner, sub.owner)

    answer = browser_of(sub.viewer).get(page("agreement-text", sub, agreement.pk))

    assert answer.content.decode() == agreement.current_revision.text
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("step", ["decline", "ask-changes"])
def test_steps_of_the_receiver(prime: People, sub: People, browser_of: Browser, step: str):
    agreement = proposed(prime.owner, sub.firm)
    browser = browser_of(sub.owner)
    assert browser.get(page(f"agreement-{step}", sub, agreement.pk)).status_code == 200

    answer = browser.post(page(f"agreement-{step}", sub, agreement.pk), {"reason": "Too long."})

    assert answer.url == page("agreement", sub, agreement.pk)
    assert agreement.events.filter(step=step.replace("-", "_"), reason="Too long.").exists()


def test_the_list_asks_the_same_number_of_questions_at_1_and_50(
    prime: People, sub: People, browser_of: Browser
):
    signed(prime.owner, sub.owner)
    browser, address = browser_of(prime.owner), page("agreements", prime)
    assert asked(lambda: browser.get(address), "contracts", "clients") == 4
    for _ in range(49):
        proposed(prime.owner, FirmFactory())

    assert asked(lambda: browser.get(address), "contracts", "clients") == 4
    assert len(browser.get(address).context["rows"]) == 25


def test_the_protected_list_asks_the_same_number_of_questions_at_1_and_50(
    prime: People, sub: People, browser_of: Browser
):
    protected(prime.owner, sub.owner)
    browser, address = browser_of(prime.owner), page("protected-clients", prime)
    assert asked(lambda: browser.get(address), "contracts", "clients") == 3
    for _ in range(49):
        protected(prime.owner, sub.owner, client=ClientFactory(firm=prime.firm))

    assert asked(lambda: browser.get(address), "contracts", "clients") == 3
    assert len(browser.get(address).context["rows"]) == 50


def test_a_long_history_asks_no_more_questions(prime: People, sub: People, browser_of: Browser):
    agreement = signed(prime.owner, sub.owner)
    browser, address = browser_of(prime.owner), page("agreement", prime, agreement.pk)
    # It ended long ago: one of them asks whether another one follows.
    assert asked(lambda: browser.get(address), "contracts", "clients") == 12
    for _ in range(50):
        protected(prime.owner, sub.owner, client=ClientFactory(firm=prime.firm))

    assert asked(lambda: browser.get(address), "contracts", "clients") == 12


def test_anybody_with_the_code_can_check(prime: People, sub: People, client: Client):
    agreement = signed(prime.owner, sub.owner)

    answer = client.get(reverse("verify"), {"code": agreement.verify_code.lower().replace("-", " ")})
    checked = client.get(answer.url)

    assert b"Everything holds" in checked.content
    assert b"In force" in checked.content or b"Ended" in checked.content
    assert client.get(reverse("verified", args=["PN-0000"])).status_code == 404


def test_a_draft_has_no_public_page(prime: People, sub: People, client: Client):
    agreement = drafted(prime.owner, sub.firm)

    assert client.get(reverse("verified", args=[agreement.verify_code])).status_code == 404


def test_every_list_has_an_empty_state(stranger: People, browser_of: Browser):
    browser = browser_of(stranger.owner)

    assert b"No agreement yet" in browser.get(page("agreements", stranger)).content
    assert b"No client is protected yet" in browser.get(page("protected-clients", stranger)).content
    assert browser.get(page("agreement-new", stranger)).status_code == 200


def test_whoever_came_in_lately_is_not_asked_again(
    prime: People, sub: People, browser_of: Browser, proven_browser_of: Browser
):
    agreement = proposed(prime.owner, sub.firm)
    browser = proven_browser_of(sub.owner)
    session = browser.session
    for record in session["account_authentication_methods"]:
        del record["reauthenticated"]
    session.save()
    browser.post(page("agreement-consent", sub, agreement.pk), {"consent": CONSENT_VERSION})

    shown = browser.get(page("agreement-sign", sub, agreement.pk))

    assert b"I sign and agree to be bound" in shown.content
