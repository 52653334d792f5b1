"""Who signs for a firm: named, passed on, gone; in which order; and what a firm approves for itself first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracts.actions import agreements, approvals, signatories, signing
from contracts.actions.sweeps import remind_due
from contracts.actions.verification import faults_of
from contracts.consent import CONSENT_VERSION
from contracts.models import Agreement, Signatory, TextApproval
from contracts.standing import standing
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale, WrongRole
from partnernet.core.models import Notification
from partners.actions import members
from partners.models import Member
from tests.factories.contracts import SIGNED_AT, drafted, proposed, read_by, signed
from tests.factories.partners import MemberFactory, People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def steps(agreement: Agreement) -> list[str]:
    return list(agreement.events.order_by("sequence").values_list("step", flat=True))


def test_an_owner_names_a_member_who_then_signs(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)
    signed_now = agreements.sign(
        agreement, by=sub.dispatcher, signing=read_by(agreement, sub.dispatcher), now=NOW
    )

    assert signed_now.status == "signed"
    assert told("signatory_named") == [sub.dispatcher.user.email]
    assert told("agreement_signed_for_us") == [sub.owner.user.email]
    assert steps(agreement)[-2:] == ["name_signatory", "sign"]
    assert faults_of(signed_now) == []


def test_nobody_but_owners_signs_without_being_named(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(WrongRole, match="whoever an owner has named"):
        signing.consent(agreement, by=sub.dispatcher, version=CONSENT_VERSION, now=NOW)

    assert agreement.signatures.count() == 1


def test_an_owner_who_is_not_named_does_not_sign_meanwhile(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    signature = read_by(agreement, sub.owner)
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)

    with pytest.raises(WrongRole, match="is named to sign this"):
        agreements.sign(agreement, by=sub.owner, signing=signature, now=NOW)
    signatories.release(agreement, by=sub.owner, now=NOW)

    assert agreements.sign(agreement, by=sub.owner, signing=signature, now=NOW).status == "signed"


def test_the_named_member_accepts_terms_too_and_nothing_more(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    agreements.propose(agreement, by=prime.owner, now=NOW)
    signatories.name(agreement, prime.dispatcher, by=prime.owner, now=NOW)
    other = agreements.Terms({"governing_law": "US-NY", "net_days": 20})
    agreements.revise(agreement, other, by=sub.owner, seen=agreement.content_sha256, now=NOW)
    agreement = Agreement.objects.get(pk=agreement.pk)

    with pytest.raises(WrongRole):
        agreements.void(agreement, by=prime.dispatcher, now=NOW)
    accepted = agreements.accept_terms(agreement, by=prime.dispatcher, seen=agreement.content_sha256, now=NOW)

    assert accepted.status == "agreed"


def test_a_signature_is_passed_on_to_a_colleague_who_may_bind_the_firm(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)
    finance = sub.finance

    with pytest.raises(Invalid, match="may not bind"):
        signatories.pass_on(agreement, finance, by=sub.dispatcher, now=NOW)
    signatories.allow(finance, by=sub.owner, now=NOW)
    signatories.pass_on(agreement, finance, by=sub.dispatcher, reason="On leave.", now=NOW)

    assert signatories.named_for(agreement, "other").member == finance
    assert list(Signatory.objects.of(agreement).order_by("pk").values_list("status", flat=True)) == [
        "passed_on",
        "named",
    ]
    with pytest.raises(WrongRole):
        signatories.pass_on(agreement, sub.owner, by=sub.dispatcher, now=NOW)


@pytest.mark.parametrize("who", ["technician", "stranger"])
def test_only_a_colleague_who_sees_agreements_is_named(
    prime: People, sub: People, stranger: People, who: str
):
    agreement = proposed(prime.owner, sub.firm)
    person = stranger.owner if who == "stranger" else sub.technician

    with pytest.raises(Invalid):
        signatories.name(agreement, person, by=sub.owner, now=NOW)

    assert not Signatory.objects.exists()


def test_one_is_named_a_side_whoever_writes(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)

    with pytest.raises(IntegrityError, match="signatory_one_a_side"), transaction.atomic():
        Signatory.objects.create(
            agreement=agreement, side="other", member=sub.owner, named_by=sub.owner.user, named_at=NOW
        )


def test_the_one_who_signs_first_signs_first(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    signatories.order(agreement, "other", by=prime.owner, now=NOW)
    agreements.propose(agreement, by=prime.owner, now=NOW)
    ours = read_by(agreement, prime.owner)

    with pytest.raises(RuleBroken, match="signs first"):
        agreements.sign(agreement, by=prime.owner, signing=ours, now=NOW)
    agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)

    assert agreements.sign(agreement, by=prime.owner, signing=ours, now=NOW).status == "signed"


def test_only_the_firm_that_signs_first_is_waited_for_and_reminded(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    signatories.order(agreement, "proposer", by=prime.owner, now=NOW)
    agreements.propose(agreement, by=prime.owner, now=NOW)

    remind_due(now=NOW + timedelta(days=3))

    shown = Agreement.objects.with_parties().with_signed_sides().get(pk=agreement.pk)
    assert standing(shown, NOW).waits_for == "proposer"
    assert told("agreement_reminder") == [prime.owner.user.email]


def test_the_order_stands_once_somebody_has_signed(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(IllegalStep):
        signatories.order(agreement, "other", by=prime.owner, now=NOW)


def test_an_authority_is_taken_back_once(sub: People):
    made = signatories.allow(sub.dispatcher, by=sub.owner, now=NOW)
    with pytest.raises(Invalid, match="already"):
        signatories.allow(sub.dispatcher, by=sub.owner, now=NOW)

    signatories.disallow(made, by=sub.owner, now=NOW)

    with pytest.raises(IllegalStep):
        signatories.disallow(made, by=sub.owner, now=NOW)


# What a firm approves for itself.


def demanding(people: People, approver: str = "finance") -> Member:
    """Let a firm want approval; return who approves."""
    approvals.demand(approver, by=people.owner, now=NOW)
    return people.finance


def test_no_signature_without_the_approval_that_the_firm_wants(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    approver, seen = demanding(sub), agreement.content_sha256
    ours = read_by(agreement, sub.owner)

    with pytest.raises(RuleBroken, match="approved first"):
        agreements.sign(agreement, by=sub.owner, signing=ours, now=NOW)
    approvals.ask(agreement, by=sub.owner, seen=seen, note="Twelve months?", now=NOW)
    approvals.approve(agreement, by=approver, seen=seen, now=NOW)

    assert agreements.sign(agreement, by=sub.owner, signing=ours, now=NOW).status == "signed"
    assert told("text_approval_asked") == [approver.user.email]
    assert told("text_approved") == [sub.owner.user.email]
    assert "approve_text" not in steps(agreement)
    assert list(agreement.in_house_events.order_by("pk").values_list("step", "firm")) == [
        ("ask_approval", sub.firm.pk),
        ("approve_text", sub.firm.pk),
    ]


def test_whoever_approves_does_not_sign(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    approvals.demand("owner", by=sub.owner, now=NOW)
    approvals.approve(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    with pytest.raises(RuleBroken, match="Somebody else signs"):
        agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)


def test_another_text_needs_another_approval(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    approver = demanding(prime)
    approvals.approve(agreement, by=approver, seen=agreement.content_sha256, now=NOW)
    other = agreements.Terms({"governing_law": "US-NY", "net_days": 20})
    agreement = agreements.revise(agreement, other, by=prime.owner, seen=agreement.content_sha256, now=NOW)

    with pytest.raises(RuleBroken, match="approved first"):
        agreements.propose(agreement, by=prime.owner, signing=read_by(agreement, prime.owner), now=NOW)

    assert Agreement.objects.get(pk=agreement.pk).status == "draft"


def test_a_text_that_has_changed_is_not_approved(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    approver = demanding(prime)

    with pytest.raises(Stale):
        approvals.approve(agreement, by=approver, seen="0" * 64, now=NOW)

    assert not TextApproval.objects.exists()


def test_a_refusal_has_a_reason_and_can_be_asked_again(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    approver, seen = demanding(prime), agreement.content_sha256
    approvals.ask(agreement, by=prime.owner, seen=seen, now=NOW)

    with pytest.raises(RuleBroken, match="Say why"):
        approvals.refuse(agreement, by=approver, seen=seen, now=NOW)
    approvals.refuse(agreement, by=approver, seen=seen, reason="Too long.", now=NOW)
    approvals.ask(agreement, by=prime.owner, seen=seen, now=NOW)

    assert told("text_not_approved") == [prime.owner.user.email]
    assert sorted(TextApproval.objects.values_list("status", flat=True)) == ["asked", "refused"]


def test_only_those_whom_the_firm_wants_approve(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    approvals.demand("owner", by=prime.owner, now=NOW)

    with pytest.raises(WrongRole):
        approvals.approve(agreement, by=prime.finance, seen=agreement.content_sha256, now=NOW)


def test_a_firm_of_one_cannot_want_a_second_person(prime: People):
    alone = MemberFactory(role="owner")

    with pytest.raises(RuleBroken, match="two people"):
        approvals.demand("owner", by=alone, now=NOW)


def test_no_approval_is_wanted_until_an_owner_says_so(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    assert agreement.status == "signed"
    with pytest.raises(IllegalStep):
        approvals.stop_demanding(by=prime.owner, now=NOW)


def test_what_a_firm_noted_for_itself_never_changes(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    approver = demanding(prime)
    approvals.approve(agreement, by=approver, seen=agreement.content_sha256, now=NOW)

    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE contracts_inhouseevent SET reason = 'Other.'")


def test_members_who_left_are_found_by_the_clock_once(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)
    members.remove(sub.dispatcher, by=sub.owner, now=NOW)

    assert (signatories.replace_gone(now=NOW), signatories.replace_gone(now=NOW)) == (1, 0)


# The pages.


def page(name: str, member: Member, *args: object) -> str:
    return reverse(name, args=[member.firm_id, *args])


def test_the_pages_name_pass_on_and_order(browser_of: Callable[[Member], Client], prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    agreements.propose(agreement, by=prime.owner, now=NOW)
    owner, named = browser_of(sub.owner), browser_of(sub.dispatcher)
    signatories.allow(sub.finance, by=sub.owner, now=NOW)

    owner.post(page("agreement-signer-name", sub.owner, agreement.pk), {"member": sub.dispatcher.pk})
    asked = named.get(page("agreement-signers", sub.dispatcher, agreement.pk)).content.decode()
    named.post(page("agreement-signer-pass-on", sub.dispatcher, agreement.pk), {"member": sub.finance.pk})
    browser_of(prime.owner).post(
        page("agreement-signer-order", prime.owner, agreement.pk), {"first": "other"}
    )
    shown = owner.get(page("agreement", sub.owner, agreement.pk)).content.decode()

    assert "Pass it on" in asked
    assert f"{sub.finance.user.called}</strong> signs for us" in shown
    assert "Blue Mesa IT signs first." in shown
    assert "signs this for your firm" not in shown


def test_only_the_named_dispatcher_gets_to_the_signature(
    proven_browser_of: Callable[[Member], Client], prime: People, sub: People
):
    agreement = proposed(prime.owner, sub.firm)
    browser, address = proven_browser_of(sub.dispatcher), page("agreement-sign", sub.dispatcher, agreement.pk)

    assert browser.get(address).status_code == 403
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)
    signing.consent(agreement, by=sub.dispatcher, version=CONSENT_VERSION)
    filled = {"content_sha256": agreement.content_sha256, "name": "Dee", "title": "Buyer", "authorised": "on"}
    assert browser.get(address).status_code == 200
    browser.post(address, {**filled, "agree": "yes"})

    assert Agreement.objects.get(pk=agreement.pk).status == "signed"


def test_the_pages_ask_approve_and_refuse(browser_of: Callable[[Member], Client], prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    approver, seen = browser_of(demanding(sub)), {"seen": agreement.content_sha256}
    owner = browser_of(sub.owner)

    before = owner.get(page("agreement", sub.owner, agreement.pk)).content.decode()
    owner.post(page("agreement-approval-ask", sub.owner, agreement.pk), {**seen, "note": "Is 12 right?"})
    approver.post(
        page("agreement-approval-refuse", sub.finance, agreement.pk), {**seen, "reason": "Too long."}
    )
    refused = owner.get(page("agreement", sub.owner, agreement.pk)).content.decode()
    approver.post(page("agreement-approval-give", sub.finance, agreement.pk), seen)
    after = owner.get(page("agreement", sub.owner, agreement.pk)).content.decode()

    assert "approved first" in before
    assert "Continue to sign" not in before
    assert "Too long." in refused
    assert "only your firm sees this" in refused
    assert "Continue to sign" in after
    theirs = browser_of(prime.owner).get(page("agreement", prime.owner, agreement.pk)).content.decode()
    assert "Our own approval" not in theirs
    assert "Too long." not in theirs


def test_the_settings_turn_approval_on_and_allow_a_member(
    browser_of: Callable[[Member], Client], sub: People
):
    browser = browser_of(sub.owner)

    browser.post(page("signing-approval-on", sub.owner), {"approver": "finance"})
    browser.post(page("signing-allow", sub.owner), {"member": sub.dispatcher.pk})
    shown = browser.get(page("signing-settings", sub.owner)).content.decode()

    assert "Finance, or an owner approves." in shown
    assert f"{sub.dispatcher.user.called}, dispatcher" in shown


# Whoever is named and is no owner: on both sides, from the mail to the signature.


def sides(prime: People, sub: People, side: str) -> tuple[Agreement, People, People]:
    """An agreement on the table, not signed yet; the firm whose dispatcher is named on `side`, and the other one."""
    agreement = agreements.propose(drafted(prime.owner, sub.firm), by=prime.owner, now=NOW)
    ours, theirs = (prime, sub) if side == "proposer" else (sub, prime)
    signatories.name(agreement, ours.dispatcher, by=ours.owner, now=NOW)
    return agreement, ours, theirs


def home(browser: Client, member: Member) -> str:
    return browser.get(page("home", member)).content.decode()


@pytest.mark.parametrize("side", ["proposer", "other"])
def test_whoever_is_named_finds_it_at_home_accepts_the_terms_and_signs(
    proven_browser_of: Callable[[Member], Client], prime: People, sub: People, side: str
):
    agreement, ours, theirs = sides(prime, sub, side)
    named, browser = ours.dispatcher, proven_browser_of(ours.dispatcher)
    other = agreements.Terms({"governing_law": "US-NY", "net_days": 20})
    agreement = agreements.revise(agreement, other, by=theirs.owner, seen=agreement.content_sha256, now=NOW)
    address = page("agreement", named, agreement.pk)

    asked = home(browser, named)
    shown = browser.get(address).content.decode()
    browser.post(page("agreement-accept-terms", named, agreement.pk), {"seen": agreement.content_sha256})
    agreement.refresh_from_db()
    accepted, to_sign = agreement.status, home(browser, named)
    browser.post(page("agreement-consent", named, agreement.pk), {"consent": CONSENT_VERSION})
    filled = {"content_sha256": agreement.content_sha256, "name": "Dee", "title": "Buyer", "authorised": "on"}
    browser.post(page("agreement-sign", named, agreement.pk), {**filled, "agree": "yes"})

    assert (address in asked, "Read and answer" in asked) == (True, True)
    assert "Accept these terms" in shown
    assert accepted == "agreed"
    assert (address in to_sign, "Read and sign" in to_sign) == (True, True)
    assert agreement.signatures.get().user == named.user
    assert address not in home(browser, named)


@pytest.mark.parametrize("side", ["proposer", "other"])
def test_whoever_is_named_gets_the_mail_until_it_is_signed_and_owners_the_rest(
    prime: People, sub: People, side: str
):
    agreement, ours, theirs = sides(prime, sub, side)
    named = ours.dispatcher

    later = NOW + timedelta(hours=1)
    agreements.sign(agreement, by=theirs.owner, signing=read_by(agreement, theirs.owner), now=later)
    remind_due(now=NOW + timedelta(days=3))
    agreements.sign(agreement, by=named, signing=read_by(agreement, named), now=later)
    agreements.terminate(agreement, by=theirs.owner, now=NOW + timedelta(days=1))

    heard = Notification.objects.filter(user=named.user).values_list("kind", flat=True)
    expected = {"signatory_named", "agreement_waits_for_you", "agreement_reminder", "agreement_signed"}
    assert set(heard) == expected


def test_an_owner_is_not_asked_to_sign_what_another_is_named_for(
    browser_of: Callable[[Member], Client], prime: People, sub: People
):
    agreement, ours, theirs = sides(prime, sub, "other")
    address = page("agreement", ours.owner, agreement.pk)

    assert address not in home(browser_of(ours.owner), ours.owner)
    assert page("agreement", theirs.owner, agreement.pk) in home(browser_of(theirs.owner), theirs.owner)
    assert page("agreement", ours.viewer, agreement.pk) not in home(browser_of(ours.viewer), ours.viewer)
    signatories.release(agreement, by=ours.owner, now=NOW)
    assert address in home(browser_of(ours.owner), ours.owner)


def test_nobody_is_asked_before_the_firm_that_signs_first_has_signed(
    browser_of: Callable[[Member], Client], prime: People, sub: People
):
    agreement = drafted(prime.owner, sub.firm)
    signatories.order(agreement, "proposer", by=prime.owner, now=NOW)
    agreement = agreements.propose(agreement, by=prime.owner, now=NOW)
    browser, address = browser_of(sub.owner), page("agreement", sub.owner, agreement.pk)

    before = home(browser, sub.owner)
    agreements.sign(agreement, by=prime.owner, signing=read_by(agreement, prime.owner), now=NOW)

    assert address not in before
    assert address in home(browser, sub.owner)
