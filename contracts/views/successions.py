"""What became of a client: written on one page, with the firms that will be told."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from clients.actions.clients import WRITERS
from clients.forms import BecameForm
from clients.models import Client, ClientSuccession
from contracts.actions import successions as actions
from partnernet.core import clock, localtime
from partners.http import MemberRequest, answer, for_roles, tried


@require_http_methods(["GET", "POST"])
@for_roles(*WRITERS)
def became(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Sold, renamed, merged, split: say which, and see who will be told."""
    client = get_object_or_404(Client.objects.visible_to(firm), pk=pk)
    now = clock.now()
    today = localtime.day_in(now, request.member.firm.timezone)
    form = BecameForm(client, request.POST or None, today=today)
    made: list[ClientSuccession] = []
    if tried(form, lambda: made.append(actions.record(client, form.became(), by=request.member))):
        messages.success(request, f"{made[0].sentence}. Whoever it is protected from has been told.")
        return redirect("client", firm, made[0].after_id)
    context = {
        "client": client,
        "form": form,
        "back": reverse("client", args=[firm, pk]),
        "running": actions.running(client, by=request.member, now=now),
    }
    return render(request, "clients/became.html", context)


@require_POST
@for_roles(*WRITERS)
def undo(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(ClientSuccession.objects.visible_to(firm), pk=pk)
    page = reverse("client", args=[firm, found.before_id])
    said = "Taken back. The firms that were told of it have been told of this too."
    return answer(request, lambda: actions.undo(found, by=request.member), to=page, said=said)
