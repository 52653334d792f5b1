"""Home: what needs you, and four numbers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clients.models import Client
from contracts.models import Agreement
from engagements.models import Engagement, WorkOrder
from partnernet.core import clock
from partnernet.pages.figures import figures_of
from partnernet.pages.needs import HIRED, WERE_HIRED, needs_of
from partners.first_steps import FirstStep, firms_named, first_steps
from partners.http import MemberRequest
from partners.models import Member


@require_safe
def home(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show what waits for this member. Technicians have their own page."""
    member = request.member
    if member.role == "technician":
        return redirect("today", firm)
    now = clock.now()
    side = request.GET.get("side", "")
    side = side if side in {HIRED, WERE_HIRED} else ""
    context = {
        "needs": needs_of(member, now=now, side=side),
        "side": side,
        "figures": figures_of(member, now=now),
        "steps": _steps(member),
        "now": now,
    }
    return render(request, "pages/home.html", context)


def _steps(member: Member) -> tuple[FirstStep, ...]:
    """The first ten minutes, for those who can take the steps, until the firm does its first work with another."""
    if member.role not in {"owner", "dispatcher"} or WorkOrder.objects.under_way_for(member.firm_id).exists():
        return ()
    return first_steps(
        firms=firms_named(member.firm_id),
        clients=Client.objects.visible_to(member.firm_id)[:1].count(),
        jobs=Engagement.objects.visible_to(member.firm_id)[:1].count(),
        agreements=Agreement.objects.visible_to(member.firm_id)[:1].count(),
    )
