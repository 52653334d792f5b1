"""What can happen to firms and their people, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from partnernet.core import links
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole
from partnernet.core.models import Delivery, Notification
from partners.actions import firms as firm_actions
from partners.actions import invites, joining, keys, members, partnerships, profiles, reckoning, scores
from partners.actions.firms import Particulars
from partners.models import (
    ApiKey,
    Capacity,
    Firm,
    FirmEvent,
    FirmInvite,
    FirmScore,
    Invitation,
    Member,
    PaymentExperience,
    ScoreEvent,
    ScoreSnapshot,
)
from tests.factories import partners as make
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
NOW = datetime(2007, 2, 12, 15, tzinfo=UTC)
Due = Callable[[], list[Any]]


def news() -> int:
    return Notification.objects.count()


# Founding


def test_found_by_zip_code_alone() -> None:
    user = make.UserFactory(email="pat@mesa.example")

    member = joining.found(user, Particulars("Mesa LLC", postcode="11801"), now=NOW)

    firm = member.firm
    assert (member.role, firm.status, firm.joined_at) == ("owner", "active", NOW)
    assert (firm.name, firm.town, firm.state, firm.timezone) == (
        "Mesa LLC",
        "Hicksville",
        "NY",
        "America/New_York",
    )
    assert (firm.latitude, firm.longitude, firm.currency) == (
        pytest.approx(40.76, abs=0.1),
        pytest.approx(-73.5, abs=0.1),
        "USD",
    )
    assert (firm.web_domain, firm.verified_at) == ("mesa.example", None)
    assert firm.events.get().step == "found"


def test_found_elsewhere_by_hand() -> None:
    typed = Particulars("Mesa GmbH", country="DE", town="Berlin", timezone="Europe/Berlin")

    firm = joining.found(make.UserFactory(email="pat@gmail.com"), typed).firm

    assert (firm.timezone, firm.currency, firm.web_domain) == ("Europe/Berlin", "EUR", "")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Particulars(" ", postcode="11801"), "legal_name"),
        (Particulars("Mesa", postcode="00000"), "postcode"),
        (Particulars("Mesa", postcode="11801", state="CA"), "state"),
        (Particulars("Mesa", country="DE"), "timezone"),
        (Particulars("Mesa", country="DE", timezone="Europe/Bielefeld"), "timezone"),
        (Particulars("Mesa", country="Germany", timezone="Europe/Berlin"), "country"),
    ],
)
def test_found_refuses_beside_the_field_and_changes_nothing(typed: Particulars, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        joining.found(make.UserFactory(), typed)

    assert field in refusal.value.fields
    assert (Firm.objects.count(), Member.objects.count()) == (0, 0)


def test_a_second_firm_of_one_web_domain_is_told_whom_to_ask(sub: People) -> None:
    with pytest.raises(RuleBroken, match="already here as Blue Mesa IT"):
        joining.found(make.UserFactory(email="new@bluemesa.example"), Particulars("Mesa", postcode="11801"))

    assert Firm.objects.count() == 1


# Inviting firms

LOU = invites.Invitee("Lou's Computers", "Lou@Lou.example", "Lou")


def test_an_invitation_makes_a_card_and_one_mail(prime: People, due: Due) -> None:
    invite = invites.invite(LOU, by=prime.dispatcher, now=NOW)

    card = invite.card
    assert (card.status, card.name, card.web_domain) == ("unclaimed", "Lou's Computers", "lou.example")
    assert (invite.status, invite.sent_at, invite.email) == ("sent", NOW, "lou@lou.example")
    assert due() == [("firm_invited", "lou@lou.example")]
    assert card in Firm.objects.listed_for(prime.firm.pk)


def test_cards_of_one_web_domain_are_one_and_public_hosts_stay_apart(prime: People, sub: People) -> None:
    first = invites.draft(LOU, by=prime.owner)
    second = invites.draft(invites.Invitee("Lou", "info@lou.example"), by=sub.owner)
    gmail = invites.draft(invites.Invitee("Ann", "ann@gmail.com"), by=prime.owner)
    other_gmail = invites.draft(invites.Invitee("Bob", "bob@gmail.com"), by=prime.owner)

    assert first.card == second.card
    assert gmail.card != other_gmail.card


@pytest.mark.parametrize("role", ["finance", "technician", "viewer"])
def test_inviting_a_firm_is_for_the_office(prime: People, role: str) -> None:
    with pytest.raises(WrongRole):
        invites.invite(LOU, by=getattr(prime, role))

    assert (FirmInvite.objects.count(), Firm.objects.count(), news()) == (0, 1, 0)


def test_joining_claims_the_card_and_answers_everybody(prime: People, sub: People, due: Due) -> None:
    ours, theirs = invites.invite(LOU, by=prime.owner), invites.invite(LOU, by=sub.owner)
    lou = make.UserFactory(email="lou@lou.example", name="Lou")

    member = joining.found(lou, Particulars("Lou LLC", name="Lou's", postcode="11771"), invite=ours, now=NOW)

    assert member.firm_id == ours.card_id
    for invite in (ours, theirs):
        invite.refresh_from_db()
        assert (invite.status, invite.claimed_at, invite.claimed_by) == ("claimed", NOW, lou)
    told = {address for kind, address in due() if kind == "firm_joined"}
    assert told == {
        f"{role}@{domain}"
        for role in ("owner", "dispatcher")
        for domain in ("halcyon.example", "bluemesa.example")
    }


def test_signing_up_by_oneself_claims_the_card_of_the_domain(prime: People) -> None:
    invite = invites.invite(LOU, by=prime.owner)

    member = joining.found(
        make.UserFactory(email="anna@lou.example"), Particulars("Lou LLC", postcode="11771")
    )

    assert member.firm_id == invite.card_id
    invite.refresh_from_db()
    assert invite.status == "claimed"


def test_a_card_is_claimed_once(prime: People) -> None:
    invite = invites.invite(invites.Invitee("Ann", "ann@gmail.com"), by=prime.owner)
    joining.found(
        make.UserFactory(email="ann@gmail.com"), Particulars("Ann", postcode="11801"), invite=invite
    )

    with pytest.raises(RuleBroken, match="has already joined"):
        joining.found(
            make.UserFactory(email="eve@gmail.com"), Particulars("Eve", postcode="11801"), invite=invite
        )

    assert Member.objects.of(invite.card_id).count() == 1


def test_a_revoked_invitation_opens_nothing(prime: People) -> None:
    invite = invites.invite(LOU, by=prime.owner)
    invites.revoke(invite, by=prime.owner, now=NOW)

    with pytest.raises(RuleBroken, match="taken back"):
        joining.found(make.UserFactory(), Particulars("Eve", postcode="11801"), invite=invite)
    with pytest.raises(IllegalStep):
        invites.revoke(invite, by=prime.owner)
    invite.refresh_from_db()
    assert (invite.status, invite.revoked_at, invite.card.status) == ("revoked", NOW, "unclaimed")


def test_an_invitation_belongs_to_its_firm(prime: People, sub: People) -> None:
    invite = invites.draft(LOU, by=prime.owner)

    for step in (invites.send, invites.revoke):
        with pytest.raises(FirmInvite.DoesNotExist):
            step(invite, by=sub.owner)
    assert news() == 0


def test_one_open_invitation_per_firm(prime: People) -> None:
    invites.invite(LOU, by=prime.owner)

    with pytest.raises(RuleBroken, match="already invited"):
        invites.invite(LOU, by=prime.owner)
    assert FirmInvite.objects.count() == 1


# Members


def test_a_colleague_joins_once_by_the_mailed_link(prime: People, due: Due) -> None:
    invitation = members.invite(
        members.Colleague("New@x.example", "finance", "Nina"), by=prime.owner, now=NOW
    )
    delivery = Delivery.objects.get(notification__kind="member_invited")
    nina = make.UserFactory(email="new@x.example", name="")

    opened = links.opened_by(links.token(delivery.pk))
    member = members.accept(invitation, user=nina, now=NOW + timedelta(days=13))

    assert opened is not None
    assert opened.notification.subject_id == invitation.pk
    assert (member.role, member.firm, nina.name) == ("finance", prime.firm, "Nina")
    assert due()[-1] == ("member_joined", "owner@halcyon.example")
    with pytest.raises(RuleBroken, match="has been used"):
        members.accept(invitation, user=make.UserFactory(), now=NOW)
    assert Member.objects.of(prime.firm.pk).count() == 6


def test_an_invitation_lapses_after_14_days(prime: People) -> None:
    invitation = members.invite(members.Colleague("new@x.example", "finance"), by=prime.owner, now=NOW)

    with pytest.raises(RuleBroken, match="lapsed"):
        members.accept(invitation, user=make.UserFactory(), now=NOW + timedelta(days=14))
    assert Member.objects.of(prime.firm.pk).count() == 5
    again = members.invite(
        members.Colleague("new@x.example", "finance"), by=prime.owner, now=NOW + timedelta(days=14)
    )
    assert again.pk != invitation.pk


def test_a_withdrawn_invitation_lets_nobody_in(prime: People) -> None:
    invitation = members.invite(members.Colleague("new@x.example", "owner"), by=prime.owner)
    members.withdraw(invitation, by=prime.owner)

    with pytest.raises(RuleBroken, match="taken back"):
        members.accept(invitation, user=make.UserFactory())
    assert Member.objects.of(prime.firm.pk).count() == 5


@pytest.mark.parametrize("role", ["dispatcher", "finance", "technician", "viewer"])
def test_people_are_the_owners_business(prime: People, role: str) -> None:
    by = getattr(prime, role)

    with pytest.raises(WrongRole):
        members.invite(members.Colleague("new@x.example", "owner"), by=by)
    with pytest.raises(WrongRole):
        members.change(by, by=by, role="owner")
    with pytest.raises(WrongRole):
        members.remove(prime.owner, by=by)

    by.refresh_from_db()
    assert (by.role, Invitation.objects.count(), news(), FirmEvent.objects.count()) == (role, 0, 0, 0)


def test_the_last_owner_stays(prime: People) -> None:
    with pytest.raises(RuleBroken, match="needs an owner"):
        members.remove(prime.owner, by=prime.owner)
    with pytest.raises(RuleBroken, match="needs an owner"):
        members.change(prime.owner, by=prime.owner, role="viewer")

    members.change(prime.dispatcher, by=prime.owner, role="owner")
    members.remove(prime.owner, by=prime.owner, now=NOW)
    prime.owner.refresh_from_db()
    assert (prime.owner.is_active, prime.owner.removed_at) == (False, NOW)


def test_removing_ends_the_keys(prime: People, due: Due) -> None:
    keys.create("PSA", by=prime.dispatcher)

    members.remove(prime.dispatcher, by=prime.owner, now=NOW)

    assert ApiKey.objects.get().revoked_at == NOW
    assert due() == [("member_removed", "dispatcher@halcyon.example")]


def test_someone_removed_can_come_back(prime: People) -> None:
    members.remove(prime.viewer, by=prime.owner)
    invitation = members.invite(members.Colleague("viewer@halcyon.example", "finance"), by=prime.owner)

    member = members.accept(invitation, user=prime.viewer.user)

    assert (member.pk, member.role, member.is_active, member.removed_at) == (
        prime.viewer.pk,
        "finance",
        True,
        None,
    )


def test_members_of_other_firms_are_out_of_reach(prime: People, sub: People) -> None:
    with pytest.raises(Member.DoesNotExist):
        members.remove(sub.viewer, by=prime.owner)
    with pytest.raises(Member.DoesNotExist):
        members.change(sub.viewer, by=prime.owner, role="owner")

    sub.viewer.refresh_from_db()
    assert (sub.viewer.is_active, sub.viewer.role) == (True, "viewer")


# Notes, profile, capacity, keys


def test_bench_and_block_exclude_each_other(prime: People, sub: People) -> None:
    partnerships.note(sub.firm, by=prime.owner, changes={"bench": True, "known_since": 2001})

    noted = partnerships.note(sub.firm, by=prime.owner, changes={"blocked": True})

    assert (noted.bench, noted.blocked, noted.known_since) == (False, True, 2001)


@pytest.mark.parametrize(
    "changes",
    [{"owner_id": "x"}, {"known_since": 2050}, {"bench": True, "blocked": True}, {"vetting_status": "great"}],
)
def test_notes_refuse_nonsense(prime: People, sub: People, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        partnerships.note(sub.firm, by=prime.owner, changes=changes, now=NOW)

    assert prime.firm.partnerships.count() == 0


def test_one_tap_and_old_hours_count_half(sub: People) -> None:
    (said,) = profiles.tap_capacity(sub.firm, by=sub.dispatcher, answer="plenty", now=NOW)
    profiles.tap_capacity(sub.firm, by=sub.dispatcher, answer="plenty", now=NOW)

    assert Capacity.objects.count() == 1
    assert said.stated_on == date(2007, 2, 12)
    assert said.free_hours(date(2007, 2, 26)) == 30
    assert said.free_hours(date(2007, 2, 27)) == 15


def test_the_profile_refuses_beside_the_field(sub: People) -> None:
    for rates, areas, field in (
        (profiles.RateCard(hourly_rate=Decimal(-1)), [], "hourly_rate"),
        (profiles.RateCard(after_hours_factor=Decimal("0.5")), [], "after_hours_factor"),
        (profiles.RateCard(), [("00000", 5)], "areas"),
        (profiles.RateCard(), [("11801", 0)], "areas"),
    ):
        with pytest.raises(Invalid) as refusal:
            profiles.describe(
                sub.firm.profile, by=sub.owner, changes={"about": "x"}, rates=rates, areas=areas
            )
        assert list(refusal.value.fields) == [field]
    sub.firm.profile.refresh_from_db()
    assert (sub.firm.profile.about, sub.firm.profile.areas.count()) == ("", 0)


def test_skills_are_from_the_vocabulary(sub: People) -> None:
    profiles.set_skills(sub.firm.profile, by=sub.owner, skills={"patching": 3, "linux": 1})
    profiles.set_skills(sub.firm.profile, by=sub.owner, skills={"patching": 2})

    assert [(s.skill.slug, s.level) for s in sub.firm.profile.skill_levels.all()] == [("patching", 2)]
    with pytest.raises(Invalid):
        profiles.set_skills(sub.firm.profile, by=sub.owner, skills={"magic": 1})


def test_a_key_is_ones_own_or_an_owners_to_revoke(prime: People, sub: People) -> None:
    key, _ = keys.create("PSA", by=prime.dispatcher, scopes=["offers", "read"])

    assert key.scopes == ["read", "offers"]
    with pytest.raises(WrongRole):
        keys.revoke(key, by=prime.finance)
    with pytest.raises(ApiKey.DoesNotExist):
        keys.revoke(key, by=sub.owner)
    keys.revoke(key, by=prime.owner)
    with pytest.raises(RuleBroken, match="already revoked"):
        keys.revoke(key, by=prime.owner)


def test_keys_have_known_scopes(prime: People) -> None:
    for scopes in ([], ["everything"], ["read", "everything"]):
        with pytest.raises(Invalid):
            keys.create("PSA", by=prime.owner, scopes=scopes)
    assert ApiKey.objects.count() == 0


# Scores


def test_evidence_is_recorded_once_per_subject(prime: People, sub: People) -> None:
    said = {
        "dimension": "as_sub",
        "kind": "deadline_met",
        "occurred_on": NOW.date(),
        "counterparty": prime.firm,
        "subject_id": prime.firm.pk,
        "value": 1,
    }

    first, again = scores.record(sub.firm, **said), scores.record(sub.firm, **said)

    assert first == again
    assert ScoreEvent.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {"dimension": "trust", "kind": "deadline_met", "value": 1},
        {"dimension": "trust", "kind": "tenure", "value": 1},
        {"dimension": "as_sub", "kind": "declined", "value": 0},
        {"dimension": "as_sub", "kind": "deadline_met"},
        {"dimension": "as_sub", "kind": "deadline_met", "value": 1.1},
    ],
)
def test_unknown_evidence_is_refused(sub: People, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        scores.record(sub.firm, occurred_on=NOW.date(), **said)
    assert ScoreEvent.objects.count() == 0


def test_an_invoice_is_experienced_open_and_then_paid_once(prime: People, sub: People) -> None:
    said = {
        "payee": sub.firm,
        "amount": Decimal(1350),
        "currency": "USD",
        "due_on": date(2007, 3, 24),
        "invoice_id": sub.firm.pk,
        "issued_on": date(2007, 3, 9),
    }

    scores.experienced(prime.firm, paid_on=None, **said)
    scores.experienced(prime.firm, paid_on=date(2007, 3, 26), **said)
    scores.experienced(prime.firm, paid_on=date(2007, 4, 26), **said)

    assert PaymentExperience.objects.get().paid_on == date(2007, 3, 26)


def test_who_counts_and_what_does_not(prime: People, sub: People, stranger: People) -> None:
    new = make.FirmFactory(verified_at=None, verified_by=None)
    kin = make.FirmFactory()
    make.MemberFactory(firm=kin, user=sub.owner.user)
    twin = make.FirmFactory(web_domain=sub.firm.web_domain)
    for other in (prime.firm, stranger.firm, new, kin, twin):
        make.ScoreEventFactory(firm=sub.firm, counterparty=other)
    late = make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm, value=0)
    make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm, value=1, supersedes=late)
    make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm, value=0, fault="the client")
    granted = make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm, value=0)
    make.ScoreExclusionFactory(
        event=granted, granted=True, answer="Snow.", decided_at=NOW, decided_by=make.OperatorFactory()
    )

    score = reckoning.explain(sub.firm, on=date(2007, 2, 12))["as_sub"]

    assert (score.events, score.counterparties, score.points > 70) == (4, 2, True)
    assert sorted(line.excluded for line in score.lines if line.excluded) == [
        "Both firms have the same owner",
        "Both firms have the same web domain",
        "Cause: the client",
        "Corrected by a later event",
        "Excluded by the operator: Snow.",
    ]


def test_rescoring_twice_gives_the_same_rows(prime: People, sub: People, stranger: People) -> None:
    for other in (prime.firm, stranger.firm, prime.firm):
        make.ScoreEventFactory(firm=sub.firm, counterparty=other)

    reckoning.rescore(on=date(2007, 2, 12))
    before = list(FirmScore.objects.order_by("firm", "dimension").values())
    reckoning.rescore(on=date(2007, 2, 12))

    assert list(FirmScore.objects.order_by("firm", "dimension").values()) == before
    assert ScoreSnapshot.objects.count() == 1
    kept = FirmScore.objects.get(firm=sub.firm, dimension="as_sub")
    explained = reckoning.explain(sub.firm, on=date(2007, 2, 12))["as_sub"]
    assert (kept.points, kept.low, kept.is_new) == (explained.points, explained.low, False)


def test_the_nightly_run_happens_once_a_day(prime: People) -> None:
    assert reckoning.rescore_if_due(now=NOW) is not None
    assert reckoning.rescore_if_due(now=NOW + timedelta(hours=1)) is None
    assert reckoning.rescore_if_due(now=NOW + timedelta(days=1)) is not None


def test_an_exclusion_is_asked_once_and_decided_in_the_open(prime: People, sub: People, due: Due) -> None:
    operator = make.OperatorFactory()
    event = make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm, value=0)

    exclusion = scores.ask_exclusion(event, by=sub.owner, reason="Snow.", now=NOW)
    with pytest.raises(RuleBroken, match="asked about this"):
        scores.ask_exclusion(event, by=sub.owner, reason="Snow!")
    scores.decide_exclusion(exclusion, by=operator, granted=True, answer="It snowed.", now=NOW)
    with pytest.raises(RuleBroken, match="decided already"):
        scores.decide_exclusion(exclusion, by=operator, granted=False, answer="No.")

    exclusion.refresh_from_db()
    assert (exclusion.granted, exclusion.answer, exclusion.decided_by) == (True, "It snowed.", operator)
    assert ("exclusion_asked", operator.email) in due()
    assert due()[-1] == ("exclusion_decided", "owner@bluemesa.example")


def test_only_the_firm_itself_asks_and_only_the_operator_decides(prime: People, sub: People) -> None:
    event = make.ScoreEventFactory(firm=sub.firm, counterparty=prime.firm)

    with pytest.raises(RuleBroken, match="Only the firm that is scored"):
        scores.ask_exclusion(event, by=prime.owner, reason="Snow.")
    with pytest.raises(WrongRole):
        scores.ask_exclusion(event, by=sub.dispatcher, reason="Snow.")
    exclusion = make.ScoreExclusionFactory(event=event)
    with pytest.raises(RuleBroken, match="operator"):
        scores.decide_exclusion(exclusion, by=sub.owner.user, granted=True, answer="Yes")
    exclusion.refresh_from_db()
    assert exclusion.decided_at is None


def test_the_operator_verifies(sub: People) -> None:
    new = make.FirmFactory(verified_at=None, verified_by=None)
    operator = make.OperatorFactory()

    with pytest.raises(RuleBroken, match="operator"):
        firm_actions.verify(new, by=sub.owner.user)
    assert firm_actions.verify(new, by=operator, now=NOW).verified_at == NOW
    with pytest.raises(RuleBroken, match="has not joined"):
        firm_actions.verify(make.CardFactory(), by=operator)
