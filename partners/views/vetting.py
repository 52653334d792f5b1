"""Vetting: what we found out about another firm."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partners.actions import vetting as actions
from partners.directory import Search, firms_for
from partners.forms.vetting import VettingForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import VettingAnswer


@for_roles("owner", "dispatcher", "finance", "viewer", posting=("owner", "dispatcher"))
def vetting(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Show and change our answers about a firm."""
    other = get_object_or_404(firms_for(request.member, Search()), pk=pk)
    known = list(
        VettingAnswer.objects.visible_to(firm)
        .about(pk)
        .select_related("answered_by")
        .order_by("answered_at", "pk")
    )
    form = VettingForm(request.POST or None, known=known)
    if tried(form, lambda: actions.vet(other, form.findings(), by=request.member)):
        messages.success(request, "Kept. Only your firm sees it.")
        return redirect("vetting", firm, pk)
    context = {"other": other, "form": form, "may_change": request.member.role in ("owner", "dispatcher")}
    return render(request, "partners/vetting.html", context)
