"""The edge cases of signing, parties and proof, one test each; the name says the case."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from contracts import coverage
from contracts.actions import affiliates, agreements, disputes, protection, signatories
from contracts.actions.coverage import judge_now, standing_with
from contracts.actions.verification import faults_of
from contracts.coverage import Need
from contracts.models import Agreement, ListedAffiliate, Signature
from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide
from partnernet.core.ids import new_id
from partnernet.core.models import Notification, User
from partners.actions import members
from partners.models import Firm, Member
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, drafted, proposed, read_by, signed
from tests.factories.parties import AffiliationFactory
from tests.factories.partners import MemberFactory, People, people_of

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY = timedelta(days=1)


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def page(name: str, member: Member, *args: object) -> str:
    return reverse(name, args=[member.firm_id, *args])


def covered(prime: Firm, sub: Firm, *, now: object = NOW) -> coverage.Verdict:
    return judge_now(Need(prime.pk, sub.pk, now, now), now=now)


def test_signer_leaves_before_signing_is_replaced_and_owners_are_told(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    signatories.name(agreement, sub.dispatcher, by=sub.owner, now=NOW)
    members.remove(sub.dispatcher, by=sub.owner, now=NOW)

    signatories.replace_gone(now=NOW)

    assert agreement.signatories.get().status == "left"
    assert told("signatory_left") == [sub.owner.user.email]
    assert agreement.events.order_by("-sequence").first().step == "signatory_left"
    signatories.name(agreement, sub.finance, by=sub.owner, now=NOW)
    assert (
        agreements.sign(agreement, by=sub.finance, signing=read_by(agreement, sub.finance), now=NOW).status
        == "signed"
    )


def test_signer_leaves_after_signing_the_signature_stays_valid_and_says_former_officer(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    other = MemberFactory(firm=sub.firm, role="owner")
    agreement = signed(prime.owner, other)
    members.remove(other, by=sub.owner, now=NOW + DAY)

    agreements.terminate(agreement, by=prime.owner, now=NOW + DAY)
    shown = browser_of(prime.owner).get(page("agreement", prime.owner, agreement.pk)).content.decode()

    assert faults_of(Agreement.objects.get(pk=agreement.pk)) == []
    assert covered(prime.firm, sub.firm).status == coverage.COVERED
    assert "former officer" in shown
    assert told("agreement_terminated") == sorted([prime.owner.user.email, sub.owner.user.email])


def test_member_removed_between_opening_and_signing_is_refused(prime: People, sub: People):
    second = MemberFactory(firm=sub.firm, role="owner")
    agreement = proposed(prime.owner, sub.firm)
    signature = read_by(agreement, second)
    members.remove(Member.objects.get(pk=second.pk), by=sub.owner, now=NOW)

    with pytest.raises(WrongRole, match="no longer a member"):
        agreements.sign(agreement, by=second, signing=signature, now=NOW)

    assert agreement.signatures.count() == 1


def test_owner_who_became_a_viewer_between_opening_and_signing_is_refused(prime: People, sub: People):
    second = MemberFactory(firm=sub.firm, role="owner")
    agreement = proposed(prime.owner, sub.firm)
    signature = read_by(agreement, second)
    members.change(Member.objects.get(pk=second.pk), by=sub.owner, role="viewer", now=NOW)

    with pytest.raises(WrongRole):
        agreements.sign(agreement, by=second, signing=signature, now=NOW)


def test_signer_without_authority_the_second_owner_gets_a_copy_at_once(prime: People, sub: People):
    second = MemberFactory(firm=prime.firm, role="owner")

    agreement = proposed(prime.owner, sub.firm)

    assert told("agreement_signed_for_us") == [second.user.email]
    assert agreements.recall(agreement, by=second, now=NOW).status == "negotiating"


def test_repudiation_blocks_new_work_and_voids_nothing(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)
    ours = agreement.signatures.get(firm=sub.firm)

    raised = disputes.dispute(ours, by=sub.owner, reason="I did not sign.", now=NOW)

    assert covered(prime.firm, sub.firm).status == coverage.BLOCKED
    assert Agreement.objects.between(prime.firm, sub.firm).in_force(NOW).exists()
    disputes.withdraw(raised, by=sub.owner, now=NOW)
    assert covered(prime.firm, sub.firm).status == coverage.COVERED


# Affiliates, names, entities.


def affiliated(parent: Member, name: str = "Halcyon West", *, since: date = date(2006, 5, 1)) -> People:
    """A firm that belongs to the parent's, as both have said."""
    people = people_of(name, f"{name.lower().replace(' ', '')}.example")
    AffiliationFactory(
        firm=parent.firm, affiliate=people.firm, since=since, confirmed_by=people.owner.user, confirmed_at=NOW
    )
    return people


