"""What the clock does to claims: serve, count the days of each step, and bar what comes too late. Safe to run twice, and by two at once."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from contracts.actions.claim_answers import deadline, stand
from contracts.actions.claim_news import move, tell
from contracts.models import Claim
from contracts.models.claims import ClaimQuerySet
from contracts.workflow import CLAIM
from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.workflow import SYSTEM

BATCH = 500
Status = Claim.Status
# What the end of a step leads to, by the status it ends.
ENDS = {
    Status.DRAFT: "bar",
    Status.FILED: "serve",
    Status.NOTICE_SERVED: "miss",
    Status.CURE_PERIOD: "end_cure",
    Status.NEGOTIATION: "end_talk",
    Status.MEDIATION: "end_mediation",
}


def sweep_claims(*, now: datetime | None = None) -> int:
    """Take every step whose time has come; return how many."""
    now = now or clock.now()
    ended = _each(Claim.objects.due(now).order_by("due_at", "pk"), _end, now)
    silent = Claim.objects.silent_about_an_outcome(now).order_by("outcome_until", "pk")
    return ended + _each(silent, _let_stand, now)


def _each(due: ClaimQuerySet, act: Callable[[Claim, datetime], None], now: datetime) -> int:
    done = 0
    for key in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True).with_parties()
            found = locked.filter(pk=key).first()
            if found:
                act(found, now)
                done += 1
    return done


def _end(claim: Claim, now: datetime) -> None:
    step = CLAIM.check(ENDS[Status(claim.status)], status=claim.status, side=SYSTEM, role=CLOCK.role)
    claim.due_at = None
    columns: tuple[str, ...] = ("due_at",)
    if step.name == "serve":
        claim.served_at, columns = now, ("due_at", "served_at")
    if step.target != claim.status:
        claim.due_at = deadline(claim, step.target, now)
    move(claim, step, by=CLOCK, now=now, columns=columns)
    if step.name == "bar":
        tell(claim, claim.claimant, now=now)
    else:
        tell(claim, claim.claimant, claim.respondent, now=now)


def _let_stand(claim: Claim, now: datetime) -> None:
    step = CLAIM.check("let_outcome_stand", status=claim.status, side=SYSTEM, role=CLOCK.role)
    stand(claim, step, by=CLOCK, now=now)
