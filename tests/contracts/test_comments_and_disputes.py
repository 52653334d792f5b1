"""Words beside a proposal that never change it; and “I did not sign this”."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from contracts import coverage
from contracts.actions import agreements, comments, disputes, sweeps
from contracts.actions.comments import Remark
from contracts.actions.coverage import judge_now, standing_with
from contracts.actions.verification import faults_of
from contracts.coverage import Need
from contracts.models import Agreement, AgreementComment, Signature, SignatureDispute
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partners.models import Member
from tests.factories.contracts import SIGNED_AT, drafted, proposed, read_by, signed
from tests.factories.partners import OperatorFactory, People

pytestmark = pytest.mark.django_db
NOW = SIGNED_AT


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def page(name: str, member: Member, *args: object) -> str:
    return reverse(name, args=[member.firm_id, *args])


def test_a_comment_on_a_clause_is_read_by_both_and_changes_no_text(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    before = agreement.current_revision.text

    made = comments.write(agreement, Remark("Why 15 days?", "value:net_days"), by=sub.dispatcher, now=NOW)

    again = Agreement.objects.with_parties().get(pk=agreement.pk)
    assert (again.current_revision.text, again.status) == (before, "partially_signed")
    assert made.heading == "Invoices are paid within"
    assert AgreementComment.objects.visible_to(prime.firm).get() == made
    assert agreement.events.get(step="comment").reason == "Why 15 days?"
    assert told("agreement_commented") == [prime.owner.user.email]
    assert faults_of(again) == []


def test_every_clause_leads_to_a_comment_on_it_while_the_terms_are_open(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    agreement = proposed(prime.owner, sub.firm)
    clauses = comments.wording_of(agreement).clauses

    def links(member: Member) -> list[str]:
        shown = browser_of(member).get(page("agreement", member, agreement.pk)).content.decode()
        return re.findall(r"comments/\?about=(clause%3A[a-z_]+)", shown)

    assert links(sub.finance) == [f"clause%3A{one.key}" for one in clauses]
    assert links(sub.viewer) == []
    form = browser_of(sub.finance).get(
        page("agreement-comments", sub.finance, agreement.pk), {"about": f"clause:{clauses[3].key}"}
    )
    assert f'<option value="clause:{clauses[3].key}" selected>' in form.content.decode()
    agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)
    assert links(sub.finance) == []


def test_what_our_people_say_among_themselves_stays_with_us(
    prime: People, sub: People, stranger: People, browser_of: Callable[[Member], Client]
):
    agreement = proposed(prime.owner, sub.firm)

    made = comments.write(agreement, Remark("Too long.", internal=True), by=sub.finance, now=NOW)

    assert list(AgreementComment.objects.visible_to(sub.firm)) == [made]
    for people in (prime, stranger):
        assert not AgreementComment.objects.visible_to(people.firm).exists()
    assert not agreement.events.filter(step__startswith="comment").exists()
    assert agreement.in_house_events.get().firm == sub.firm
    assert told("agreement_commented") == [sub.owner.user.email]
    theirs = browser_of(prime.owner).get(page("agreement-comments", prime.owner, agreement.pk))
    assert "Too long." not in theirs.content.decode()


def test_a_comment_is_settled_and_opened_again_by_either_firm(prime: People, sub: People):
    made = comments.write(proposed(prime.owner, sub.firm), Remark("Why?"), by=sub.owner, now=NOW)

    comments.resolve(made, by=prime.dispatcher, now=NOW)
    with pytest.raises(IllegalStep):
        comments.resolve(made, by=sub.owner, now=NOW)
    comments.reopen(made, by=sub.owner, now=NOW)

    steps = list(made.agreement.events.order_by("sequence").values_list("step", flat=True))
    assert steps[-3:] == ["comment", "resolve_comment", "reopen_comment"]


@pytest.mark.parametrize(
    "remark", [Remark(" "), Remark("x" * 2001), Remark("a\u202eb"), Remark("Why?", "clause:none")]
)
def test_a_comment_says_something_about_something(prime: People, sub: People, remark: Remark):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(Invalid):
        comments.write(agreement, remark, by=sub.owner, now=NOW)

    assert not AgreementComment.objects.exists()


def test_nothing_is_commented_on_once_it_is_signed_or_by_a_viewer(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)

    with pytest.raises(WrongRole):
        comments.write(agreement, Remark("Why?"), by=sub.viewer, now=NOW)
    agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)
    with pytest.raises(IllegalStep):
        comments.write(agreement, Remark("Why?"), by=sub.owner, now=NOW)


def test_a_draft_is_commented_on_without_a_word_to_the_other_firm(prime: People, sub: People):
    agreement = drafted(prime.owner, sub.firm)

    comments.write(agreement, Remark("Is this ours?"), by=prime.dispatcher, now=NOW)

    assert told("agreement_commented") == []
    assert not AgreementComment.objects.visible_to(sub.firm).exists()


def test_what_was_said_never_changes(prime: People, sub: People):
    comments.write(proposed(prime.owner, sub.firm), Remark("Why?"), by=sub.owner, now=NOW)

    for sql in ("UPDATE contracts_agreementcomment SET text = 'x'", "DELETE FROM contracts_agreementcomment"):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_the_page_of_comments_writes_and_settles(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    agreement = proposed(prime.owner, sub.firm)
    browser, address = browser_of(sub.owner), page("agreement-comments", sub.owner, agreement.pk)

    browser.post(address, {"place": "clause:payment", "text": "Why so late?"})
    made = AgreementComment.objects.get()
    shown = browser.get(address).content.decode()
    browser.post(page("comment-resolve", sub.owner, made.pk))

    assert "Why so late?" in shown
    assert AgreementComment.objects.get().resolved_by == sub.owner
    assert "Comments (1 open)" not in browser.get(page("agreement", sub.owner, agreement.pk)).content.decode()


# Disputed signatures.


def signature_of(agreement: Agreement, people: People) -> Signature:
    return agreement.signatures.get(firm=people.firm)


def need(prime: People, sub: People) -> Need:
    return Need(prime.firm.pk, sub.firm.pk, NOW, NOW)


def test_a_firm_disputes_its_signature_and_no_new_work_begins(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)
    ours = signature_of(agreement, sub)

    raised = disputes.dispute(ours, by=sub.owner, reason="My son used my laptop.", now=NOW)

    verdict = judge_now(need(prime, sub), now=NOW)
    assert (verdict.status, verdict.opens_offers) == (coverage.BLOCKED, False)
    assert "disputed" in verdict.reasons[0]
    assert standing_with(prime.firm.pk, [sub.firm.pk], now=NOW)[sub.firm.pk].status == coverage.BLOCKED
    again = Agreement.objects.get(pk=agreement.pk)
    assert (again.status, again.in_force(NOW)) == ("signed", True)
    assert told("signature_disputed") == sorted([prime.owner.user.email, sub.owner.user.email])
    kept = json.loads(raised.evidence)
    assert kept["signature"]["authority"] == ours.authority
    assert kept["does_not_hold"] == []
    assert faults_of(again) == []


@pytest.mark.parametrize("way", ["withdraw", "settle"])
def test_only_the_firm_that_disputes_ends_it(prime: People, sub: People, way: str):
    agreement = signed(prime.owner, sub.owner)
    raised = disputes.dispute(signature_of(agreement, sub), by=sub.owner, reason="Not me.", now=NOW)
    end = getattr(disputes, way)

    with pytest.raises(WrongSide):
        end(raised, by=prime.owner, reason="It was them.", now=NOW)
    end(raised, by=sub.owner, reason="We talked.", now=NOW)
    with pytest.raises(IllegalStep):
        end(raised, by=sub.owner, reason="Again.", now=NOW)

    assert judge_now(need(prime, sub), now=NOW).status == coverage.COVERED
    assert agreement.events.order_by("-sequence").first().reason == "We talked."


def test_nobody_disputes_the_other_firms_signature(prime: People, sub: People):
    agreement = signed(prime.owner, sub.owner)

    with pytest.raises(WrongSide):
        disputes.dispute(signature_of(agreement, sub), by=prime.owner, reason="Not theirs.", now=NOW)
    with pytest.raises(WrongRole):
        disputes.dispute(signature_of(agreement, sub), by=sub.dispatcher, reason="Hm.", now=NOW)

    assert not SignatureDispute.objects.exists()


def test_a_dispute_says_why_and_is_raised_once(prime: People, sub: People):
    ours = signature_of(signed(prime.owner, sub.owner), sub)

    with pytest.raises(RuleBroken, match="Say why"):
        disputes.dispute(ours, by=sub.owner, reason=" ", now=NOW)
    disputes.dispute(ours, by=sub.owner, reason="Not me.", now=NOW)
    with pytest.raises(IllegalStep):
        disputes.dispute(ours, by=sub.owner, reason="Not me.", now=NOW)


def test_nothing_comes_into_force_on_a_disputed_signature(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    disputes.dispute(signature_of(agreement, prime), by=prime.owner, reason="Not me.", now=NOW)

    with pytest.raises(RuleBroken, match="disputed"):
        agreements.sign(agreement, by=sub.owner, signing=read_by(agreement, sub.owner), now=NOW)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("decline", "Blue Mesa IT declined the proposal."),
        ("void", "Halcyon Managed withdrew the proposal."),
        ("recall", "Halcyon Managed took its signature back."),
        ("lapse", "The proposal lapsed: it was not signed in time."),
    ],
)
def test_a_dispute_is_closed_with_its_proposal_and_both_are_told(
    prime: People, sub: People, ends: str, said: str, browser_of: Callable[[Member], Client]
):
    agreement = proposed(prime.owner, sub.firm)
    ours = signature_of(agreement, prime)
    raised = disputes.dispute(ours, by=prime.owner, reason="Not me.", now=NOW)
    acts: dict[str, Callable[[], object]] = {
        "decline": lambda: agreements.decline(agreement, by=sub.owner, now=NOW),
        "void": lambda: agreements.void(agreement, by=prime.owner, now=NOW),
        "recall": lambda: agreements.recall(agreement, by=prime.owner, now=NOW),
        "lapse": lambda: sweeps.lapse_due(now=NOW + timedelta(days=31)),
    }

    acts[ends]()

    raised.refresh_from_db()
    assert (raised.status, raised.outcome) == ("closed", said)
    assert told("signature_dispute_ended") == sorted([prime.owner.user.email, sub.owner.user.email])
    again = Agreement.objects.with_parties().get(pk=agreement.pk)
    assert faults_of(again) == []
    assert list(again.events.order_by("-sequence").values_list("step", flat=True))[:2] == [
        ends,
        "close_dispute",
    ]
    shown = browser_of(sub.owner).get(page("signature", sub.owner, ours.pk)).content.decode()
    assert said in shown
    with pytest.raises(IllegalStep):
        disputes.settle(raised, by=prime.owner, reason="We talked.", now=NOW)


def test_after_a_disputed_signature_was_taken_back_both_sign_anew_and_work_begins(prime: People, sub: People):
    agreement = proposed(prime.owner, sub.firm)
    disputes.dispute(signature_of(agreement, prime), by=prime.owner, reason="Not me.", now=NOW)
    agreement = agreements.recall(agreement, by=prime.owner, now=NOW)
    agreement = agreements.accept_terms(agreement, by=sub.owner, seen=agreement.content_sha256, now=NOW)

    for who in (prime.owner, sub.owner):
        agreement = agreements.sign(agreement, by=who, signing=read_by(agreement, who), now=NOW)

    assert judge_now(need(prime, sub), now=NOW).status == coverage.COVERED
    assert faults_of(agreement) == []


def test_what_was_gathered_never_changes(prime: People, sub: People):
    disputes.dispute(
        signature_of(signed(prime.owner, sub.owner), sub), by=sub.owner, reason="Not me.", now=NOW
    )

    with (
        pytest.raises(IntegrityError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE contracts_signaturedispute SET evidence = '{}'")


def test_the_page_of_a_signature_disputes_and_settles(
    prime: People, sub: People, browser_of: Callable[[Member], Client]
):
    ours = signature_of(signed(prime.owner, sub.owner), sub)
    browser, address = browser_of(sub.owner), page("signature", sub.owner, ours.pk)

    browser.post(address, {"reason": "That was not me."})
    raised = SignatureDispute.objects.get()
    shown = browser_of(prime.owner).get(page("signature", prime.owner, ours.pk)).content.decode()
    kept = browser.get(page("dispute-evidence", sub.owner, raised.pk))
    browser.post(page("dispute-settle", sub.owner, raised.pk), {"reason": "It was our new owner."})

    assert "That was not me." in shown
    assert "Dispute this signature" not in shown
    assert kept.content.decode() == raised.evidence
    assert SignatureDispute.objects.get().status == "settled"


def test_the_operator_sees_disputes(prime: People, sub: People, client: Client):
    disputes.dispute(
        signature_of(signed(prime.owner, sub.owner), sub), by=sub.owner, reason="Not me.", now=NOW
    )
    client.force_login(OperatorFactory())

    assert "Not me." in client.get(reverse("operator-disputes")).content.decode()
    assert "disputed" in client.get(reverse("operator")).content.decode()
