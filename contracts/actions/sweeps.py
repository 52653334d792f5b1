"""What the clock does to agreements: remind, and lapse what nobody signed. Safe to run twice, and by two at once."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from contracts.actions import disputes
from contracts.actions.history import Done, day_for, record, tell, tell_both
from contracts.actions.signing import next_reminder
from contracts.models import Agreement
from contracts.models.agreements import AgreementQuerySet, Status
from contracts.workflow import AGREEMENT, OTHER, PROPOSER
from partnernet.core import clock
from partnernet.core.actors import CLOCK
from partnernet.core.workflow import SYSTEM
from partners.models import Firm

BATCH = 500


def lapse_due(*, now: datetime | None = None) -> int:
    """Lapse every agreement whose window for signing has closed; return how many."""
    now = now or clock.now()
    return _each(Agreement.objects.lapsing(now).order_by("lapses_at", "pk"), _lapse, now)


def remind_due(*, now: datetime | None = None) -> int:
    """Remind the firms that still have to sign, on the third, seventh and fourteenth day; return of how many agreements."""
    now = now or clock.now()
    return _each(Agreement.objects.to_remind(now).order_by("remind_at", "pk"), _remind, now)


def _each(due: AgreementQuerySet, act: Callable[[Agreement, datetime], None], now: datetime) -> int:
    done = 0
    for key in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            found = (
                due.select_for_update(of=("self",), no_key=True, skip_locked=True)
                .with_parties()
                .filter(pk=key)
                .first()
            )
            if found:
                act(found, now)
                done += 1
    return done


def _lapse(agreement: Agreement, now: datetime) -> None:
    before = agreement.status
    step = AGREEMENT.check("lapse", status=before, side=SYSTEM, role=CLOCK.role)

    disputes.close_with(agreement, "The proposal lapsed: it was not signed in time.", by=CLOCK, now=now)
    agreement.status, agreement.lapses_at, agreement.remind_at = step.target, None, None
    agreement.save(update_fields=["status", "lapses_at", "remind_at"])
    record(agreement, Done("lapse", SYSTEM, before, Status.LAPSED), by=CLOCK, now=now)
    tell_both("agreement_lapsed", agreement, now=now)


def _remind(agreement: Agreement, now: datetime) -> None:
    if agreement.lapses_at is None:  # a constraint keeps both or neither
        return
    agreement.remind_at = next_reminder(agreement.lapses_at, now)
    agreement.save(update_fields=["remind_at"])
    for firm in _unsigned(agreement):
        tell("agreement_reminder", firm, agreement, now=now, until=day_for(firm, agreement.lapses_at))


def _unsigned(agreement: Agreement) -> list[Firm]:
    signed = set(
        agreement.signatures.filter(revision=agreement.current_revision_id).values_list("side", flat=True)
    )
    if (
        agreement.signs_first and not signed
    ):  # the other firm cannot sign yet, so there is nothing to remind it of
        return [agreement.firm_on(agreement.signs_first)]
    return [agreement.firm_on(side) for side in (PROPOSER, OTHER) if side not in signed]
