"""What both firms do with a claim that was served: answer, put right, talk, mediate, settle, write down a decision, pay, close."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracts.actions import terms_now
from contracts.actions.claim_news import move, step_of, tell
from contracts.models import Claim, ClaimEvidence
from partnernet.core import localtime, money
from partnernet.core.actors import CLOCK, Actor
from partnernet.core.errors import IllegalStep, Invalid, RuleBroken, WrongSide
from partnernet.core.workflow import Step
from partners.actions import scores
from partners.models import Firm, Member

TALK_DAYS = 10
"""Business days in which the owners talk."""
OUTCOMES = ("upheld", "partly_upheld", "dismissed")
SETTLEMENT = ("settlement_by", "settlement_amount", "settlement_text", "settlement_admits")
OUTCOME = ("outcome_by", "outcome_status", "outcome_amount", "outcome_until")
Status = Claim.Status


def deadline(claim: Claim, status: str, now: datetime) -> datetime | None:
    """Return when a step that begins now is over: by the days of the agreement, in business days of the firm that was notified."""
    values, firm = _terms(claim), claim.respondent
    holidays = frozenset(firm.holidays)
    days = {
        Status.NOTICE_SERVED: int(values["response_days"]),
        Status.CURE_PERIOD: int(values["cure_days"]),
        Status.NEGOTIATION: TALK_DAYS,
    }
    if status == Status.MEDIATION:
        last = localtime.day_in(now, firm.timezone) + timedelta(days=int(values["mediation_days"]) + 1)
        return localtime.start_of_day(last, firm.timezone)
    if status not in days:
        return None
    return localtime.business_deadline(now, days[Status(status)], firm.timezone, holidays)


def _terms(claim: Claim) -> dict[str, Any]:
    """Return the terms in force at the breach. Any: values are JSON."""
    return terms_now.values_on(claim.agreement, claim.breach_on, claim.claimant.timezone)


@transaction.atomic
def respond(claim: Claim, *, by: Member, response: str, now: datetime | None = None) -> Claim:
    """Answer: what is so, what is not, and what follows. A late answer is an answer."""
    claim, step, now = step_of("respond", claim, by=by, now=now)
    if not response.strip():
        raise Invalid({"response": ["Say what is so, and what is not."]})

    claim.response, claim.responded_at, claim.due_at = response.strip()[:5000], now, None
    columns = ("response", "responded_at", "due_at")
    move(claim, step, by=by, now=now, columns=columns, reason=claim.response)
    tell(claim, claim.claimant, now=now)
    return claim


def demand_cure(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Ask that it be put right: stopped, handed back, disclosed. The days that the agreement gives begin."""
    return _go("demand_cure", claim, by=by, now=now)


