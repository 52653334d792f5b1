"""Our record: every score with every event behind it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from partnernet.core import clock, localtime
from partners import scoring
from partners.actions import reckoning, scores
from partners.forms import ReasonForm, ReplyForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import PaymentExperience, ScoreEvent, ScoreExclusion, ScoreReply
from partners.models.scores import DIMENSION_CHOICES
from partners.scoring import credit, kinds

DESK = ("owner", "dispatcher", "finance", "viewer")
LEADS = ("owner", "dispatcher")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of a score beside the row it comes from."""

    line: scoring.Line
    row: ScoreEvent | PaymentExperience | None
    counterparty: str
    exclusion: ScoreExclusion | None
    reply: ScoreReply | None


@for_roles(*DESK)
def our_record(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Explain our four scores as of today."""
    own = request.member.firm
    today = localtime.day_in(clock.now(), own.timezone)
    explained = reckoning.explain(own, on=today)
    events = ScoreEvent.objects.about(firm).select_related("counterparty", "exclusion", "reply").in_bulk()
    payments = PaymentExperience.objects.about(firm).select_related("payee", "exclusion", "reply").in_bulk()
    cards = [
        (DIMENSION_CHOICES[name], score, [_shown(line, events, payments) for line in reversed(score.lines)])
        for name, score in explained.items()
    ]
    pays = reckoning.days_to_pay(own, currency=own.currency, on=today)
    return render(
        request,
        "partners/our_record.html",
        {"cards": cards, "today": today, "days_to_pay": pays, "may_reply": request.member.role in LEADS},
    )


@require_http_methods(["GET", "POST"])
@for_roles("owner")
def ask_exclusion(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Ask the operator not to count an event or a payment."""
    evidence = _own(firm, pk)
    form = ReasonForm(request.POST or None)
    if tried(form, lambda: scores.ask_exclusion(evidence, by=request.member, **form.cleaned_data)):
        return redirect("our-record", firm)
    return render(request, "partners/ask_exclusion.html", {"form": form, "evidence": evidence})


@require_http_methods(["GET", "POST"])
@for_roles(*LEADS)
def reply(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say something to an event or a payment of ours."""
    evidence = _own(firm, pk)
    form = ReplyForm(request.POST or None)
    if tried(form, lambda: scores.reply(evidence, by=request.member, **form.cleaned_data)):
        return redirect("our-record", firm)
    return render(request, "partners/reply.html", {"form": form, "evidence": evidence})


@require_safe
@for_roles(*DESK)
def rules(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Publish how scores are reckoned, from the very table that reckons them, with the figures of the last snapshot."""
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    figures = reckoning.figures_of(today)
    tables = [
        (words, figures.baseline(name), [kind for kind in scoring.KINDS.values() if kind.dimension == name])
        for name, words in DIMENSION_CHOICES.items()
        if name != scoring.CREDIT
    ]
    context = {
        "tables": tables,
        "credit": figures.baseline(scoring.CREDIT),
        "curve": credit.PAYDEX,
        "payment": {
            "half_life": credit.PAYMENT_HALF_LIFE,
            "months": credit.PAYMENT_MONTHS,
            "cap": credit.PAYMENT_WEIGHT_CAP,
        },
        "prior": kinds.PRIOR_WEIGHT,
        "cap": kinds.COUNTERPARTY_CAP,
        "min_events": kinds.MIN_EVENTS,
        "min_firms": kinds.MIN_COUNTERPARTIES,
        "firms_for_a_mean": kinds.FIRMS_FOR_A_MEAN,
        "published": figures.on,
    }
    return render(request, "partners/scoring_rules.html", context)


def _own(firm: UUID, pk: UUID) -> ScoreEvent | PaymentExperience:
    """Return a piece of a firm's own evidence; 404 for anybody else's."""
    event = ScoreEvent.objects.about(firm).filter(pk=pk).first()
    return event or get_object_or_404(PaymentExperience.objects.about(firm), pk=pk)


def _shown(
    line: scoring.Line, events: dict[UUID, ScoreEvent], payments: dict[UUID, PaymentExperience]
) -> Shown:
    if isinstance(line.ref, UUID) and (event := events.get(line.ref)):
        other = event.counterparty.name if event.counterparty else ""
        return Shown(line, event, other, getattr(event, "exclusion", None), getattr(event, "reply", None))
    if isinstance(line.ref, UUID) and (payment := payments.get(line.ref)):
        excluded, said = getattr(payment, "exclusion", None), getattr(payment, "reply", None)
        return Shown(line, payment, payment.payee.name, excluded, said)
    return Shown(line, None, "", None, None)
