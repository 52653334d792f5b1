"""A firm joins that had several cards: what was proposed to the others becomes a proposal to the firm."""

from datetime import datetime

from django.db import transaction

from contracts.actions import disputes
from contracts.actions.history import Done, record, tell_both
from contracts.models import Agreement
from contracts.models.agreements import Kind, Status
from contracts.workflow import AGREEMENT
from partnernet.core.actors import CLOCK
from partnernet.core.workflow import SYSTEM
from partners.models import Firm


@transaction.atomic
def move_proposals(card: Firm, *, to: Firm, now: datetime) -> None:
    """Let every agreement under way with a card go on with the firm that it turned out to be.

    Where the same two have one under way already, the card's lapses, which both are told.
    """
    _readdress_papers(card, to, now=now)
    moved = Agreement.objects.filter(other=card).locked().with_parties().order_by("pk")
    for agreement in moved.filter(status=Status.DRAFT) | moved.under_way():
        if agreement.status != Status.DRAFT and _has_another(agreement, to):
            _lapse(agreement, to, now=now)
            continue
        agreement.other = to
        agreement.save(update_fields=["other"])
        done = Done("readdress", SYSTEM, agreement.status, agreement.status, changes={"firm": to.name})
        record(agreement, done, by=CLOCK, now=now)


def _readdress_papers(card: Firm, to: Firm, *, now: datetime) -> None:
    """Let what was stated of papers go on with the firm too, which is told and answers."""
    for agreement in Agreement.objects.filter(other=card, kind=Kind.PAPER).locked().with_parties():
        agreement.other = to
        agreement.save(update_fields=["other"])
        done = Done("readdress", SYSTEM, agreement.status, agreement.status, changes={"firm": to.name})
        record(agreement, done, by=CLOCK, now=now)


def _has_another(agreement: Agreement, firm: Firm) -> bool:
    between = Agreement.objects.between(agreement.proposer_id, firm)
    return between.of_kind(agreement.kind).under_way().exists()


def _lapse(agreement: Agreement, firm: Firm, *, now: datetime) -> None:
    before = agreement.status
    step = AGREEMENT.check("lapse", status=before, side=SYSTEM, role=CLOCK.role)
    reason = f"{firm.name} has joined, and another agreement between the two is under way."
    agreement.other = firm
    disputes.close_with(agreement, reason, by=CLOCK, now=now)
    agreement.status, agreement.lapses_at, agreement.remind_at = step.target, None, None
    agreement.save(update_fields=["other", "status", "lapses_at", "remind_at"])
    record(agreement, Done("lapse", SYSTEM, before, step.target, reason=reason), by=CLOCK, now=now)
    tell_both("agreement_lapsed", agreement, now=now)
