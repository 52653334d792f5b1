"""What a firm has shown of its insurance, as the gate of every offer needs it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from contracts.coverage import KnownInsurance, Need
from partnernet.core import localtime, money
from partners import papers
from partners.models import Document, Firm
from partners.papers import Shown, Slot


def shown_for(need: Need, firm: Firm) -> dict[str, KnownInsurance]:
    """Return what the firm has shown of each policy that the work demands. Two queries."""
    slots = {policy: Slot(papers.INSURANCE, policy) for policy in need.insurance}
    accepted = papers.by_slot(Document.objects.filter(policy__in=slots).shown_by([firm.pk])[firm.pk])
    waiting = Document.objects.visible_to(firm.pk).pending().filter(policy__in=slots)
    checked = set(waiting.values_list("policy", flat=True))
    return {
        policy: _known(accepted.get(slot, []), slot, need, firm=firm, being_checked=policy in checked)
        for policy, slot in slots.items()
    }


def _known(
    accepted: Sequence[Shown], slot: Slot, need: Need, *, firm: Firm, being_checked: bool
) -> KnownInsurance:
    start = localtime.day_in(need.starts_at, firm.timezone)
    held = papers.through(accepted, start, enough=lambda paper: is_enough(paper, need))
    if held is None and (other := papers.standing(accepted, start)):
        low = money.show(other.limit, other.currency) if other.limit is not None else "of no stated limit"
        return KnownInsurance(slot.inside, too_low=low, being_checked=being_checked)
    ended = max(
        (paper.last_day for paper in accepted if paper.last_day and paper.last_day < start), default=None
    )
    return KnownInsurance(slot.inside, until=_end_of(held or ended, firm), being_checked=being_checked)


def is_enough(paper: Shown, need: Need) -> bool:
    """Say whether a policy's limit for each claim reaches what the work demands, in the same currency."""
    if need.insurance_limit is None:
        return True
    return paper.currency == need.currency and paper.limit is not None and paper.limit >= need.insurance_limit


def _end_of(day: date | None, firm: Firm) -> datetime | None:
    """Return the instant at which a last day ends, in the firm's zone: its day is said in words."""
    if day is None:
        return None
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    ends = localtime.start_of_day(day + timedelta(days=1), firm.timezone)
    return ends.astimezone(localtime.zone_of(firm.timezone))
