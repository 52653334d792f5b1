"""What the last signature causes: the agreement is in force, an older one ends, an amendment enters what it changes."""

from datetime import datetime, timedelta

from contracts import terms
from contracts.actions import checks, renewals, terms_now
from contracts.actions.history import Done, both, day_for, record, tell
from contracts.models import Agreement
from contracts.models.agreements import Status
from partnernet.core.actors import Actor
from partnernet.core.workflow import SYSTEM


def put_in_force(agreement: Agreement, *, now: datetime) -> None:
    """Set when a signed agreement begins and ends. An amendment begins in its days and ends with what it changes.

    Runs in the transaction of the last signature. Raises RuleBroken for an amendment of what has ended meanwhile.
    """
    values = agreement.current_revision.values
    if parent := agreement.amends:
        days = int(values["starts_after_days"])
        terms_now.require_amendable(parent, now, starts_after_days=days)
        agreement.effective_at, agreement.ends_at = now + timedelta(days=days), parent.ends_at
    else:
        renewals.supersede(agreement, now=now)
        agreement.effective_at = now
        agreement.ends_at = terms.term_end(now, int(values["term_months"]))
    agreement.lapses_at = agreement.remind_at = None


def times(agreement: Agreement) -> dict[str, str]:
    """Return what the history says of an amendment's time, which its text alone does not: that of its agreement enters it."""
    if not agreement.amends or agreement.effective_at is None or agreement.ends_at is None:
        return {}
    return {"effective_at": agreement.effective_at.isoformat(), "ends_at": agreement.ends_at.isoformat()}


def roll_up(agreement: Agreement, *, by: Actor, now: datetime) -> None:
    """Note an amendment in the history of what it changes, and ask the rules about what holds there now."""
    parent = agreement.amends
    if parent is None or agreement.effective_at is None:
        return
    parent = Agreement.objects.with_parties().get(pk=parent.pk)
    told = {
        "amendment": agreement.verify_code,
        "amendment_sha256": agreement.content_sha256,
        "topic": agreement.current_revision.values["topic"],
        "from": agreement.effective_at.isoformat(),
    }
    record(parent, Done("amend", SYSTEM, Status.SIGNED, Status.SIGNED, changes=told), by=by, now=now)
    if agreement.effective_at <= now:
        checks.check(parent, now=now)
    # Whatever else is open is judged by the terms as they are now, so that what both then have to say is there to be said.
    over = [Status.SIGNED, Status.DECLINED, Status.VOIDED, Status.LAPSED]
    for other in Agreement.objects.filter(amends=parent).exclude(status__in=over).locked().with_parties():
        checks.check(other, now=now)


def tell_signed(agreement: Agreement, *, head: str, now: datetime) -> None:
    """Tell both firms that both have signed, with the fingerprint to keep."""
    for firm in both(agreement):
        later = agreement.effective_at is not None and agreement.effective_at > now
        starts = day_for(firm, agreement.effective_at) if later and agreement.effective_at else ""
        tell(
            "agreement_signed", firm, agreement, now=now, chain_head=head, code=agreement.verify_code, starts=starts
        )  # fmt: skip
