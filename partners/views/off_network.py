"""A firm that is not on the network, put on our own list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from partners.actions import off_network
from partners.forms.off_network import OffNetworkForm
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
