"""A claim from its draft to its end: who sees it, what the clock does, what it comes to, what counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from contracts.actions import claim_answers as answers
from contracts.actions import claims, protection, releases
from contracts.actions.claim_sweeps import sweep_claims
from contracts.damages import Worth
from contracts.models import AgreementEvent, Claim, ClaimEvent, FeeSeal, ProtectedClient
from contracts.workflow import CLAIM
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongRole, WrongSide
from partnernet.core.models import Notification
from partnernet.core.uploads import Upload
from partners.models import ScoreEvent
from tests.factories.clients import ClientFactory
from tests.factories.contracts import SIGNED_AT, ClaimFactory, protected, signed

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
NOW = SIGNED_AT + DAY  # Friday 2 February 2007
PDF = Upload("mail.pdf", "application/pdf", b"%PDF-1.4\n%%EOF")


def told(kind: str) -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def facts(**more) -> claims.Facts:
    known = {
        "kind": "client",
        "what": "They wrote to our client.",
        "breach_on": NOW.date(),
        "known_on": NOW.date(),
    }
    return claims.Facts(**{**known, **more})


@pytest.fixture
def row(prime, sub) -> ProtectedClient:
    return protected(prime.owner, sub.owner)


@pytest.fixture
def draft(prime, row) -> Claim:
    return claims.draft(row.agreement, facts(), by=prime.owner, protected=row, now=NOW)


@pytest.fixture
def served(prime, sub, row) -> Claim:
    return ClaimFactory(by=prime.owner, other=sub.owner, protected_client=row)


def at(claim: Claim, status: str, *, now: datetime = NOW) -> Claim:
    """Put a served claim into a status, with its deadline."""
    claim.status, claim.due_at = status, answers.deadline(claim, status, now)
    claim.save(update_fields=["status", "due_at"])
    return claim


@pytest.mark.django_db
def test_nobody_sees_a_draft_but_its_owners(prime, sub, draft):
    claims.reckon(draft, by=prime.owner, billed=[Decimal(100)], now=NOW)
    claims.file(draft, by=prime.owner, now=NOW)

    assert not Claim.objects.visible_to(sub.firm).exists()
    assert Claim.objects.visible_to(prime.firm).get().status == "filed"
    assert not Notification.objects.filter(kind__startswith="claim").exists()
    assert not AgreementEvent.objects.filter(step__contains="claim").exists()
    with pytest.raises(WrongRole):
        claims.file(draft, by=prime.dispatcher, now=NOW)


@pytest.mark.django_db
def test_a_filed_claim_can_be_taken_back_for_an_hour(prime, sub, draft):
    claims.reckon(draft, by=prime.owner, billed=[Decimal(100)], now=NOW)
    claims.file(draft, by=prime.owner, now=NOW)
    claims.take_back(draft, by=prime.owner, now=NOW)
    assert sweep_claims(now=NOW + DAY) == 0
    claims.file(draft, by=prime.owner, now=NOW)

    assert sweep_claims(now=NOW + claims.UNSEEN - MS) == 0
    assert sweep_claims(now=NOW + claims.UNSEEN) == 1

    claim = Claim.objects.visible_to(sub.firm).get()
    # Ten business days of the respondent after Friday the 2nd: to the end of Friday the 16th in New York.
    assert (claim.status, claim.due_at) == ("notice_served", datetime(2007, 2, 17, 5, tzinfo=UTC))
    assert told("claim_served") == ["owner@bluemesa.example", "owner@halcyon.example"]
    with pytest.raises(IllegalStep):
        claims.take_back(claim, by=prime.owner, now=NOW + DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"breach_on": date(2007, 1, 31)}, "breach_on", "in force since"),
        ({"breach_on": date(2007, 2, 3), "known_on": date(2007, 2, 3)}, "known_on", "not after today"),
        ({"known_on": date(2007, 2, 1)}, "known_on", "on which it happens, or later"),
        ({"what": " "}, "what", "Say what happened"),
        ({"kind": "person"}, "person_name", "Who was taken on"),
        ({"kind": "person", "person_name": "Joe"}, "kind", "clause on people"),
        ({"kind": "conduct", "claimed": Decimal(1)}, "claimed", "without money"),
    ],
)
def test_what_the_agreement_does_not_reach_is_refused(prime, row, more, field, sentence):
    with pytest.raises(Invalid, match=sentence) as refusal:
        claims.draft(row.agreement, facts(**more), by=prime.owner, protected=row, now=NOW)

    assert set(refusal.value.fields) == {field}
    assert Claim.objects.count() == 0


@pytest.mark.django_db
def test_a_client_that_was_released_or_is_theirs_is_no_matter(prime, sub, row):
    with pytest.raises(Invalid, match="other firm's"):
        claims.draft(row.agreement, facts(), by=sub.owner, protected=row, now=NOW)
    releases.offer(row, by=prime.owner, now=NOW)
    row.refresh_from_db()

    with pytest.raises(Invalid, match="released"):
        claims.draft(row.agreement, facts(), by=prime.owner, protected=row, now=NOW)


@pytest.mark.django_db
def test_after_the_tail_nothing_is_protected(prime, row):
    late = row.protected_until + DAY
    now = datetime(late.year, late.month, late.day, 12, tzinfo=UTC)

    with pytest.raises(Invalid, match="was protected from"):
        claims.draft(
            row.agreement, facts(breach_on=late, known_on=late), by=prime.owner, protected=row, now=now
        )


@pytest.mark.django_db
@pytest.mark.parametrize(("offset", "due"), [(-MS, 0), (0 * MS, 1), (MS, 1)])
def test_a_draft_that_is_not_filed_in_twelve_months_is_too_late(prime, draft, offset, due):
    assert draft.file_by == date(2008, 2, 2)

    assert sweep_claims(now=draft.due_at + offset) == due

    draft.refresh_from_db()
    assert draft.status == ("time_barred" if due else "draft")
    if offset >= 0 * MS:
        with pytest.raises(IllegalStep):
            claims.file(draft, by=prime.owner, now=draft.created_at + 400 * DAY)


@pytest.mark.django_db
def test_the_sealed_fee_is_opened_and_enters_the_sum(prime, draft, row):
    claims.seal_fees(row, Worth("USD", Decimal(2500)))

    done = claims.reckon(draft, by=prime.owner, billed=[Decimal(2400)] * 4, now=NOW)

    assert (done.computed, done.reckoning[-1]["comes_to"]) == (Decimal(15000), "$15,000")
    assert done.opened["seal"] == FeeSeal.objects.get().seal
    FeeSeal.objects.update(text=done.opened["text"].replace("2500", "9500"))
    with pytest.raises(RuleBroken, match="proves nothing"):
        claims.reckon(draft, by=prime.owner, billed=[Decimal(2400)], now=NOW)


@pytest.mark.django_db
def test_serving_the_notice_seals_what_the_client_is_worth(prime, sub, row):

    client = ClientFactory(firm=prime.firm)
    made = protection.serve(
        prime_id=prime.firm.pk, sub_id=sub.firm.pk, client_id=client.pk, client_name="x", work_order_id=row.pk,
        worth=Worth("USD", Decimal(2400)), now=NOW,
    )  # fmt: skip

    event = AgreementEvent.objects.filter(step="serve_notice").latest("sequence")
    assert event.changes["fees_sealed"] == FeeSeal.objects.get(protected_client=made).seal
    assert "2400" not in event.text


@pytest.mark.django_db
def test_no_more_than_the_formula_can_be_claimed(prime, row):
    claim = claims.draft(row.agreement, facts(claimed=Decimal(601)), by=prime.owner, protected=row, now=NOW)
    with pytest.raises(Invalid, match="Work out first"):
        claims.file(claim, by=prime.owner, now=NOW)
    claims.reckon(claim, by=prime.owner, billed=[Decimal(100)], now=NOW)

    with pytest.raises(Invalid, match=r"comes to \$600"):
        claims.file(claim, by=prime.owner, now=NOW)

    claim.refresh_from_db()
    assert claim.status == "draft"


STEPS = [
    ("notice_served", "no_response", datetime(2007, 2, 17, 5, tzinfo=UTC)),
    # 15 business days after Friday 2 February: the end of Friday the 23rd.
    ("cure_period", "negotiation", datetime(2007, 2, 24, 5, tzinfo=UTC)),
    ("negotiation", "mediation", datetime(2007, 2, 17, 5, tzinfo=UTC)),
    # 30 days: the end of 4 March.
    ("mediation", "mediation", datetime(2007, 3, 5, 5, tzinfo=UTC)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "then", "due"), STEPS)
def test_the_clock_counts_the_days_of_the_firm_that_was_notified(sub, served, status, then, due):
    claim = at(served, status)
    assert claim.due_at == due

    assert sweep_claims(now=due - MS) == 0
    assert sweep_claims(now=due) == 1
    assert sweep_claims(now=due) == 0

    claim.refresh_from_db()
    assert claim.status == then


@pytest.mark.django_db
def test_holidays_of_the_respondent_do_not_count(sub, served):
    sub.firm.holidays = [date(2007, 2, 5)]
    sub.firm.save()
    claim = Claim.objects.with_parties().get()

    assert answers.deadline(claim, "notice_served", NOW) == datetime(2007, 2, 20, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_answered_put_right_and_settled(prime, sub, served):
    with pytest.raises(Invalid):
        answers.respond(served, by=sub.owner, response=" ", now=NOW)
    answers.respond(served, by=sub.owner, response="It was an error.", now=NOW)
    answers.offer_cure(served, by=sub.owner, now=NOW)
    answers.report_cure(served, by=sub.owner, cured="We have told them to call you.", now=NOW)

    done = answers.accept_cure(served, by=prime.owner, now=NOW)

    assert (done.status, done.agreed, done.due_at) == ("settled", 0, None)
    assert not ScoreEvent.objects.filter(kind__startswith="claim").exists()
    assert answers.close(done, by=prime.owner, now=NOW).status == "closed"


@pytest.mark.django_db
@pytest.mark.parametrize(("admits", "counted"), [(True, 1), (False, 0)])
def test_a_settlement_counts_only_with_an_admission(prime, sub, served, admits, counted):
    answers.offer_settlement(
        served, by=sub.owner, terms="Half of it.", amount=Decimal(7200), admits=admits, now=NOW
    )
    with pytest.raises(WrongSide):
        answers.accept_settlement(served, by=sub.owner, now=NOW)

    done = answers.accept_settlement(served, by=prime.owner, now=NOW)

    assert (done.status, done.claimed, done.computed, done.agreed) == ("settled", 14400, 14400, 7200)
    assert ScoreEvent.objects.filter(kind="claim", firm=sub.firm).count() == counted
    answers.note_payment(done, by=prime.owner, amount=Decimal(7000), now=NOW)
    with pytest.raises(Invalid, match=r"\$200 is open"):
        answers.note_payment(done, by=prime.owner, amount=Decimal(201), now=NOW)
    assert answers.note_payment(done, by=prime.owner, amount=Decimal(200), now=NOW).paid == 7200


def decided(claim: Claim, by) -> None:
    paper = claims.Paper("decision", "County court", NOW.date(), PDF)
    claims.add_evidence(claim, paper, by=by, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("silent", [True, False])
@pytest.mark.parametrize(
    ("outcome", "amount", "kind"),
    [("upheld", 14400, "claim"), ("partly_upheld", 5000, "claim_partly"), ("dismissed", None, None)],
)
def test_a_decision_is_confirmed_or_stands_by_silence(prime, sub, served, outcome, amount, kind, silent):
    with pytest.raises(RuleBroken, match="Hand in the decision first"):
        answers.state_outcome(served, by=prime.owner, outcome=outcome, now=NOW)
    decided(served, prime.owner)
    stated = answers.state_outcome(served, by=prime.owner, outcome=outcome, amount=amount, now=NOW)
    assert stated.status == "notice_served"

    if silent:
        stated.due_at = None
        stated.save(update_fields=["due_at"])
        assert sweep_claims(now=stated.outcome_until - MS) == 0
        assert sweep_claims(now=stated.outcome_until) == 1
    else:
        with pytest.raises(WrongSide):
            answers.confirm_outcome(served, by=prime.owner, now=NOW)
        answers.confirm_outcome(served, by=sub.owner, now=NOW)

    done = Claim.objects.get()
    assert (done.status, done.agreed) == (outcome, amount or 0)
    assert [event.kind for event in ScoreEvent.objects.filter(kind__startswith="claim")] == (
        [kind] if kind else []
    )


@pytest.mark.django_db
def test_an_objection_leaves_the_claim_where_it_was(prime, sub, served):
    decided(served, prime.owner)
    answers.state_outcome(served, by=prime.owner, outcome="upheld", now=NOW)

    done = answers.object_outcome(served, by=sub.owner, reason="This is a draft.", now=NOW)

    assert (done.status, done.outcome_status, done.outcome_until) == ("notice_served", "", None)
    assert not ScoreEvent.objects.filter(kind="claim").exists()


@pytest.mark.django_db
def test_before_a_court_the_clock_stands_still(prime, sub, served):
    answers.suspend(served, by=sub.owner, reason="Nassau County, since today.", now=NOW)
    assert sweep_claims(now=NOW + 400 * DAY) == 0

    back = answers.resume(served, by=prime.owner, now=NOW + 400 * DAY)

    assert (back.status, back.suspended_from) == ("notice_served", "")
    assert back.due_at > NOW + 400 * DAY


@pytest.mark.django_db
def test_conduct_is_without_money(prime, sub):
    agreement = signed(prime.owner, sub.owner)
    claim = claims.draft(agreement, facts(kind="conduct"), by=prime.owner, now=NOW)
    with pytest.raises(RuleBroken, match="without money"):
        claims.reckon(claim, by=prime.owner, billed=[Decimal(1)], now=NOW)
    claims.file(claim, by=prime.owner, now=NOW)
    sweep_claims(now=NOW + claims.UNSEEN)
    with pytest.raises(Invalid, match="without money"):
        answers.offer_settlement(claim, by=prime.owner, terms="x", amount=Decimal(1), now=NOW)

    done = answers.admit(claim, by=sub.owner, now=NOW)

    assert (done.status, done.agreed, done.claimed) == ("upheld", None, None)


@pytest.mark.django_db
def test_a_paper_is_kept_once_with_its_hash(prime, sub, served):
    paper = claims.Paper("email", "Their office manager", NOW.date(), PDF)
    kept = claims.add_evidence(served, paper, by=sub.owner, now=NOW)

    assert kept.sha256 == PDF.sha256
    with pytest.raises(Invalid, match="there already"):
        claims.add_evidence(served, paper, by=prime.owner, now=NOW)
    answers.withdraw(served, by=prime.owner, now=NOW)
    with pytest.raises(IllegalStep):
        claims.add_evidence(served, paper, by=sub.owner, now=NOW)


@pytest.mark.django_db
def test_who_opened_the_notice_is_kept(prime, sub, served):
    claims.read_notice(served, by=prime.owner, now=served.served_at)
    claims.read_notice(served, by=sub.owner, now=served.served_at + DAY)

    served.refresh_from_db()
    assert (served.read_by, served.read_at) == (sub.owner.user, served.served_at + DAY)
    assert ClaimEvent.objects.filter(step="read").count() == 1


BOTH = {"claimant", "respondent"}
UNDER_WAY = {"notice_served", "responded", "no_response", "cure_period", "negotiation", "mediation"}
OPEN = {
    "change": {"claimant": {"draft"}},
    "file": {"claimant": {"draft"}},
    "take_back": {"claimant": {"filed"}},
    "serve": {"system": {"filed"}},
    "bar": {"system": {"draft"}},
    "respond": {"respondent": {"notice_served", "no_response"}},
    "miss": {"system": {"notice_served"}},
    "demand_cure": {"claimant": {"responded", "no_response"}},
    "offer_cure": {"respondent": {"responded"}},
    "report_cure": {"respondent": {"cure_period"}},
    "accept_cure": {"claimant": {"cure_period"}},
    "end_cure": {"system": {"cure_period"}},
    "talk": {"respondent": {"responded", "cure_period"}},
    "mediate": {key: {"negotiation"} for key in BOTH},
    "end_talk": {"system": {"negotiation"}},
    "end_mediation": {"system": {"mediation"}},
    "name_mediator": {key: {"mediation"} for key in BOTH},
    "offer_settlement": dict.fromkeys(BOTH, UNDER_WAY),
    "accept_settlement": dict.fromkeys(BOTH, UNDER_WAY),
    "refuse_settlement": dict.fromkeys(BOTH, UNDER_WAY),
    "admit": {"respondent": UNDER_WAY},
    "state_outcome": dict.fromkeys(BOTH, UNDER_WAY | {"suspended"}),
    "confirm_outcome": dict.fromkeys(BOTH, UNDER_WAY | {"suspended"}),
    "object_outcome": dict.fromkeys(BOTH, UNDER_WAY | {"suspended"}),
    "let_outcome_stand": {"system": UNDER_WAY | {"suspended"}},
    "suspend": dict.fromkeys(BOTH, UNDER_WAY),
    "resume": {key: {"suspended"} for key in BOTH},
    "withdraw": {"claimant": UNDER_WAY | {"draft", "filed", "suspended"}},
    "note_payment": {"claimant": {"settled", "upheld", "partly_upheld"}},
    "close": {
        "claimant": {"settled", "upheld", "partly_upheld", "dismissed", "withdrawn", "time_barred"},
        "respondent": {"dismissed", "withdrawn"},
    },
}
ROLES = ("owner", "dispatcher", "finance", "technician", "viewer")


def _expected(step: str, status: str, side: str, role: str) -> type[Exception] | None:
    if side not in OPEN[step]:
        return WrongSide
    if side != "system" and role != "owner":
        return WrongRole
    return None if status in OPEN[step][side] else IllegalStep


def _met(step: str, status: str, side: str, role: str) -> type[Exception] | None:
    try:
        CLAIM.check(step, status=status, side=side, role=role, reason="Because.")
    except RuleBroken as refusal:
        return type(refusal)
    return None


def test_every_cell_is_as_written():
    cells = list(product(OPEN, Claim.Status.values, ("claimant", "respondent", "system", ""), ROLES))

    assert {step.name for step in CLAIM} == set(OPEN)
    assert [cell for cell in cells if _met(*cell) is not _expected(*cell)] == []


def test_every_status_is_reached():
    reached = {step.target for step in CLAIM} | {"draft", "partly_upheld", "dismissed"}

    assert set(Claim.Status.values) <= reached
