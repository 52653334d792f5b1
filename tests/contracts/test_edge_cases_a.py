"""The edge cases of changing, ending and paper, one test each; the name says the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from contracts import coverage
from contracts.actions import affiliates, agreements, checks, papers
from contracts.actions.coverage import judge_now
from contracts.actions.verification import faults_of
from contracts.coverage import Need
from contracts.models import Agreement, ClientMark, ExecutedDocument, Signature
from engagements.actions import answers, offers, onsite, submissions, visits
from engagements.models import WorkOrder
from engagements.values import Recipient
from partnernet.core.errors import RuleBroken
from partnernet.core.models import Notification, User
from partners.models import Firm, Member, Profile
from tests.engagements.conftest import MONDAY, job, line, order  # noqa: F401 - fixtures
from tests.factories.amendments import amended, amendment_drafted, on_paper
from tests.factories.contracts import SIGNED_AT, ClientMarkFactory, known_of, proposed, read_by, signed
from tests.factories.parties import AffiliationFactory
from tests.factories.partners import ApiKeyFactory, CertificationFactory, InvitationFactory, People

pytestmark = pytest.mark.django_db
NOW, DAY = SIGNED_AT, timedelta(days=1)
LATER = NOW + 10 * DAY


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def verdict(prime: People, sub: People, at: datetime = NOW) -> str:
    return judge_now(Need(prime.firm.pk, sub.firm.pk, at, at), now=at).status


def send(draft: Agreement, by: Member, now: datetime) -> Agreement:
    return agreements.propose(draft, by=by, signing=read_by(draft, by, now=now), now=now)


# Changed.


def test_two_amendments_open_at_once_the_second_is_judged_by_the_terms_as_they_are_then(
    prime: People, sub: People
):
    """Without a carve-out there is nothing to say while the clause on people is off; with it, that is grave."""
    parent = signed(prime.owner, sub.owner)
    second = send(
        amendment_drafted(parent, prime.owner, {"carve_out_advertising": False}, now=LATER),
        prime.owner,
        LATER,
    )
    before = {one.rule for one in checks.standing(second)}
    amended(parent, prime.owner, sub.owner, {"personnel_clause": True}, now=LATER + DAY)
    ours = read_by(second, sub.owner, now=LATER + 2 * DAY)

    with pytest.raises(RuleBroken) as refusal:
        agreements.sign(second, by=sub.owner, signing=ours, now=LATER + 2 * DAY)
    assert refusal.value.code == "unacknowledged"
    known_of(second, sub.owner, now=LATER + 2 * DAY)
    second = agreements.sign(second, by=sub.owner, signing=ours, now=LATER + 2 * DAY)

    assert "AT-09" not in before
    assert second.status == "signed"
    assert faults_of(Agreement.objects.with_parties().get(pk=second.pk)) == []


def test_an_amendment_of_an_agreement_that_has_ended_is_refused(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    waiting = send(amendment_drafted(parent, prime.owner, {"net_days": 30}, now=NOW), prime.owner, NOW)
    parent = agreements.terminate(parent, by=prime.owner, now=NOW)
    over = NOW + 29 * DAY

    Agreement.objects.filter(pk=parent.pk).update(ends_at=over)

    with pytest.raises(RuleBroken, match="has ended, so nothing is left to change"):
        amendment_drafted(parent, prime.owner, {"net_days": 20}, now=over)
    with pytest.raises(RuleBroken, match="has ended, so nothing is left to change"):
        agreements.sign(waiting, by=sub.owner, signing=read_by(waiting, sub.owner, now=over), now=over)
    assert Agreement.objects.get(pk=waiting.pk).status == "partially_signed"


def test_an_amendment_of_an_agreement_that_was_superseded_is_refused(prime: People, sub: People):
    parent = signed(prime.owner, sub.owner)
    waiting = send(amendment_drafted(parent, prime.owner, {"net_days": 30}, now=NOW), prime.owner, NOW)

    signed(prime.owner, sub.owner, now=LATER)

    with pytest.raises(RuleBroken, match="has ended"):
        agreements.sign(waiting, by=sub.owner, signing=read_by(waiting, sub.owner, now=LATER), now=LATER)
    with pytest.raises(RuleBroken, match="has ended"):
        amendment_drafted(parent, prime.owner, {"net_days": 20}, now=LATER)


# Paper.


def test_a_paper_agreement_covers_as_what_it_is_and_is_never_signed_here(prime: People, sub: People):
    stated = on_paper(prime.owner, sub.firm)
    alone = verdict(prime, sub)

    papers.confirm(stated, by=sub.owner, now=NOW)

    assert (alone, verdict(prime, sub)) == (coverage.COVERED_ON_PAPER, coverage.COVERED_ON_PAPER)
    assert not Agreement.objects.signed().exists()
    assert not Signature.objects.exists()
    assert not ExecutedDocument.objects.exists()
    signed(prime.owner, sub.owner, now=NOW + DAY)
    assert verdict(prime, sub, NOW + DAY) == coverage.COVERED


# Signed by one, ended, void in part, one house.


def test_decline_after_the_other_signed_changes_the_state_at_once_and_keeps_the_signature_as_history(
    prime: People, sub: People
):
    agreement = proposed(prime.owner, sub.firm)

    declined = agreements.decline(agreement, by=sub.owner, reason="Not for us.", now=NOW)

    assert declined.status == "declined"
    assert told("agreement_declined") == sorted([prime.owner.user.email, sub.owner.user.email])
    assert agreement.signatures.get().user == prime.owner.user
    assert verdict(prime, sub) == coverage.NOT_COVERED
    assert faults_of(Agreement.objects.with_parties().get(pk=agreement.pk)) == []


def test_an_agreement_that_ends_in_mid_work_lets_running_work_finish_and_blocks_new_work(
    prime: People,
    sub: People,
    order: WorkOrder,  # noqa: F811
):
    agreement = signed(prime.owner, sub.owner, values={"notice_days": 7})
    offer = offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)[0]
    answers.accept(offer, by=sub.owner, revision=offer.revision_id, now=MONDAY)
    ends_at = agreements.terminate(agreement, by=sub.owner, now=MONDAY).ends_at
    assert ends_at is not None
    now = ends_at + DAY

    order.refresh_from_db()
    visit = order.visits.get()
    visits.acknowledge_briefing(order, by=sub.owner, now=now)
    visits.check_in(visit, by=sub.owner, now=now)
    onsite.count_units(order, by=sub.owner, units=18, minutes=540, now=now)
    visits.finish(visit, by=sub.owner, now=now)
    submissions.submit(order, by=sub.owner, client_asked_for_more=False, now=now)

    assert WorkOrder.objects.get(pk=order.pk).status == "submitted"
    assert verdict(prime, sub, now) == coverage.NOT_COVERED
    (row,) = agreement.protected_clients.all()
    assert row.protected_until > ends_at.date()


def test_a_clause_on_people_that_is_void_in_one_place_leaves_clients_covered(prime: People, sub: People):
    """A rule blocks the clause in California where one is a single person; without it the agreement covers clients all the same."""
    Firm.objects.filter(pk__in=[prime.firm.pk, sub.firm.pk]).update(state="CA")
    for people in (prime, sub):
        people.firm.refresh_from_db()

    agreement = signed(prime.owner, sub.owner, values={"governing_law": "US-CA", "personnel_clause": False})

    assert (agreement.protects_clients, agreement.protects_people) == (True, False)
    assert verdict(prime, sub) == coverage.COVERED


def test_a_firm_buys_the_other_and_their_agreement_can_be_closed(prime: People, sub: People):
    """The change of control is told, and either may end what has become a matter of one house."""
    agreement = signed(prime.owner, sub.owner)
    AffiliationFactory(
        firm=prime.firm, affiliate=sub.firm, since=NOW.date(), confirmed_by=sub.owner.user, confirmed_at=NOW
    )

    affiliates.give_notice("control", by=sub.owner, what="Bought.", effective_on=NOW.date(), now=NOW + DAY)
    ended = agreements.terminate(agreement, by=prime.owner, now=NOW + DAY)

    assert told("party_notice") == [prime.owner.user.email]
    assert ended.ends_at is not None
    assert verdict(prime, sub, ended.ends_at) == coverage.NOT_COVERED


# A firm is deleted.


def forgotten(firm: Firm) -> str:
    out = StringIO()
    call_command("forget_firm", str(firm.pk), stdout=out)
    return out.getvalue()


def test_firm_deleted_keeps_the_evidence_and_forgets_the_profile(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    agreement = signed(prime.owner, sub.owner)
    ends_at = agreements.terminate(agreement, by=sub.owner, now=NOW).ends_at
    before = Signature.objects.get(firm=sub.firm)
    CertificationFactory(firm=sub.firm)
    InvitationFactory(firm=sub.firm, created_by=sub.owner.user)
    ClientMarkFactory(firm=sub.firm)
    Profile.objects.filter(firm=sub.firm).update(about="We fix switches.", hourly_rate=90)
    browser = browser_of(sub.owner)

    said = forgotten(sub.firm)

    firm = Firm.objects.get(pk=sub.firm.pk)
    assert ends_at is not None
    assert (firm.name, firm.status, firm.town, firm.postcode, firm.latitude) == (
        f"Former firm {firm.pk.hex[-6:]}", "suspended", "", "", None,
    )  # fmt: skip
    assert said.startswith(f"Forgotten. Now {firm.name}.\n")
    assert "owner@bluemesa.example" in said
    assert not Member.objects.active().of(firm.pk).exists()
    assert (firm.profile.about, firm.profile.hourly_rate) == ("", None)
    assert not firm.certifications.exists()
    assert not ClientMark.objects.filter(firm=firm).exists()
    assert browser.get(reverse("home", args=[firm.pk])).status_code == 404
    after = Signature.objects.get(pk=before.pk)
    assert (after.firm_name, after.name, after.ip) == (before.firm_name, before.name, before.ip)
    kept = Agreement.objects.with_parties().get(pk=agreement.pk)
    assert faults_of(kept) == []
    assert "Blue Mesa IT LLC" in kept.current_revision.text
    shown = browser_of(prime.owner).get(reverse("agreement", args=[prime.firm.pk, agreement.pk])).content
    assert f"Blue Mesa IT LLC (now {firm.name})" in shown.decode()
    call_command("forget_person", "owner@bluemesa.example", stdout=StringIO())
    assert User.objects.get(pk=sub.owner.user_id).name == "Former member"


@pytest.mark.parametrize("runs", ["agreement in force", "agreement under way", "offer"])
def test_firm_is_not_deleted_while_something_runs(
    prime: People,
    sub: People,
    runs: str,
    request: Any,
):
    now = datetime.now(tz=NOW.tzinfo)
    if runs == "offer":
        order = request.getfixturevalue("order")
        agreement = signed(prime.owner, sub.owner, values={"notice_days": 7})
        offers.offer_work(order, [Recipient(sub.firm.pk)], by=prime.owner, now=MONDAY)
        agreements.terminate(agreement, by=sub.owner, now=MONDAY)
    elif runs == "agreement in force":
        signed(prime.owner, sub.owner, now=now)
    else:
        proposed(prime.owner, sub.firm, now=now)

    with pytest.raises(CommandError, match=f"First to be ended: 1 {runs}"):
        forgotten(sub.firm)

    assert Firm.objects.get(pk=sub.firm.pk).name == "Blue Mesa IT"
    assert Member.objects.active().of(sub.firm.pk).count() == 5


def test_firm_is_forgotten_once_and_takes_its_keys_along(sub: People):
    key = ApiKeyFactory(member=sub.owner)
    forgotten(sub.firm)

    key.refresh_from_db()
    assert key.revoked_at is not None
    with pytest.raises(CommandError, match="forgotten already"):
        forgotten(sub.firm)
