"""Who knows our clients: client by firm, first and last visit, and until when each is protected; and what to do when one leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clients.actions import clients
from clients.models import Client
from contracts.models import ProtectedClient
from engagements.models import WorkOrder
from partnernet.core import clock, localtime
from partnernet.core.pages import page_of
from partners.http import MemberRequest, for_roles, tried
from partners.models import Firm

DESK = ("owner", "dispatcher", "viewer")
LEADS = ("owner", "dispatcher")
PAGE = 100


@dataclass(frozen=True, slots=True)
class Exposed:
    """One firm that was told of a client: `days` are those that the protection still runs."""

    row: ProtectedClient
    days: int


class LeftForm(forms.Form):
    """On which day a client left."""

    left_on = forms.DateField(label="Since which day?", widget=forms.DateInput({"type": "date"}))


@require_safe
@for_roles(*DESK)
def exposure(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show each client of ours with every firm that was told of it; those that run, or all."""
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    everything = request.GET.get("show") == "all"
    found = ProtectedClient.objects.visible_to(firm).filter(prime=firm).select_related("client", "sub")
    if not everything:
        found = found.running_on(today)
    page = page_of(found, request, by=("client_name", "client_id", "pk"), size=PAGE)
    running = ProtectedClient.objects.visible_to(firm).filter(prime=firm).running_on(today)
    context = {
        "page": page,
        "clients": list(_by_client(page.rows, today)),
        "everything": everything,
        "knowing": running.values("sub").distinct().count(),
        "known": running.values("client").distinct().count(),
        "may_write": request.member.role in LEADS,
    }
    return render(request, "pages/exposure.html", context)


def _by_client(rows: Sequence[ProtectedClient], today: date) -> Iterable[dict[str, Any]]:
    """Group rows that stand in the order of their clients. Any: what a template shows."""
    for _, each in groupby(rows, key=lambda row: row.client_id):
        exposed = [Exposed(row, row.days_left(today)) for row in each]
        yield {"client": exposed[0].row.client, "firms": exposed}


@require_http_methods(["GET", "POST"])
@for_roles(*LEADS)
def left(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """A client left us: who served it, which protections run, and the evidence pack of each."""
    client = get_object_or_404(Client.objects.visible_to(firm), pk=pk)
    now = clock.now()
    today = localtime.day_in(now, request.member.firm.timezone)
    if request.method == "POST" and "back" in request.POST:
        clients.mark_left(client, by=request.member, on=None)
        messages.success(request, f"Good to have {client.name} back.")
        return redirect("client", firm, pk)
    form = LeftForm(request.POST or None, initial={"left_on": client.left_on or today})
    if tried(form, lambda: clients.mark_left(client, by=request.member, on=form.cleaned_data["left_on"])):
        return redirect("client-left", firm, pk)
    rows = ProtectedClient.objects.visible_to(firm).filter(client=client).with_parties()
    told = [Exposed(row, row.days_left(today)) for row in rows.order_by("-protected_until", "pk")]
    context = {
        "client": client,
        "form": form,
        "told": told,
        "unprotected": _unprotected(client, {each.row.sub_id for each in told}, firm=firm),
        "owner": request.member.role == "owner",
    }
    return render(request, "pages/client_left.html", context)


def _unprotected(client: Client, told: set[UUID], *, firm: UUID) -> list[Firm]:
    """Return the firms that worked for a client without ever having been told of a protection."""
    orders = WorkOrder.objects.given_by(firm).filter(client=client, sub__isnull=False)
    subs = {order.sub_id: order.sub for order in orders.exclude(sub__in=told).select_related("sub")}
    return sorted((sub for sub in subs.values() if sub), key=lambda sub: (sub.name, sub.pk))
