"""Offers: what a firm received, how it answers, and what the firm that asked does with an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from engagements import wording
from engagements.actions import answers, counters
from engagements.actions import offers as actions
from engagements.arrivals import FIELD
from engagements.demands import BEING_CHECKED, Met
from engagements.double_booking import elsewhere
from engagements.exposure import warning_before
from engagements.forms.terms import CounterForm, NewTermsForm
from engagements.forms.work import AnswerForm
from engagements.models import Offer
from engagements.offer_facts import facts_for_sub
from engagements.views.jobs import LEADS, READERS
from engagements.views.talk import asked_context
from engagements.workflow import OFFER
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partnernet.core.pages import page_of
from partners.forms import PaperForm
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Member


def offer_or_404(request: MemberRequest, pk: UUID) -> Offer:
    visible = (
        Offer.objects.visible_to(request.member.firm_id)
        .with_terms()
        .select_related("counter", "enclosed_agreement")
    )
    return get_object_or_404(visible, pk=pk)


@require_GET
@for_roles(*READERS)
def offers(request: MemberRequest, firm: UUID) -> HttpResponse:
    status = request.GET.get("status", "")
    found = Offer.objects.received_by(firm)
    found = found.filter(status=status) if status in Offer.Status.values else found
    page = page_of(found.with_terms(), request)
    rows = [
        {"offer": each, "when": wording.short_dates(each.revision) if each.revision else ""}
        for each in page.rows
    ]
    context = {"page": page, "rows": rows, "status": status, "statuses": Offer.Status.choices[1:]}
    return render(request, "engagements/offers.html", context)


@require_GET
@for_roles(*READERS)
def offer(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = offer_or_404(request, pk)
    if found.firm_id != firm:
        return redirect("work-order", firm, found.work_order_id)
    steps = OFFER.open_steps(found.status, side="sub", role=request.member.role)
    staff = Member.objects.active().of(firm).select_related("user").order_by("user__name", "pk")
    may = {step.name for step in steps}
    away = elsewhere([found], firm_id=firm).get(found.pk, []) if "accept" in may else []
    where = {each.person: each.where for each in away}
    context = (
        facts_for_sub(found, now=clock.now())
        | {
            "may": may,
            "staff": [(person, where.get(person.pk, "")) for person in staff],
            "warnings": [each.told_to(request.member.pk) for each in away]
            + ([carried] if "accept" in may and (carried := warning_before(found)) else []),
            "member": request.member,
        }
        | asked_context(found, firm_id=firm)
    )
    context["to_send"] = _to_send(context["papers"]) if "accept" in may or found.status == "accepted" else []
    return render(request, "engagements/offer.html", context)


def _to_send(papers: Sequence[Met]) -> list[tuple[Met, PaperForm]]:
    """Return a form for each paper that is missing and not on its way."""
    return [
        (each, PaperForm(initial={"wanted": each.demand.wanted}, auto_id=f"{each.demand.wanted}-%s"))
        for each in papers
        if each.why and each.why != BEING_CHECKED
    ]


def _read_answer(sent: QueryDict) -> dict[str, Any]:
    """Return which terms were seen, who goes and when. 404 for what no page of ours would send."""
    form = AnswerForm(sent)
    if not form.is_valid():
        if set(form.errors) != {FIELD}:
            raise Http404
        raise Invalid({FIELD: [str(each) for each in form.errors[FIELD]]})
    typed: dict[str, Any] = form.cleaned_data
    return typed


@require_POST
@for_roles(*LEADS)
def accept(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = offer_or_404(request, pk)

    def act() -> None:
        answers.accept(found, by=request.member, **_read_answer(request.POST))

    to = reverse("offer", args=[firm, pk])
    return answer(request, act, to=to, said="The job is yours. Both firms are bound.")


@require_POST
@for_roles(*LEADS)
def decline(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = offer_or_404(request, pk)
    reason = request.POST.get("reason", "")[:500]
    to = reverse("offer", args=[firm, pk])
    return answer(
        request,
        lambda: answers.decline(found, by=request.member, reason=reason),
        to=to,
        said="You said no. Nothing counts against you.",
    )


@for_roles(*LEADS)
def counter(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _new_terms(request, pk, step="counter", submit="Ask for these terms")


@for_roles(*LEADS)
def revise(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _new_terms(request, pk, step="revise", submit="Send the new terms")


def _new_terms(request: MemberRequest, pk: UUID, *, step: str, submit: str) -> HttpResponse:
    """Ask for other terms, as either side: the form starts with those that stand."""
    found = offer_or_404(request, pk)
    standing = found.revision
    if standing is None:
        raise Http404
    act: Callable[..., Offer] = counters.counter if step == "counter" else actions.revise
    kind = CounterForm if step == "counter" else NewTermsForm
    form = kind(
        request.POST or None,
        initial=kind.of(standing) | {"units": standing.units},
        is_cover=standing.is_cover,
    )
    if form.is_valid() and tried(
        form, lambda: act(found, form.new_terms(standing.timezone), by=request.member)
    ):
        return redirect("offer", request.member.firm_id, pk)
    context = {
        "form": form,
        "offer": found,
        "submit": submit,
        "order": found.work_order,
        "zone": standing.timezone,
    }
    return render(request, "engagements/new_terms.html", context)


SIMPLE: dict[str, tuple[Callable[..., Any], str]] = {
    "reopen": (answers.reopen, "The offer is open again."),
    "withdraw_counter": (counters.withdraw_counter, "Your terms are taken back."),
    "refuse_counter": (counters.refuse_counter, "Your terms stand. They have been told."),
    "withdraw": (actions.withdraw, "The offer is withdrawn."),
    "undo": (actions.undo, "Nothing was sent."),
    "send": (actions.send, "The offer is sent."),
}


@require_POST
@for_roles(*LEADS)
def step(request: MemberRequest, firm: UUID, pk: UUID, name: str) -> HttpResponse:
    """Take a step that asks for nothing more."""
    act, said = SIMPLE[name]
    found = offer_or_404(request, pk)
    own = found.firm_id == firm
    to = reverse("offer", args=[firm, pk]) if own else reverse("work-order", args=[firm, found.work_order_id])
    return answer(request, lambda: act(found, by=request.member), to=to, said=said)


@require_POST
@for_roles(*LEADS)
def accept_counter(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = offer_or_404(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    to = reverse("work-order", args=[firm, found.work_order_id])
    return answer(
        request,
        lambda: counters.accept_counter(found, by=request.member, revision=form.cleaned_data["revision"]),
        to=to,
        said="Agreed. Both firms are bound.",
    )