def test_affiliate_on_the_cover_page_is_covered_and_its_client_protected(prime: People, sub: People):
    west = affiliated(prime.owner)
    agreement = signed(prime.owner, sub.owner, values={"affiliates_included": True})

    verdict = covered(west.firm, sub.firm)

    assert (verdict.status, verdict.agreement_id) == (coverage.COVERED, agreement.pk)
    assert "Halcyon West" in agreement.current_revision.text
    assert "since 2006-05-01" in agreement.current_revision.text
    assert standing_with(west.firm.pk, [sub.firm.pk], now=NOW)[sub.firm.pk].status == coverage.COVERED
    assert standing_with(sub.firm.pk, [west.firm.pk], now=NOW)[west.firm.pk].status == coverage.COVERED
    client = ClientFactory(firm=west.firm)
    row = protection.serve(
        prime_id=west.firm.pk, sub_id=sub.firm.pk, client_id=client.pk, client_name=client.name,
        work_order_id=new_id(), now=NOW,
    )  # fmt: skip
    assert (row.prime, row.sub, row.agreement) == (west.firm, sub.firm, agreement)
    assert (
        protection.serviced(
            prime_id=west.firm.pk, sub_id=sub.firm.pk, client_id=client.pk, on=NOW.date(), now=NOW
        )
        == 1
    )
    assert faults_of(Agreement.objects.get(pk=agreement.pk)) == []


def test_affiliate_listed_after_the_signature_is_not_covered(prime: People, sub: People):
    signed(prime.owner, sub.owner, values={"affiliates_included": True})

    west = affiliated(prime.owner)

    assert covered(west.firm, sub.firm).status == coverage.NOT_COVERED
    assert covered(prime.firm, west.firm).status == coverage.NOT_COVERED


def test_affiliate_is_not_listed_where_the_cover_page_includes_none(prime: People, sub: People):
    west = affiliated(prime.owner)
    agreement = signed(prime.owner, sub.owner)

    assert "Halcyon West" not in agreement.current_revision.text
    assert covered(west.firm, sub.firm).status == coverage.NOT_COVERED


def test_affiliate_that_has_not_confirmed_is_on_no_cover_page(prime: People, sub: People, stranger: People):
    stated = affiliates.state(stranger.firm, by=prime.owner, since=date(2006, 5, 1), now=NOW)

    with pytest.raises(WrongSide):
        affiliates.confirm(stated, by=prime.owner, now=NOW)
    signed(prime.owner, sub.owner, values={"affiliates_included": True})

    assert not ListedAffiliate.objects.exists()
    assert covered(stranger.firm, sub.firm).status == coverage.NOT_COVERED
    assert told("affiliation_stated") == [stranger.owner.user.email]


def test_affiliate_is_confirmed_and_taken_off_from_either_side(
    prime: People, stranger: People, browser_of: Callable[[Member], Client]
):
    browser, theirs = browser_of(prime.owner), browser_of(stranger.owner)
    browser.post(page("company", prime.owner), {"affiliate": stranger.firm.pk, "since": "2006-05-01"})
    row = prime.firm.affiliations.get()

    asked = theirs.get(page("company", stranger.owner)).content.decode()
    theirs.post(page("affiliate-confirm", stranger.owner, row.pk))
    shown = browser.get(page("company", prime.owner)).content.decode()
    theirs.post(page("affiliate-end", stranger.owner, row.pk))

    assert "lists us as its affiliate" in asked
    assert "Confirmed" in shown
    row.refresh_from_db()
    assert row.ended_by == stranger.owner.user
    with pytest.raises(IllegalStep):
        affiliates.end(row, by=prime.owner)


