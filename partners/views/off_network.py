"""A firm that is not on the network, put on our own list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partners.actions import invites, off_network
from partners.forms.off_network import AskToJoinForm, OffNetworkForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import Firm


@require_http_methods(["GET", "POST"])
@for_roles("owner", "dispatcher")
def add(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Name it, and whom to call. Nobody else sees it."""
    form = OffNetworkForm(request.POST or None)
    made: list[Firm] = []
    if tried(form, lambda: made.append(off_network.add(form.known(), by=request.member))):
        messages.success(request, f"{made[0].name} is on your list. Nobody else sees it.")
        return redirect("firm", firm, made[0].pk)
    return render(request, "partners/off_network.html", {"form": form, "back": reverse("firms", args=[firm])})


@require_http_methods(["GET", "POST"])
@for_roles("owner", "dispatcher")
def ask_to_join(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Invite a firm of our own list to PartnerNet."""
    kept = get_object_or_404(Firm.objects.kept_off_network_by(firm), pk=pk)
    form = AskToJoinForm(request.POST or None, initial={"email": kept.contact_email})
    if tried(form, lambda: invites.ask_to_join(kept, by=request.member, **form.cleaned_data)):
        messages.success(request, f"The invitation to {kept.name} is on its way.")
        return redirect("firm", firm, pk)
    context = {"form": form, "kept": kept, "back": reverse("firm", args=[firm, pk])}
    return render(request, "partners/ask_to_join.html", context)
