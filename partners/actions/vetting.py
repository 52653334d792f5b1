"""Vet another firm: the six questions, and our own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partners.actions.roles import only
from partners.models import Firm, Member, VettingAnswer
from partners.models.vetting import OWN
from partners.opinion import QUESTIONS

MOST_OWN = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer to one question; `words` for one of our own. An empty answer takes it back."""

    question: str
    answer: str
    evidence: str = ""
    words: str = ""


@transaction.atomic
def vet(
    other: Firm, findings: Iterable[Finding], *, by: Member, now: datetime | None = None
) -> list[VettingAnswer]:
    """Keep what we found out about a firm. What was found before keeps its day, unless it changes."""
    only(by, "owner", "dispatcher")
    Firm.objects.listed_for(by.firm_id).get(pk=other.pk)
    now = now or clock.now()
    known = {
        (row.question, row.words): row
        for row in VettingAnswer.objects.visible_to(by.firm_id).about(other.pk).locked()
    }
    kept = []
    for finding in findings:
        key = _checked(finding)
        row = known.get(key)
        if not finding.answer:
            if row:
                row.delete()
            continue
        if row and (row.answer, row.evidence) == (finding.answer, finding.evidence.strip()):
            kept.append(row)
            continue
        kept.append(_keep(other, key, finding, by=by, now=now))
    if VettingAnswer.objects.visible_to(by.firm_id).about(other.pk).filter(question=OWN).count() > MOST_OWN:
        raise RuleBroken("Twenty questions of your own are the most.")
    return kept


def _checked(finding: Finding) -> tuple[str, str]:
    """Return what names the question. Raises Invalid."""
    words = finding.words.strip()
    if finding.question not in {*QUESTIONS, OWN} or (finding.question == OWN) != bool(words):
        raise Invalid({"words": ["Choose one of the questions, or write your own."]})
    if finding.answer and finding.answer not in VettingAnswer.Answer.values:
        raise Invalid({"answer": ["Answer yes, partly or no."]})
    return finding.question, words


def _keep(other: Firm, key: tuple[str, str], finding: Finding, *, by: Member, now: datetime) -> VettingAnswer:
    said = {"answer": finding.answer, "evidence": finding.evidence.strip()}
    row, _ = VettingAnswer.objects.update_or_create(
        owner_id=by.firm_id,
        other=other,
        question=key[0],
        words=key[1],
        defaults={**said, "answered_at": now, "answered_by_id": by.user_id},
    )
    return row
