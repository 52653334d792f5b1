"""Claims: for owners alone. The list, a new one, one claim with its history, and its steps."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions import claim_answers as answers
from contracts.actions import claims as actions
from contracts.actions import reach
from contracts.actions.claim_news import said
from contracts.forms_claims import (
    BilledForm,
    ClaimForm,
    EvidenceForm,
    OutcomeForm,
    PayForm,
    PaymentForm,
    SettlementForm,
    SureForm,
    WordForm,
)
from contracts.models import Agreement, Claim, ProtectedClient
from contracts.workflow import CLAIM
from partnernet.core import clock, uploads
from partnernet.core.errors import Invalid
from partnernet.core.pages import page_of
from partnernet.core.workflow import Step
from partners.http import MemberRequest, answer, download, for_roles, tried

owners = for_roles("owner")
MOST_TO_START = 100
# What is most likely wanted, where it can be done at once.
FIRST = ("file", "offer_cure", "accept_cure", "accept_settlement", "confirm_outcome")


@require_safe
@owners
def claims(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Every claim that we made, and those that we were served with."""
    found = Claim.objects.visible_to(firm).with_parties()
    page = page_of(found, request, sides=[Q(claimant=firm), Q(respondent=firm)])
    rows = [(one, one.claimant_id == firm, one.across(firm)) for one in page.rows]
    signed = Agreement.objects.visible_to(firm).signed().with_parties().newest_first()[:MOST_TO_START]
    across = [(one, one.other if one.proposer_id == firm else one.proposer) for one in signed]
    return render(request, "contracts/claims.html", {"page": page, "rows": rows, "agreements": across})


