"""How the reader's firm stands with another: what the firm's card cannot know below."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import template
from django.template.context import Context

from contracts.actions import coverage
from contracts.coverage import COVERED_ON_PAPER
from engagements.models import WorkOrder
from engagements.wording import units
from partnernet.core import clock
from partners.models import Firm, ScoreEvent

register = template.Library()
ALL_OF = {1: "on time", 2: "both on time"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What was done together, and whether offers can go out."""

    together: str
    opens: bool
    reasons: str
    on_paper: bool
    agreement_id: UUID | None


@register.simple_tag(takes_context=True)
def standing_with(context: Context, other: Firm) -> Standing:
    """Return the reader's firm's jobs with another firm and the state of their agreement."""
    firm: Any = context["request"].member.firm_id
    verdict = coverage.standing_with(firm, [other.pk], now=clock.now())[other.pk]
    done = WorkOrder.objects.filter(prime=firm, sub=other, status=WorkOrder.Status.APPROVED).count()
    return Standing(
        _together(done, firm, other),
        verdict.opens_offers,
        " ".join(verdict.reasons),
        on_paper=verdict.status == COVERED_ON_PAPER,
        agreement_id=verdict.agreement_id,
    )


@register.simple_tag(takes_context=True)
def on_paper_with(context: Context, firms: Iterable[Firm]) -> set[UUID]:
    """Return those of these firms with which the reader's has an agreement on paper and none that was signed here."""
    return coverage.on_paper_with(
        context["request"].member.firm_id, [each.pk for each in firms], now=clock.now()
    )


def _together(done: int, firm: Any, other: Firm) -> str:
    """Write 2 jobs here, both on time; nothing before the first."""
    if not done:
        return ""
    kept = ScoreEvent.objects.filter(firm=other, counterparty=firm, kind="deadline_met")
    met = kept.filter(value=1).count()
    if not kept:
        return f"{units(done, 'job')} here"
    on_time = ALL_OF.get(met, "all on time") if met == len(kept) else f"{met} of {len(kept)} on time"
    return f"{units(done, 'job')} here, {on_time}"
