from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from contracts.actions import agreements, signing
from contracts.actions.verification import faults_of, head_of
from contracts.models import Agreement, AgreementEvent, Signature
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, Stale, WrongRole, WrongSide
from partnernet.core.ids import new_id
from partnernet.core.models import Notification
from tests.factories.contracts import SIGNED_AT, drafted, proposed, read_by, signed
from tests.factories.partners import CardFactory, MemberFactory, People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT
DAY = timedelta(days=1)


def steps(agreement: Agreement) -> list[tuple[str, str, str]]:
    return list(agreement.events.order_by("sequence").values_list("step", "from_status", "to_status"))


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def test_the_usual_way_is_one_round(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    assert (agreement.status, agreement.effective_at) == ("signed", NOW)
    assert agreement.ends_at.isoformat() == "2009-02-02T00:00:00+00:00"
    assert steps(agreement) == [
        ("draft", "", "draft"),
        ("propose", "draft", "proposed"),
        ("sign", "proposed", "partially_signed"),
        ("sign", "partially_signed", "signed"),
    ]
    assert told("agreement_proposed") == ["owner@bluemesa.example"]
    assert told("agreement_signed") == ["owner@bluemesa.example", "owner@halcyon.example"]
    assert faults_of(agreement) == []
    assert Notification.objects.filter(kind="agreement_signed").first().context["chain_head"] == head_of(
        agreement
    )


@pytest.mark.parametrize(
    ("offset", "in_force"),
    [(-timedelta(milliseconds=1), False), (timedelta(0), True), (timedelta(milliseconds=1), True)],
)
def test_in_force_from_the_last_signature(prime: People, sub: People, offset: timedelta, in_force: bool):
    agreement = signed(prime.owner, sub.owner)

    between = Agreement.objects.between(sub.firm, prime.firm)

    assert between.in_force(NOW + offset).exists() is in_force
    assert between.in_force(agreement.ends_at + offset).exists() is (offset < timedelta(0))


def test_a_signature_keeps_who_what_when_and_by_what_right(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    form = read_by(agreement, sub.owner, now=NOW + DAY)
    how = signing.Evidence("203.0.113.9", "Firefox", ({"method": "password"},))
    typed = signing.Signing(
        form.content_sha256, "Pat Blue", "President", authorised=True, agreed=True, evidence=how
    )

    agreements.sign(agreement, by=sub.owner, signing=typed, now=NOW + 2 * DAY)

    kept = Signature.objects.get(side="other")
    assert (kept.name, kept.title, kept.email, kept.ip) == (
        "Pat Blue",
        "President",
        "owner@bluemesa.example",
        "203.0.113.9",
    )
    assert kept.authority == "I am authorised to bind Blue Mesa IT LLC as its President."
    assert kept.authentication == [{"method": "password"}]
    assert kept.content_sha256 == agreement.content_sha256
    assert (kept.invited_at, kept.first_viewed_at, kept.consented_at, kept.signed_at) == (
        NOW,
        NOW + DAY,
        NOW + DAY,
        NOW + 2 * DAY,
    )


def refused(agreement: Agreement) -> tuple[object, ...]:
    """What a refusal must leave as it was."""
    fresh = Agreement.objects.get(pk=agreement.pk)
    return (
        fresh.status,
        fresh.content_sha256,
        AgreementEvent.objects.count(),
        Signature.objects.count(),
        Notification.objects.count(),
    )


def test_sign_refuses_a_text_that_changed_meanwhile(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)
    agreement = agreements.propose(agreement, by=prime.owner, now=NOW)
    old = read_by(agreement, sub.owner)
    agreements.revise(
        agreement,
        agreements.Terms({"governing_law": "US-NJ"}),
        by=prime.owner,
        seen=agreement.content_sha256,
        now=NOW,
    )
    fresh = Agreement.objects.get(pk=agreement.pk)
    agreements.accept_terms(fresh, by=sub.owner, seen=fresh.content_sha256, now=NOW)
    before = refused(agreement)

    with pytest.raises(Stale, match="Nothing was signed"):
        agreements.sign(agreement, by=sub.owner, signing=old, now=NOW)

    assert refused(agreement) == before


def test_sign_takes_reading_and_consent_first(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    before = refused(agreement)
    form = signing.Signing(agreement.content_sha256, "Pat", "Owner", authorised=True, agreed=True)

    with pytest.raises(RuleBroken, match="consent to signing electronically"):
        agreements.sign(agreement, by=sub.owner, signing=form, now=NOW)

    assert refused(agreement) == before


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": ""}, "title"),
        ({"authorised": False}, "authorised"),
        ({"agreed": False}, "agreed"),
    ],
)
def test_sign_names_what_is_missing(prime: People, sub: People, missing: dict, field: str):
    agreement = proposed(prime.owner, sub.firm)
    read_by(agreement, sub.owner)
    whole = {
        "content_sha256": agreement.content_sha256,
        "name": "Pat",
        "title": "Owner",
        "authorised": True,
        "agreed": True,
    }

    with pytest.raises(Invalid) as refusal:
        agreements.sign(agreement, by=sub.owner, signing=signing.Signing(**{**whole, **missing}), now=NOW)

    assert list(refusal.value.fields) == [field]
    assert Agreement.objects.get().status == "partially_signed"


def test_nobody_signs_twice_for_a_firm(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    second = MemberFactory(firm=prime.firm, role="owner")

    with pytest.raises(IllegalStep, match="Your firm has signed this text already"):
        agreements.sign(agreement, by=second, signing=read_by(agreement, second), now=NOW)

    assert Signature.objects.count() == 1


def test_one_person_never_signs_for_both(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    also_there = MemberFactory(user=prime.owner.user, firm=sub.firm, role="owner")

    with pytest.raises(RuleBroken, match="One person never signs for both"):
        agreements.sign(agreement, by=also_there, signing=read_by(agreement, also_there), now=NOW)

    assert Signature.objects.count() == 1


@pytest.mark.parametrize("role", ["dispatcher", "finance", "technician", "viewer"])
def test_only_an_owner_signs(prime: People, sub: People, role: str):
    agreement = proposed(prime.owner, sub.firm)
    member = getattr(sub, role)

    with pytest.raises(WrongRole):
        agreements.sign(agreement, by=member, signing=read_by(agreement, member), now=NOW)

    assert Signature.objects.count() == 1


def test_a_stranger_does_not_find_it(prime: People, sub: People, stranger: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(Agreement.DoesNotExist):
        agreements.decline(agreement, by=stranger.owner, now=NOW)

    assert not Agreement.objects.visible_to(stranger.firm).exists()


def test_a_draft_is_not_there_for_the_other_firm(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)

    assert not Agreement.objects.visible_to(sub.firm).exists()
    with pytest.raises(Agreement.DoesNotExist):
        agreements.decline(agreement, by=sub.owner, now=NOW)


def test_an_unclaimed_firm_can_be_sent_one_and_nobody_is_mailed(prime: People):
    card = CardFactory(name="Lou Networks")

    agreement = proposed(prime.owner, card)

    assert agreement.status == "partially_signed"
    assert told("agreement_proposed") == []
    assert agreement.current_revision.values["other"]["legal_name"] == "Lou Networks LLC"


def test_two_firms_have_one_under_way(prime: People, sub: People):
    proposed(prime.owner, sub.firm)
    second = drafted(sub.owner, prime.firm)

    with pytest.raises(RuleBroken, match="under way already"):
        agreements.propose(second, by=sub.owner, now=NOW)

    assert Agreement.objects.get(pk=second.pk).status == "draft"


def test_negotiation_and_recall(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    with pytest.raises(IllegalStep):
        agreements.revise(
            agreement,
            agreements.Terms({"governing_law": "US-NJ"}),
            by=sub.owner,
            seen=agreement.content_sha256,
            now=NOW,
        )
    agreements.ask_changes(agreement, by=sub.owner, reason="Twelve months is long.", now=NOW)
    agreement = agreements.recall(agreement, by=prime.owner, now=NOW)
    change = agreements.Terms({"governing_law": "US-NJ", "client_tail_months": 6}, comment="Half a year?")

    agreement = agreements.revise(agreement, change, by=sub.owner, seen=agreement.content_sha256, now=NOW)
    agreement = agreements.accept_terms(agreement, by=prime.owner, seen=agreement.content_sha256, now=NOW)
    agreement = agreements.sign(agreement, by=prime.owner, signing=read_by(agreement, prime.owner), now=NOW)
    agreement = agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)

    assert (agreement.status, agreement.client_tail_months, agreement.current_revision.number) == (
        "signed",
        6,
        3,
    )
    assert Signature.objects.count() == 3
    assert faults_of(agreement) == []
    assert told("agreement_changes_asked") == ["owner@halcyon.example"]


def test_nobody_accepts_their_own_terms(prime: People, sub: People):
    agreement = agreements.propose(drafted(prime.owner, sub.firm), by=prime.owner, now=NOW)
    change = agreements.Terms({"governing_law": "US-NJ"})
    agreement = agreements.revise(agreement, change, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    with pytest.raises(RuleBroken, match="your own terms"):
        agreements.accept_terms(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    assert Agreement.objects.get().status == "negotiating"


def test_only_the_signer_recalls_and_only_the_other_asks(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(WrongSide):
        agreements.recall(agreement, by=sub.owner, now=NOW)
    with pytest.raises(WrongSide):
        agreements.ask_changes(agreement, by=prime.owner, reason="x", now=NOW)

    assert agreement.events.count() == 3


def test_notice_ends_it_and_protections_stay(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    agreement = agreements.terminate(agreement, by=sub.owner, reason="We move on.", now=NOW + DAY)

    assert agreement.ends_at == NOW + 31 * DAY
    assert agreement.status == "signed"
    assert told("agreement_terminated") == ["owner@bluemesa.example", "owner@halcyon.example"]
    with pytest.raises(RuleBroken, match="ends by then anyway"):
        agreements.terminate(agreement, by=prime.owner, now=NOW + 2 * DAY)
    assert faults_of(agreement) == []


def written(sql: str, values: list[object] | None = None) -> None:
    """Write past every action, and have the database check its promises at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE contracts_signature SET name = 'Somebody else'",
        "DELETE FROM contracts_signature",
        "UPDATE contracts_agreementevent SET reason = 'nothing happened'",
        "DELETE FROM contracts_agreementevent",
        "UPDATE contracts_agreementrevision SET text = 'We owe nothing'",
        "DELETE FROM contracts_agreementrevision",
        "UPDATE contracts_clauseversion SET text = 'We owe nothing'",
        "DELETE FROM contracts_clauseversion",
        "INSERT INTO contracts_clauseversion SELECT gen_random_uuid(), 99, 'more', title, text, lock, switch, rationale, version_id FROM contracts_clauseversion LIMIT 1",
        "UPDATE contracts_variabledefinition SET \"default\" = '1'",
        "UPDATE contracts_templateversion SET text_sha256 = repeat('0', 64)",
        "UPDATE contracts_templateversion SET published_at = NULL, status = 'draft'",
        "UPDATE contracts_agreement SET status = 'declined', effective_at = NULL, ends_at = NULL",
        "UPDATE contracts_agreement SET ends_at = ends_at + interval '1 day'",
        "UPDATE contracts_agreement SET client_tail_months = 1",
        "DELETE FROM contracts_agreement",
    ],
)
def test_the_database_refuses_whoever_writes(prime: People, sub: People, sql: str):
    signed(prime.owner, sub.owner)

    with pytest.raises(IntegrityError):
        written(sql)


def test_a_signed_agreement_without_two_signatures_is_impossible(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(IntegrityError, match="two signatures of two people"):
        written(
            "UPDATE contracts_agreement SET status = 'signed', effective_at = now(), ends_at = now() + interval '1 year',"
            " lapses_at = NULL, remind_at = NULL WHERE id = %s",
            [agreement.pk],
        )


@pytest.mark.parametrize(
    ("forged", "promise"),
    [
        ({"content_sha256": "f" * 64}, "signature_on_a_text_of_its_agreement"),
        ({"side": "proposer"}, "signature_of_one_side_once"),
        ({"user_id": "same"}, "signature_of_one_person_once"),
        ({"authority": ""}, "signature_says_who_and_by_what_right"),
    ],
)
def test_a_forged_signature_is_impossible(prime: People, sub: People, forged: dict[str, str], promise: str):
    proposed(prime.owner, sub.firm)
    row = Signature.objects.values().get()
    honest = {**row, "id": new_id(), "side": "other", "user_id": sub.owner.user_id, "firm_id": sub.firm.pk}
    lie = {key: row["user_id"] if value == "same" else value for key, value in forged.items()}
    columns = {**honest, **lie, "authentication": "[]"}
    names = ", ".join(f'"{name}"' for name in columns)

    with pytest.raises(IntegrityError, match=promise):
        written(
            f"INSERT INTO contracts_signature ({names}) VALUES ({', '.join(['%s'] * len(columns))})",  # noqa: S608 - names of columns
            list(columns.values()),
        )
