"""What every step of a claim leaves: a line in its own history, and news for owners alone."""

from datetime import datetime

from django.urls import reverse

from contracts.actions import announcing
from contracts.actions.history import day_for
from contracts.models import Claim, ClaimEvent
from contracts.workflow import CLAIM
from partnernet.core import clock, notify
from partnernet.core.actors import Actor
from partnernet.core.workflow import Step
from partners.models import Firm, Member

SAID = {
    "draft": "{who} wrote a draft",
    "change": "{who} changed the draft",
    "add_evidence": "{who} added: {paper}",
    "reckon": "{who} reckoned the damages by the formula: {amount}",
    "file": "{who} filed it; the notice is served within the hour",
    "take_back": "{who} took it back before it was served",
    "serve": "The notice was served on {respondent}",
    "read": "{who} opened the notice",
    "bar": "It was not filed in time",
    "respond": "{who} answered",
    "miss": "{respondent} did not answer in time",
    "demand_cure": "{who} asked that it be put right",
    "offer_cure": "{who} will put it right",
    "report_cure": "{who} said what was put right",
    "accept_cure": "{who} says that it is put right; settled",
    "end_cure": "The time to put it right is over; the owners talk",
    "talk": "{who} wants the owners to talk",
    "mediate": "{who} goes to mediation",
    "end_talk": "The time to talk is over; mediation comes next",
    "end_mediation": "The time for mediation is over; either firm may go further",
    "name_mediator": "{who} named a mediator: {mediator}",
    "offer_settlement": "{who} offered to settle: {terms}",
    "accept_settlement": "{who} accepted the settlement",
    "refuse_settlement": "{who} does not settle on these terms",
    "admit": "{who} admitted it",
    "state_outcome": "{who} wrote down a decision: {outcome}",
    "confirm_outcome": "{who} confirmed the decision: {outcome}",
    "object_outcome": "{who} says that this is not the decision",
    "let_outcome_stand": "Nobody objected to the decision: {outcome}",
    "suspend": "{who} says that it is before a court or an arbitrator",
    "resume": "{who} goes on with it here",
    "withdraw": "{who} withdrew it",
    "note_payment": "{who} wrote down a payment of {amount}",
    "close": "{who} closed it",
}


def step_of(
    name: str, claim: Claim, *, by: Member, now: datetime | None, reason: str = ""
) -> tuple[Claim, Step, datetime]:
    """Lock a claim, read it again, and ask the table."""
    claim = Claim.objects.visible_to(by.firm_id).with_parties().locked().get(pk=claim.pk)
    side = claim.side_of(by.firm_id)
    step = CLAIM.check(name, status=claim.status, side=side, role=by.role, reason=reason)
    return claim, step, now or clock.now()


def move(  # noqa: PLR0913 - one step's facts
    claim: Claim,
    step: Step,
    *,
    by: Actor,
    now: datetime,
    columns: tuple[str, ...] = (),
    to: str = "",
    reason: str = "",
    **facts: str,
) -> None:
    """Write the new status with the columns that change, and one line of history."""
    was, claim.status = claim.status, to or step.target or claim.status
    claim.save(update_fields=["status", *columns])
    record(claim, step.name, by=by, side=step.side, now=now, was=was, reason=reason, **facts)


def record(  # noqa: PLR0913 - one line of history
    claim: Claim,
    name: str,
    *,
    by: Actor,
    side: str,
    now: datetime,
    was: str = "",
    reason: str = "",
    **facts: str,
) -> None:
    values = ClaimEvent.draft(
        by=by,
        step=name,
        side=side,
        now=now,
        statuses=(was or claim.status, claim.status),
        reason=reason,
        changes=facts,
    )
    ClaimEvent.objects.create(claim=claim, **values)
    announcing.of_claim(claim, announcing.Taken(name, by.firm_id, now))


def said(claim: Claim, event: ClaimEvent) -> str:
    """Tell one line of history; load the claim's parties first."""
    names = {claim.claimant_id: claim.claimant.name, claim.respondent_id: claim.respondent.name}
    who = names[event.by_firm] if event.by_firm else "PartnerNet"
    facts = {"paper": "", "amount": "", "outcome": "", "mediator": "", "terms": "", **event.changes}
    return SAID[event.step].format(**{**facts, "who": who, "respondent": claim.respondent.name})


def tell(claim: Claim, *firms: Firm, now: datetime) -> None:
    """Owe the owners of these firms the last line of history, with by when something is to be done."""
    last = claim.events.order_by("-occurred_at", "-pk")[0]
    served = last.step == "serve"
    for firm in firms:
        notify.owe(
            "claim_served" if served else "claim_moved",
            to=Member.objects.active().addressees(firm.pk, "owner"),
            now=now,
            path=reverse("claim", args=[firm.pk, claim.pk]),
            context={
                "reference": claim.reference,
                "about": claim.about,
                "claimant": claim.claimant.name,
                "respondent": claim.respondent.name,
                "said": said(claim, last),
                "reason": last.reason,
                "status": claim.get_status_display(),
                "until": day_for(firm, claim.due_at) if claim.due_at else "",
            },
            subject_id=claim.pk,
        )
