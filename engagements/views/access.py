"""Keys, accounts and tools that are out: what we handed over, and what we hold."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from engagements.actions import access as actions
from engagements.forms.access import BackForm, DenyForm
from engagements.models import AccessGrant
from engagements.views.jobs import LEADS, READERS
from partnernet.core.errors import Invalid
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles


@require_safe
@for_roles(*READERS)
def access(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Whatever is not settled, the newest first; with `all`, everything."""
    found = AccessGrant.objects.visible_to(firm).with_work()
    everything = "all" in request.GET
    page = page_of(found if everything else found.unsettled(), request)
    context = {
        "page": page,
        "rows": [{"grant": each, "ours": each.work_order.prime_id == firm} for each in page.rows],
        "everything": everything,
        "leads": request.member.role in LEADS,
    }
    return render(request, "engagements/access.html", context)


@require_POST
@for_roles(*LEADS)
def hand_back(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    typed = BackForm(request.POST)
    said = "Written down. The other firm is asked to confirm it."
    return _step(request, pk, lambda grant: actions.hand_back(grant, by=request.member, **_read(typed)), said)


@require_POST
@for_roles(*LEADS)
def receive(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    return _step(request, pk, lambda grant: actions.receive(grant, by=request.member), "It is back.")


@require_POST
@for_roles(*LEADS)
def deny(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    typed, said = DenyForm(request.POST), "It is owed again, and they have been told why."
    return _step(request, pk, lambda grant: actions.deny(grant, by=request.member, **_read(typed)), said)


@require_POST
@for_roles(*LEADS)
def revoke(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    said = "Written down: it opens nothing any more."
    return _step(request, pk, lambda grant: actions.revoke(grant, by=request.member), said)


def _step(request: MemberRequest, pk: UUID, act: Any, said: str) -> HttpResponse:
    grant = get_object_or_404(AccessGrant.objects.visible_to(request.member.firm_id), pk=pk)
    return answer(request, lambda: act(grant), to=reverse("access", args=[request.member.firm_id]), said=said)


def _read(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    cleaned: dict[str, Any] = form.cleaned_data
    return cleaned