@require_http_methods(["GET", "POST"])
@owners
def claim_about_client(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Write a claim about a client of ours that is protected."""
    own = ProtectedClient.objects.visible_to(firm).filter(prime=firm).with_parties()
    protected = get_object_or_404(own, pk=pk)
    return _new(request, protected.agreement, Claim.Kind.CLIENT, protected)


@require_http_methods(["GET", "POST"])
@owners
def claim_under_agreement(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Write a claim about people, conduct or confidentiality."""
    agreement = get_object_or_404(Agreement.objects.visible_to(firm).signed().with_parties(), pk=pk)
    return _new(request, agreement, "", None)


def _new(
    request: MemberRequest, agreement: Agreement, kind: str, protected: ProtectedClient | None
) -> HttpResponse:
    firm = request.member.firm_id
    form = ClaimForm(request.POST or None, kind=kind)
    made: list[Claim] = []

    def draft() -> None:
        made.append(actions.draft(agreement, form.facts(), by=request.member, protected=protected))

    if tried(form, draft):
        return redirect("claim", firm, made[0].pk)
    other = reach.across(agreement, firm)
    context = {"form": form, "protected": protected, "other": other, "back": reverse("claims", args=[firm])}
    return render(request, "contracts/claim_new.html", context)


@require_http_methods(["GET", "POST"])
@owners
def change_claim(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Change a draft."""
    found = _found(firm, pk)
    form = ClaimForm(request.POST or None, kind=found.kind, initial=ClaimForm.of(found))
    page = reverse("claim", args=[firm, pk])
    if tried(form, lambda: actions.change(found, form.facts(), by=request.member)):
        return redirect(page)
    context = {"form": form, "protected": found.protected_client, "other": found.respondent, "back": page}
    return render(request, "contracts/claim_new.html", context)


@require_safe
@owners
def claim(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """One claim: what is said, what it comes to, what shows it, what happened, and what can be done."""
    found = _found(firm, pk)
    side = found.side_of(firm)
    steps = {step.name: step for step in CLAIM.open_steps(found.status, side=side, role=request.member.role)}
    _only_what_fits(steps, found, firm)
    context = {
        "claim": found,
        "ours": side == "claimant",
        "across": found.across(firm),
        "may_change": "change" in steps,
        "choices": [_choice(step, found, firm) for name, step in steps.items() if name != "change"],
        "may_add": found.status not in ("settled", "upheld", "partly_upheld", "dismissed", "withdrawn", "time_barred", "closed"),
        "evidence_form": EvidenceForm(auto_id="paper_%s"),
        "reckon_form": _reckon_form(found),
        "evidence": found.evidence.select_related("firm", "uploaded_by").order_by("uploaded_at", "pk"),
        "owed": (found.agreed or 0) - found.paid,
        "unread": side == "respondent" and found.read_at is None,
        "events": [
            {"sentence": said(found, event), "reason": event.reason, "occurred_at": event.occurred_at}
            for event in found.events.order_by("occurred_at", "pk")
        ],
        "now": clock.now(),
    }  # fmt: skip
    return render(request, "contracts/claim.html", context)


def _choice(step: Step, found: Claim, firm: UUID) -> dict[str, Any]:
    """Return one thing that can be done, with what it asks for. Any: what a template shows."""
    form = FORMS[step.name](None, found) if step.name in FORMS else None
    look = "btn-danger" if step.danger else "btn-primary" if step.name in FIRST else ""
    to = reverse(f"claim-{step.name.replace('_', '-')}", args=[firm, found.pk])
    return {"title": step.title, "to": to, "form": form, "look": look}


def _only_what_fits(steps: dict[str, Step], found: Claim, firm: UUID) -> None:
    """Leave away the steps that only the other firm takes now."""
    mine = found.settlement_by_id == firm
    if found.settlement_by_id is None or mine:
        steps.pop("accept_settlement", None)
    if found.settlement_by_id is None:
        steps.pop("refuse_settlement", None)
    if found.outcome_by_id is None or found.outcome_by_id == firm:
        steps.pop("confirm_outcome", None)
    if found.outcome_by_id is None:
        steps.pop("object_outcome", None)
    else:
        steps.pop("state_outcome", None)
    if found.agreed is None or found.agreed <= found.paid:
        steps.pop("note_payment", None)


def _found(firm: UUID, pk: UUID) -> Claim:
    return get_object_or_404(Claim.objects.visible_to(firm).with_parties().select_related("read_by"), pk=pk)


def _reckon_form(found: Claim) -> forms.Form | None:
    if found.kind == Claim.Kind.CONDUCT or found.status != Claim.Status.DRAFT:
        return None
    return BilledForm() if found.kind == Claim.Kind.CLIENT else PayForm()


def _word(name: str, label: str, **more: Any) -> Callable[[Any, Claim], forms.Form]:
    return lambda data, found: WordForm(data, name=name, label=label, **more)


def _has_money(found: Claim) -> bool:
    return found.kind != Claim.Kind.CONDUCT


# What a step asks for. Any: what was posted.
FORMS: dict[str, Callable[[Any, Claim], forms.Form]] = {
    "respond": _word(
        "response", "Your answer", most=5000, help_text="What is so, what is not, and what follows."
    ),
    "report_cure": _word("cured", "What was stopped, handed back or disclosed?", most=5000),
    "name_mediator": _word("mediator", "Who mediates, and how to reach them?", most=200),
    "object_outcome": _word("reason", "What is wrong with it?", most=1000),
    "suspend": _word("reason", "Before which court or arbitrator, since when?", most=1000),
    "withdraw": _word("reason", "Why?", required=False, most=1000),
    "offer_settlement": lambda data, found: SettlementForm(data, money=_has_money(found)),
    "state_outcome": lambda data, found: OutcomeForm(data, money=_has_money(found)),
    "note_payment": lambda data, found: PaymentForm(data),
    "admit": lambda data, found: SureForm(
        data, label="Yes: what was claimed is agreed on, and it counts in our record of trust."
    ),
}
ACTS: dict[str, tuple[Callable[..., object], str]] = {
    "file": (actions.file, "Filed. {across} is served within the hour; until then you can take it back."),
    "take_back": (actions.take_back, "It is a draft again. Nobody has seen it."),
    "respond": (answers.respond, "{across} has your answer."),
    "demand_cure": (answers.demand_cure, "{across} is asked to put it right."),
    "offer_cure": (answers.offer_cure, "{across} knows. The days for it begin now."),
    "report_cure": (answers.report_cure, "{across} knows."),
    "accept_cure": (answers.accept_cure, "Settled: it was put right."),
    "talk": (answers.talk, "Call {across}: the owners talk now."),
    "mediate": (answers.mediate, "Mediation comes next. Agree with {across} on somebody."),
    "name_mediator": (answers.name_mediator, "Written down."),
    "offer_settlement": (answers.offer_settlement, "{across} has your offer."),
    "accept_settlement": (answers.accept_settlement, "Settled."),
    "refuse_settlement": (answers.refuse_settlement, "{across} knows."),
    "admit": (answers.admit, "Admitted. {across} knows."),
    "state_outcome": (answers.state_outcome, "{across} confirms it, or objects."),
    "confirm_outcome": (answers.confirm_outcome, "Confirmed."),
    "object_outcome": (answers.object_outcome, "The claim stays where it was. {across} knows."),
    "suspend": (answers.suspend, "Its clock stands still."),
    "resume": (answers.resume, "It goes on here."),
    "withdraw": (answers.withdraw, "Withdrawn. It has no effect on anybody."),
    "note_payment": (answers.note_payment, "Written down."),
    "close": (answers.close, "Closed."),
}  # fmt: skip


def _stepping(name: str) -> Callable[..., HttpResponseBase]:
    act, words = ACTS[name]

    @require_POST
    @owners
    def page(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
        found = _found(firm, pk)

        def take() -> None:
            typed = _read(FORMS[name](request.POST, found)) if name in FORMS else {}
            typed.pop("sure", None)
            act(found, by=request.member, **typed)

        to = reverse("claim", args=[firm, pk])
        return answer(request, take, to=to, said=words.format(across=found.across(firm).name))

    return page


STEPS = {name: _stepping(name) for name in ACTS}


@require_POST
@owners
def reckon(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Work the damages out by the formula."""
    found = _found(firm, pk)

    def take() -> None:
        form = BilledForm(request.POST) if found.kind == Claim.Kind.CLIENT else PayForm(request.POST)
        actions.reckon(found, by=request.member, **_read(form))

    return answer(request, take, to=reverse("claim", args=[firm, pk]), said="Worked out below, step by step.")


@require_POST
@owners
def read_claim(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep that the notice was opened, when its page has been shown."""
    actions.read_notice(_found(firm, pk), by=request.member)
    return HttpResponse(status=204)


@require_POST
@owners
def add_evidence(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep a paper."""
    found = _found(firm, pk)

    def take() -> None:
        typed = _read(EvidenceForm(request.POST, request.FILES))
        sent = uploads.sent(request, request.FILES, what="file")
        upload = uploads.paper(sent.read(), sent.name or "paper")
        paper = actions.Paper(typed["kind"], typed["source"], typed["event_on"], upload, typed["redacted"])
        actions.add_evidence(found, paper, by=request.member)

    return answer(request, take, to=reverse("claim", args=[firm, pk]), said="Kept, with its hash.")


@require_safe
@owners
def evidence_file(request: MemberRequest, firm: UUID, pk: UUID, paper: UUID) -> FileResponse:
    """Serve a paper to an owner of either firm."""
    kept = get_object_or_404(_found(firm, pk).evidence, pk=paper)
    return download(kept.file, name=kept.file_name, content_type=kept.content_type)


def _read(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    return form.cleaned_data
