"""What the check finds is kept, acknowledged, blocks, and follows an agreement through the night."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracts import rules
from contracts.actions import agreements, checks, coverage
from contracts.coverage import Need
from contracts.models import Agreement, AgreementEvent, FindingAcknowledgement, RuleFinding
from partnernet.core.errors import Invalid, RuleBroken, WrongRole
from partnernet.core.models import Notification
from partners.models import Firm, Member
from tests.factories.contracts import drafted, known_of, proposed, read_by, signed
from tests.factories.partners import People

pytestmark = pytest.mark.django_db
# A day on which every rule that is shipped is in effect and every place was looked at lately.
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
LONG = {"client_tail_months": 20}


def one_person(firm: Firm) -> None:
    firm.entity_kind = Firm.Kind.ONE_PERSON
    firm.save(update_fields=["entity_kind"])


def in_place(state: str, *firms: Firm) -> None:
    for firm in firms:
        firm.state = state
        firm.save(update_fields=["state"])


def rules_of(agreement: Agreement) -> list[tuple[str, str]]:
    return [(one.rule, one.severity) for one in checks.standing(agreement)]


def test_a_draft_is_checked_and_what_is_found_keeps_the_version_of_its_rule(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm, values=LONG, now=NOW)

    (found,) = checks.standing(agreement)

    assert (found.rule, found.rule_version, found.severity, found.stage) == ("CL-02", 1, "warn", "agreement")
    assert found.revision_id == agreement.current_revision_id
    assert agreement.checked_edition == rules.book().edition


def test_standard_terms_of_two_new_york_firms_set_nothing_off(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner, now=NOW)

    assert rules_of(agreement) == []


def test_what_blocks_is_neither_sent_nor_signed(prime: People, sub: People):
    in_place("ME", prime.firm, sub.firm)
    values = {"personnel_clause": True, "governing_law": "US-ME"}
    agreement = drafted(prime.owner, sub.firm, values=values, now=NOW)
    assert rules_of(agreement) == [
        ("JX-ME", "block"),
        ("LD-09", "block"),
    ]
    before = agreement.events.count()

    with pytest.raises(RuleBroken, match="Maine forbids") as sending:
        agreements.propose(agreement, by=prime.owner, now=NOW)
    signing = read_by(agreement, prime.owner, now=NOW)
    with pytest.raises(RuleBroken, match="Maine forbids"):
        agreements.propose(agreement, by=prime.owner, signing=signing, now=NOW)

    agreement.refresh_from_db()
    assert sending.value.code == "blocked_by_rule"
    assert (agreement.status, agreement.events.count(), agreement.signatures.count()) == ("draft", before, 0)
    assert not Notification.objects.filter(kind="agreement_proposed").exists()


def test_terms_that_a_rule_blocks_are_not_put_on_the_table(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm, now=NOW)
    agreement = agreements.recall(agreement, by=prime.owner, now=NOW)
    change = replace(
        agreements.Terms.of(agreement.current_revision), other_changes="Clause 28 does not apply."
    )

    with pytest.raises(RuleBroken, match="sets a locked clause aside"):
        agreements.revise(agreement, change, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    agreement.refresh_from_db()
    assert (agreement.revisions.count(), agreement.current_revision.other_changes) == (2, "")


def test_what_is_grave_is_acknowledged_by_each_firm_before_it_signs(prime: People, sub: People):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm, now=NOW)
    assert rules_of(agreement) == [("GN-07", "high")]
    signing = read_by(agreement, prime.owner, now=NOW)

    with pytest.raises(RuleBroken, match="Say first that you know") as refusal:
        agreements.propose(agreement, by=prime.owner, signing=signing, now=NOW)
    assert refusal.value.code == "unacknowledged"
    known_of(agreement, prime.owner, now=NOW)
    agreement = agreements.propose(agreement, by=prime.owner, signing=signing, now=NOW)
    theirs = read_by(agreement, sub.owner, now=NOW)
    with pytest.raises(RuleBroken, match="Say first that you know"):
        agreements.sign(agreement, by=sub.owner, signing=theirs, now=NOW)
    known_of(agreement, sub.owner, now=NOW)

    agreement = agreements.sign(agreement, by=sub.owner, signing=theirs, now=NOW)

    assert agreement.status == "signed"
    assert set(FindingAcknowledgement.objects.values_list("side", flat=True)) == {"proposer", "other"}
    said = AgreementEvent.objects.filter(step="acknowledge").values_list("reason", "changes__rule")
    assert list(said) == [("We know them well.", "GN-07")] * 2


def test_the_word_of_one_firm_is_not_that_of_the_other_and_other_terms_need_it_anew(
    prime: People, sub: People
):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm, now=NOW)
    known_of(agreement, prime.owner, now=NOW)

    agreements.revise(
        agreement,
        agreements.Terms({"governing_law": "US-NY", **LONG}),
        by=prime.owner,
        seen=agreement.content_sha256,
        now=NOW,
    )

    agreement = Agreement.objects.get(pk=agreement.pk)
    assert [one.rule for one in checks.unacknowledged(agreement, "proposer")] == ["GN-07"]
    assert RuleFinding.objects.exclude(cleared_at=None).get().revision.number == 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_an_acknowledgement_takes_a_reason(prime: People, sub: People, reason: str):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm, now=NOW)
    (found,) = checks.standing(agreement)

    with pytest.raises(Invalid):
        checks.acknowledge(agreement, {str(found.pk): reason}, by=prime.owner, now=NOW)

    assert not FindingAcknowledgement.objects.exists()


def test_only_an_owner_acknowledges_only_what_is_grave_and_only_once(prime: People, sub: People):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm, values=LONG, now=NOW)
    grave, mild = checks.standing(agreement)

    with pytest.raises(WrongRole):
        checks.acknowledge(agreement, {str(grave.pk): "Fine."}, by=prime.dispatcher, now=NOW)
    with pytest.raises(Invalid, match="not, or no longer"):
        checks.acknowledge(agreement, {str(mild.pk): "Fine."}, by=prime.owner, now=NOW)
    known_of(agreement, prime.owner, now=NOW)
    with pytest.raises(Invalid, match="not, or no longer"):
        checks.acknowledge(agreement, {str(grave.pk): "Once more."}, by=prime.owner, now=NOW)

    assert FindingAcknowledgement.objects.count() == 1


def test_the_night_finds_what_has_changed_and_tells_both_owners(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner, values={"personnel_clause": True}, now=NOW)
    in_place("WI", sub.firm)
    in_place("MN", prime.firm)

    assert checks.check_due(now=NOW + timedelta(hours=19)) == 0
    assert checks.check_due(now=NOW + timedelta(hours=20)) == 1
    assert checks.check_due(now=NOW + timedelta(hours=20)) == 0

    agreement.refresh_from_db()
    assert rules_of(agreement) == [("JX-MN", "block"), ("LD-09", "block"), ("JX-LAW", "warn")]
    told = Notification.objects.filter(kind="agreement_found")
    assert set(told.values_list("firm", flat=True)) == {prime.firm.pk, sub.firm.pk}
    assert agreement.status == "signed"


def test_the_night_looks_again_when_the_rules_have_changed(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner, now=NOW)
    Agreement.objects.filter(pk=agreement.pk).update(checked_edition="older")

    assert checks.check_due(now=NOW + timedelta(minutes=1)) == 1
    assert checks.check_due(now=NOW + timedelta(minutes=2)) == 0


def test_what_no_longer_holds_is_cleared_and_kept(prime: People, sub: People):
    in_place("TX", sub.firm)
    agreement = signed(prime.owner, sub.owner, now=NOW)
    in_place("NY", sub.firm)

    checks.check_due(now=NOW + timedelta(days=1))

    assert rules_of(agreement) == []
    assert RuleFinding.objects.get(rule="JX-GAP").cleared_at == NOW + timedelta(days=1)


def test_new_work_waits_until_both_know_what_was_found_in_force(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner, now=NOW)
    one_person(sub.firm)
    checks.check_due(now=NOW + timedelta(days=1))
    need = Need(prime.firm.pk, sub.firm.pk, NOW + timedelta(days=2), NOW + timedelta(days=3))

    def verdict(by: str) -> tuple[str, str]:
        if by == "list":
            found = coverage.standing_with(prime.firm.pk, [sub.firm.pk], now=NOW + timedelta(days=2))[
                sub.firm.pk
            ]
        else:
            found = coverage.judge_now(need, now=NOW + timedelta(days=2))
        return found.status, found.reasons[0]

    for who in (None, prime.owner):
        if who:
            known_of(agreement, who, now=NOW + timedelta(days=1))
        assert verdict("work")[0] == verdict("list")[0] == "blocked"
        assert verdict("work")[1].startswith(
            "Both firms must acknowledge this first: One of the two is a single person."
        )
    known_of(agreement, sub.owner, now=NOW + timedelta(days=1))

    assert verdict("work")[0] == verdict("list")[0] == "covered"


def test_a_finding_and_a_word_to_it_never_change_in_the_database(prime: People, sub: People):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm, now=NOW)
    known_of(agreement, prime.owner, now=NOW)

    for attempt in (
        "UPDATE contracts_rulefinding SET severity = 'info'",
        "UPDATE contracts_rulefinding SET message = 'Nothing.', cleared_at = now()",
        "DELETE FROM contracts_rulefinding",
        "UPDATE contracts_findingacknowledgement SET reason = 'We love it.'",
        "DELETE FROM contracts_findingacknowledgement",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)

    assert (RuleFinding.objects.get().severity, FindingAcknowledgement.objects.get().reason) == (
        "high",
        "We know them well.",
    )


def test_the_page_shows_what_was_found_and_takes_the_word_of_an_owner(
    prime: People, sub: People, proven_browser_of: Callable[[Member], Client]
):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm)
    browser = proven_browser_of(prime.owner)
    page = reverse("agreement", args=[prime.firm.pk, agreement.pk])
    to_say = reverse("agreement-findings", args=[prime.firm.pk, agreement.pk])

    shown = browser.get(page).content.decode()
    assert "One of the two is a single person." in shown
    assert "Continue to sign" not in shown
    found = checks.standing(agreement)[0]
    assert b"Say why you go on." not in browser.get(to_say).content
    refused = browser.post(to_say, {str(found.pk): " "})
    assert b"This field is required." in refused.content
    taken = browser.post(to_say, {str(found.pk): "He works for many firms."})

    assert taken.url == page
    shown = browser.get(page).content.decode()
    assert "Continue to sign" in shown
    assert "knows, and goes on: “He works for many firms.”" in shown
    assert "knows of a finding and goes on: A firm of one person" in shown


def test_signing_waits_for_the_word_of_the_firm(
    prime: People, sub: People, proven_browser_of: Callable[[Member], Client]
):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm)
    signing = read_by(agreement, prime.owner)
    sent = {
        "content_sha256": signing.content_sha256,
        "name": "A",
        "title": "Owner",
        "authorised": "on",
        "agree": "yes",
    }

    answer = proven_browser_of(prime.owner).post(
        reverse("agreement-sign", args=[prime.firm.pk, agreement.pk]), sent
    )

    assert answer.url == reverse("agreement-findings", args=[prime.firm.pk, agreement.pk])
    agreement.refresh_from_db()
    assert agreement.status == "draft"


def test_a_program_reads_findings_and_acknowledges_them(
    prime: People, sub: People, api_of: Callable[..., Client]
):
    one_person(sub.firm)
    agreement = drafted(prime.owner, sub.firm)
    api = api_of(prime.owner)
    (found,) = api.get(reverse("api-agreement-findings", args=[agreement.pk])).json()

    refused = api.post(reverse("api-agreement-acknowledge", args=[agreement.pk]), {"reasons": {}})
    answer = api.post(
        reverse("api-agreement-acknowledge", args=[agreement.pk]), {"reasons": {found["id"]: "We know them."}}
    )

    assert (found["rule"], found["rule_version"], found["severity"]) == ("GN-07", 1, "high")
    assert refused.status_code == 409
    assert answer.status_code == 200
    (again,) = api.get(reverse("api-agreement-findings", args=[agreement.pk])).json()
    assert [one["reason"] for one in again["acknowledgements"]] == ["We know them."]


def test_what_keeps_a_signature_from_being_put_is_there_to_be_answered(
    prime: People, sub: People, proven_browser_of: Callable[..., Client]
):
    """A fact changed since the text was looked at: the refusal is no dead end."""
    agreement = proposed(prime.owner, sub.firm)
    ours = read_by(agreement, sub.owner)
    Firm.objects.filter(pk=sub.firm.pk).update(entity_kind="one_person_company")
    browser = proven_browser_of(sub.owner)
    filled = {"content_sha256": ours.content_sha256, "name": "Lou", "title": "Owner", "authorised": "on"}

    refused = browser.post(
        reverse("agreement-sign", args=[sub.firm.pk, agreement.pk]), {**filled, "agree": "yes"}
    )

    assert "Say first that you know what the check found" in refused.content.decode()
    assert checks.unacknowledged(agreement, "other") != []
    assert agreement.signatures.count() == 1
