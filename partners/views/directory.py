"""Firms: finding them, their cards, and what we note about them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from partnernet.core import clock, localtime
from partners import scoring
from partners.actions import invites, partnerships, reckoning
from partners.directory import Search, firms_for, page_of
from partners.forms import NotesForm
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Community, Firm, FirmInvite, Partnership, Skill
from partners.models.scores import DIMENSION_CHOICES
from partners.radar import beside_network, chart_of

DESK = ("owner", "dispatcher", "finance", "viewer")
OFFICE = ("owner", "dispatcher")


@for_roles(*DESK)
def firms(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Search the firms of the network; what we know ourselves comes first."""
    search = Search.read(request.GET.dict())
    page = page_of(firms_for(request.member, search), search, after=request.GET.get("after", ""))
    context = {
        "page": page,
        "search": search,
        "skills": Skill.objects.order_by("name"),
        "communities": Community.objects.by_name(),
        "waiting": FirmInvite.objects.sent_by(firm)
        .open()
        .select_related("card")
        .order_by("-created_at", "-id")[:20],
        "today": localtime.day_in(clock.now(), request.member.firm.timezone),
    }
    rows_only = request.htmx and request.GET.get("after")
    return render(request, "partners/_firm_rows.html" if rows_only else "partners/firms.html", context)


@for_roles(*DESK)
def firm(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Show one firm: our own notes first, then its record and what it offers."""
    other = get_object_or_404(firms_for(request.member, Search()), pk=pk)
    noted = Partnership.objects.visible_to(firm).filter(other=other).first()
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    beside = beside_network(other, reckoning.figures_of(today)) if other.status == Firm.Status.ACTIVE else []
    context = {
        "other": other,
        "noted": noted,
        "beside": beside,
        "chart": chart_of(other, beside),
        "notes": NotesForm(initial=_initial(noted)),
        "certifications": other.certifications.order_by("name", "id"),
        "days_to_pay": reckoning.days_to_pay(other, currency=request.member.firm.currency, on=today),
        "dimensions": DIMENSION_CHOICES.items(),
        "made_of": _made_of(other, today) if other.status == Firm.Status.ACTIVE else [],
        "today": today,
        "invited": FirmInvite.objects.sent_by(firm).waiting().filter(card=other).first(),
    }
    return render(request, "partners/firm.html", context)


@require_POST
@for_roles(*OFFICE)
def note(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep what we note about a firm."""
    other = get_object_or_404(firms_for(request.member, Search()), pk=pk)
    form = NotesForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: partnerships.note(other, by=request.member, changes=form.cleaned_data)
    ):
        messages.success(request, "Noted. Only your firm sees it.")
        return redirect("firm", firm, pk)
    return render(request, "partners/notes.html", {"other": other, "form": form}, status=422)


@require_POST
@for_roles(*OFFICE)
def mark(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Put a firm on the bench or block it, or take that back."""
    other = get_object_or_404(firms_for(request.member, Search()), pk=pk)
    changes = {
        name: request.POST[name] == "1"
        for name in ("bench", "blocked")
        if request.POST.get(name) in ("0", "1")
    }
    said = {
        ("bench", True): f"{other.name} is on your bench.",
        ("bench", False): f"{other.name} is off your bench.",
        ("blocked", True): f"{other.name} is blocked. It sees that you are not taking offers.",
        ("blocked", False): f"{other.name} is no longer blocked.",
    }.get(next(iter(changes.items()), ("", False)), "Nothing has changed.")
    to = reverse("firm", args=[firm, pk])
    return answer(
        request, lambda: partnerships.note(other, by=request.member, changes=changes), to=to, said=said
    )


@require_POST
@for_roles(*OFFICE)
def revoke_invite(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    invite = get_object_or_404(FirmInvite.objects.sent_by(firm).select_related("card"), pk=pk)
    return answer(
        request,
        lambda: invites.revoke(invite, by=request.member),
        to=reverse("firms", args=[firm]),
        said=f"The invitation to {invite.card.name} is taken back. Its link says so.",
    )


def _made_of(other: Firm, today: date) -> list[tuple[str, list[scoring.Part]]]:
    """Return what each of a firm's scores is made of, by kind; scores without any evidence are left out."""
    parts = {name: scoring.make_up(score) for name, score in reckoning.explain(other, on=today).items()}
    return [(words, parts[name]) for name, words in DIMENSION_CHOICES.items() if parts[name]]


def _initial(noted: Partnership | None) -> dict[str, object]:
    if noted is None:
        return {"vetting_status": Partnership.Vetting.NONE}
    return {name: getattr(noted, name) for name in NotesForm.base_fields}