def offer_cure(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Say that it will be put right within the days that the agreement gives."""
    return _go("offer_cure", claim, by=by, now=now)


@transaction.atomic
def report_cure(claim: Claim, *, by: Member, cured: str, now: datetime | None = None) -> Claim:
    """Say what was stopped, handed back or disclosed."""
    claim, step, now = step_of("report_cure", claim, by=by, now=now)
    if not cured.strip():
        raise Invalid({"cured": ["Say what was stopped, handed back or disclosed."]})

    claim.cured = cured.strip()[:5000]
    move(claim, step, by=by, now=now, columns=("cured",), reason=claim.cured)
    tell(claim, claim.claimant, now=now)
    return claim


@transaction.atomic
def accept_cure(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Say that it is put right: the claim is settled, nothing is owed, nothing is admitted."""
    claim, step, now = step_of("accept_cure", claim, by=by, now=now)

    claim.agreed = None if claim.kind == Claim.Kind.CONDUCT else Decimal(0)
    claim.how_decided = "Put right within the time for it."
    _decide(claim, step, by=by, now=now)
    return claim


def talk(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Go straight to the talk of the owners; whoever could put it right gives up the days for it."""
    return _go("talk", claim, by=by, now=now)


def mediate(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """The talk has led nowhere: go to mediation."""
    return _go("mediate", claim, by=by, now=now)


@transaction.atomic
def name_mediator(claim: Claim, *, by: Member, mediator: str, now: datetime | None = None) -> Claim:
    """Write down who mediates, as the owners agreed. PartnerNet chooses nobody."""
    claim, step, now = step_of("name_mediator", claim, by=by, now=now)
    if not mediator.strip():
        raise Invalid({"mediator": ["Who, and how to reach them?"]})

    claim.mediator = mediator.strip()[:200]
    move(claim, step, by=by, now=now, columns=("mediator",), mediator=claim.mediator)
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def _go(name: str, claim: Claim, *, by: Member, now: datetime | None) -> Claim:
    """Take a step that leads to a state with days of its own."""
    claim, step, now = step_of(name, claim, by=by, now=now)
    claim.due_at = deadline(claim, step.target, now)
    move(claim, step, by=by, now=now, columns=("due_at",))
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def offer_settlement(  # noqa: PLR0913 - the terms of a settlement
    claim: Claim,
    *,
    by: Member,
    terms: str,
    amount: Decimal | None = None,
    admits: bool = False,
    now: datetime | None = None,
) -> Claim:
    """Offer terms on which it ends. A newer offer takes the place of the last; the deadlines run on."""
    claim, step, now = step_of("offer_settlement", claim, by=by, now=now)
    if not terms.strip():
        raise Invalid({"terms": ["Say on which terms."]})
    _amount_holds(claim, amount)

    claim.settlement_by, claim.settlement_amount = by.firm, amount
    claim.settlement_text, claim.settlement_admits = terms.strip()[:1000], admits
    shown = money.show(amount, claim.currency) if amount is not None else "no money"
    move(
        claim, step, by=by, now=now, columns=SETTLEMENT, reason=claim.settlement_text,
        terms=f"{shown}, {'with' if admits else 'without'} admission",
    )  # fmt: skip
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def accept_settlement(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Agree to the terms that the other firm offered: the claim is settled."""
    claim, step, now = step_of("accept_settlement", claim, by=by, now=now)
    _require_theirs(claim.settlement_by_id, by, "settlement")

    claim.agreed, claim.how_decided = claim.settlement_amount, "Settled by both firms."
    _decide(claim, step, by=by, now=now, admitted=claim.settlement_admits)
    return claim


@transaction.atomic
def refuse_settlement(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Not on these terms; or take one's own offer back."""
    claim, step, now = step_of("refuse_settlement", claim, by=by, now=now)
    if claim.settlement_by is None:
        raise IllegalStep("Nobody has offered a settlement.")

    claim.settlement_by, claim.settlement_amount = None, None
    claim.settlement_text, claim.settlement_admits = "", False
    move(claim, step, by=by, now=now, columns=SETTLEMENT)
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def admit(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Admit it: what was claimed is agreed on, and it counts for trust."""
    claim, step, now = step_of("admit", claim, by=by, now=now)

    claim.agreed, claim.how_decided = claim.claimed, f"Admitted by {claim.respondent.name}."
    _decide(claim, step, by=by, now=now)
    return claim


@transaction.atomic
def state_outcome(
    claim: Claim, *, by: Member, outcome: str, amount: Decimal | None = None, now: datetime | None = None
) -> Claim:
    """Write down how a court, an arbitrator or a mediator decided; the decision itself is handed in before.

    The other firm confirms it or objects within the days of an answer; silence lets it stand. PartnerNet judges nothing.
    """
    claim, step, now = step_of("state_outcome", claim, by=by, now=now)
    if outcome not in OUTCOMES:
        raise Invalid({"outcome": ["Choose how it was decided."]})
    _amount_holds(claim, amount)
    if outcome == "dismissed" and amount:
        raise Invalid({"amount": ["Nothing is owed when it was dismissed."]})
    if not claim.evidence.filter(kind=ClaimEvidence.Kind.DECISION).exists():
        raise RuleBroken("Hand in the decision first, as evidence of the kind “Decision”.")
    if claim.outcome_by_id:
        raise IllegalStep("A decision is written down already. It is confirmed, or objected to.")

    other = claim.across(by.firm_id)
    days = int(_terms(claim)["response_days"])
    claim.outcome_by, claim.outcome_status, claim.outcome_amount = by.firm, outcome, amount
    claim.outcome_until = localtime.business_deadline(now, days, other.timezone, frozenset(other.holidays))
    move(claim, step, by=by, now=now, columns=OUTCOME, outcome=Status(outcome).label)
    tell(claim, other, now=now)
    return claim


@transaction.atomic
def confirm_outcome(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Confirm the decision that the other firm wrote down."""
    claim, step, now = step_of("confirm_outcome", claim, by=by, now=now)
    _require_theirs(claim.outcome_by_id, by, "decision")

    stand(claim, step, by=by, now=now)
    return claim


@transaction.atomic
def object_outcome(claim: Claim, *, by: Member, reason: str, now: datetime | None = None) -> Claim:
    """Say that this is not the decision; or take back what one has written down. The claim stays where it was."""
    claim, step, now = step_of("object_outcome", claim, by=by, now=now, reason=reason)
    if claim.outcome_by_id is None:
        raise IllegalStep("No decision is written down.")

    claim.outcome_by, claim.outcome_status, claim.outcome_amount, claim.outcome_until = None, "", None, None
    move(claim, step, by=by, now=now, columns=OUTCOME, reason=reason.strip()[:1000])
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


def stand(claim: Claim, step: Step, *, by: Actor, now: datetime) -> None:
    """Let the decision that is written down stand. The caller holds the lock."""
    status, firm = claim.outcome_status, claim.outcome_by
    claim.agreed = None if claim.kind == Claim.Kind.CONDUCT else claim.outcome_amount or Decimal(0)
    claim.how_decided = f"Decision handed in by {firm.name if firm else ''}, on record here."
    _decide(claim, step, by=by, now=now, to=status)


@transaction.atomic
def suspend(claim: Claim, *, by: Member, reason: str, now: datetime | None = None) -> Claim:
    """Say that it is before a court or an arbitrator: the clock of this claim stands still."""
    claim, step, now = step_of("suspend", claim, by=by, now=now, reason=reason)

    claim.suspended_from, claim.due_at = claim.status, None
    columns = ("suspended_from", "due_at")
    move(claim, step, by=by, now=now, columns=columns, reason=reason.strip()[:1000])
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def resume(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Go on here, where it stood; the days of that step begin anew."""
    claim, step, now = step_of("resume", claim, by=by, now=now)

    to, claim.suspended_from = claim.suspended_from, ""
    claim.due_at = deadline(claim, to, now)
    move(claim, step, by=by, now=now, columns=("suspended_from", "due_at"), to=to)
    tell(claim, claim.across(by.firm_id), now=now)
    return claim


@transaction.atomic
def withdraw(claim: Claim, *, by: Member, reason: str = "", now: datetime | None = None) -> Claim:
    """Give a claim up. It has no effect on anybody's record."""
    claim, step, now = step_of("withdraw", claim, by=by, now=now)

    _still(claim)
    columns = (*SETTLEMENT, *OUTCOME, "due_at", "suspended_from")
    move(claim, step, by=by, now=now, columns=columns, reason=reason.strip()[:1000])
    if claim.served_at:
        tell(claim, claim.respondent, now=now)
    return claim


@transaction.atomic
def note_payment(claim: Claim, *, by: Member, amount: Decimal, now: datetime | None = None) -> Claim:
    """Write down that money came: in parts, up to what was agreed on. PartnerNet moves none."""
    claim, step, now = step_of("note_payment", claim, by=by, now=now)
    owed = (claim.agreed or Decimal(0)) - claim.paid
    if not 0 < amount <= owed:
        left = money.show(owed, claim.currency)
        raise Invalid({"amount": [f"Of what was agreed on, {left} is open."]})

    claim.paid += amount
    shown = money.show(amount, claim.currency)
    move(claim, step, by=by, now=now, columns=("paid",), amount=shown)
    tell(claim, claim.respondent, now=now)
    return claim


@transaction.atomic
def close(claim: Claim, *, by: Member, now: datetime | None = None) -> Claim:
    """Put it away. What is still open of the sum stays on record."""
    claim, step, now = step_of("close", claim, by=by, now=now)

    claim.closed_at, claim.due_at = now, None
    move(claim, step, by=by, now=now, columns=("closed_at", "due_at"))
    if claim.served_at:
        tell(claim, claim.across(by.firm_id), now=now)
    return claim


def _decide(  # noqa: PLR0913 - one decision's facts
    claim: Claim, step: Step, *, by: Actor, now: datetime, to: str = "", admitted: bool = False
) -> None:
    """Write how it ended, and what that means for the respondent's record."""
    outcome = to or step.target
    _still(claim)
    claim.decided_at = now
    columns = ("agreed", "how_decided", "decided_at", "due_at", "suspended_from", *SETTLEMENT, *OUTCOME)
    label = Status(outcome).label
    move(claim, step, by=by, now=now, columns=columns, to=outcome, outcome=label)
    _count(claim, outcome, admitted=admitted, now=now)
    told: tuple[Firm, ...] = (claim.claimant, claim.respondent)
    if by is not CLOCK:
        told = (claim.across(by.firm_id),)
    tell(claim, *told, now=now)


def _still(claim: Claim) -> None:
    """Stop every clock of a claim, and clear what waits for an answer."""
    claim.due_at, claim.suspended_from = None, ""
    claim.settlement_by, claim.settlement_amount = None, None
    claim.settlement_text, claim.settlement_admits = "", False
    claim.outcome_by, claim.outcome_status, claim.outcome_amount, claim.outcome_until = None, "", None, None


def _count(claim: Claim, outcome: str, *, admitted: bool, now: datetime) -> None:
    """What was admitted or upheld counts for trust, in part for half; everything else for nothing."""
    kind = {"upheld": "claim", "partly_upheld": "claim_partly"}.get(outcome, "claim" if admitted else "")
    if not kind:
        return
    scores.record(
        claim.respondent,
        dimension="trust",
        kind=kind,
        occurred_on=localtime.day_in(now, claim.respondent.timezone),
        counterparty=claim.claimant,
        subject_id=claim.pk,
    )


def _amount_holds(claim: Claim, amount: Decimal | None) -> None:
    if amount is None:
        return
    if claim.kind == Claim.Kind.CONDUCT:
        raise Invalid({"amount": ["A claim about conduct is without money."]})
    if amount < 0 or (claim.computed is not None and amount > claim.computed):
        most = money.show(claim.computed or Decimal(0), claim.currency)
        raise Invalid({"amount": [f"Between nothing and {most}, which the formula comes to."]})


def _require_theirs(offered_by: object, by: Member, what: str) -> None:
    if offered_by is None:
        raise IllegalStep(f"There is no {what} to answer.")
    if offered_by == by.firm_id:
        raise WrongSide(f"The other firm answers your {what}.")