def test_firm_renamed_keeps_the_name_it_signed_with_and_pages_show_both(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    agreement = signed(prime.owner, sub.owner)
    before = agreement.signatures.get(firm=sub.firm).firm_name
    Firm.objects.filter(pk=sub.firm.pk).update(legal_name="Blue Mesa Holdings, LLC")

    shown = browser_of(prime.owner).get(page("agreement", prime.owner, agreement.pk)).content.decode()

    assert f"{before} (now Blue Mesa Holdings, LLC)" in shown
    assert agreement.current_revision.values["other"]["legal_name"] == before
    assert covered(prime.firm, sub.firm).status == coverage.COVERED


def test_another_legal_entity_is_not_a_rename_and_stops_new_work_from_its_day(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    affiliates.give_notice(
        "entity", by=sub.owner, what="Now an LLC.", effective_on=NOW.date() + 2 * DAY, now=NOW + DAY
    )

    assert covered(prime.firm, sub.firm, now=NOW + DAY).status == coverage.COVERED
    verdict = covered(prime.firm, sub.firm, now=NOW + 3 * DAY)
    assert (verdict.status, "another legal entity" in verdict.reasons[0]) == (coverage.BLOCKED, True)
    assert told("party_notice") == [prime.owner.user.email]
    assert agreement.events.order_by("-sequence").first().reason == "Now an LLC."
    signed(prime.owner, sub.owner, now=NOW + 4 * DAY)
    assert covered(prime.firm, sub.firm, now=NOW + 5 * DAY).status == coverage.COVERED


def test_change_of_control_is_told_and_stops_nothing(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    affiliates.give_notice("control", by=sub.owner, what="Sold.", effective_on=NOW.date(), now=NOW + DAY)

    assert covered(prime.firm, sub.firm, now=NOW + 2 * DAY).status == coverage.COVERED
    assert told("party_notice") == [prime.owner.user.email]
    assert faults_of(Agreement.objects.get(pk=agreement.pk)) == []


# Time, and being forgotten.


def test_backdating_an_as_of_date_stands_in_the_words_alone(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    words = agreements.Terms({"governing_law": "US-NY"}, "This Agreement is made as of 1 January 2000.")
    agreement = agreements.revise(agreement, words, by=prime.owner, seen=agreement.content_sha256, now=NOW)
    agreements.propose(agreement, by=prime.owner, signing=read_by(agreement, prime.owner), now=NOW)
    later = NOW + DAY

    agreement = agreements.sign(
        agreement, by=sub.owner, signing=read_by(agreement, sub.owner, now=later), now=later
    )

    assert "as of 1 January 2000" in agreement.current_revision.text
    assert agreement.effective_at == later == agreement.signatures.latest("signed_at").signed_at


def test_effective_before_the_last_signature_is_refused_by_the_database(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(IntegrityError, match="in force from its last signature"):
        backdate(agreement)

    assert Agreement.objects.get(pk=agreement.pk).status == "partially_signed"


def backdate(agreement: Agreement) -> None:
    """Put an agreement in force in plain SQL, a day before it was signed."""
    early = (
        "UPDATE contracts_agreement SET status = 'signed', effective_at = %s, ends_at = now(), lapses_at = NULL, remind_at = NULL"
        " WHERE id = %s"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(early, [NOW - DAY, agreement.pk])
        cursor.execute("SET CONSTRAINTS effective_after_signatures IMMEDIATE")


def test_person_deleted_keeps_the_evidence_and_forgets_the_profile(prime: People, sub: People):
    other = MemberFactory(firm=sub.firm, role="owner")
    agreement = signed(prime.owner, other)
    before = Signature.objects.get(user=other.user)
    out = StringIO()

    call_command("forget_person", other.user.email, stdout=out)

    user = User.objects.get(pk=other.user_id)
    assert (user.name, user.is_active, user.has_usable_password()) == ("Former member", False, False)
    assert user.email.endswith("@forgotten.invalid")
    after = Signature.objects.get(pk=before.pk)
    assert (after.name, after.email, after.ip) == (before.name, before.email, before.ip)
    assert faults_of(Agreement.objects.get(pk=agreement.pk)) == []
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("forget_person", other.user.email, stdout=out)


def test_last_owner_is_not_forgotten_while_the_firm_needs_one(sub: People):
    with pytest.raises(CommandError, match="needs an owner"):
        call_command("forget_person", sub.owner.user.email, stdout=StringIO())

    assert User.objects.get(pk=sub.owner.user_id).is_active


def test_firm_and_person_behind_a_contract_cannot_be_deleted(prime: People, sub: People):
    signed(prime.owner, sub.owner)

    for row in (sub.firm, sub.owner.user):
        with pytest.raises(ProtectedError):
            row.delete()


def test_one_person_never_signs_for_both_even_when_named(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    both = MemberFactory(firm=sub.firm, role="dispatcher", user=prime.owner.user)
    signatories.name(agreement, both, by=sub.owner, now=NOW)

    with pytest.raises(RuleBroken, match="never signs for both"):
        agreements.sign(agreement, by=both, signing=read_by(agreement, both), now=NOW)
