"""Our record: every score with every event behind it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from partnernet.core import clock, localtime
from partners import scoring
from partners.actions import reckoning, scores
from partners.forms import ReasonForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import PaymentExperience, ScoreEvent, ScoreExclusion
from partners.models.scores import DIMENSION_CHOICES

DESK = ("owner", "dispatcher", "finance", "viewer")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a score beside the row it comes from."""

    line: scoring.Line
    row: ScoreEvent | PaymentExperience | None
    counterparty: str
    exclusion: ScoreExclusion | None


@for_roles(*DESK)
def our_record(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Explain our four scores as of today."""
    own = request.member.firm
    today = localtime.day_in(clock.now(), own.timezone)
    explained = reckoning.explain(own, on=today)
    events = ScoreEvent.objects.about(firm).select_related("counterparty", "exclusion").in_bulk()
    payments = PaymentExperience.objects.about(firm).select_related("payee", "exclusion").in_bulk()
    cards = [
        (DIMENSION_CHOICES[name], score, [_shown(line, events, payments) for line in reversed(score.lines)])
        for name, score in explained.items()
    ]
    pays = reckoning.days_to_pay(own, currency=own.currency, on=today)
    return render(request, "partners/our_record.html", {"cards": cards, "today": today, "days_to_pay": pays})


@require_http_methods(["GET", "POST"])
@for_roles("owner")
def ask_exclusion(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Ask the operator not to count an event or a payment."""
    evidence: ScoreEvent | PaymentExperience | None = ScoreEvent.objects.about(firm).filter(pk=pk).first()
    evidence = evidence or get_object_or_404(PaymentExperience.objects.about(firm), pk=pk)
    form = ReasonForm(request.POST or None)
    if tried(form, lambda: scores.ask_exclusion(evidence, by=request.member, **form.cleaned_data)):
        return redirect("our-record", firm)
    return render(request, "partners/ask_exclusion.html", {"form": form, "evidence": evidence})


def _shown(
    line: scoring.Line, events: dict[UUID, ScoreEvent], payments: dict[UUID, PaymentExperience]
) -> Shown:
    if isinstance(line.ref, UUID) and (event := events.get(line.ref)):
        other = event.counterparty.name if event.counterparty else ""
        return Shown(line, event, other, getattr(event, "exclusion", None))
    if isinstance(line.ref, UUID) and (payment := payments.get(line.ref)):
        return Shown(line, payment, payment.payee.name, getattr(payment, "exclusion", None))
    return Shown(line, None, "", None)
