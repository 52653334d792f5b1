"""Saved views of lists."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from partners.actions import saved_views
from partners.http import MemberRequest, answer, for_roles
from partners.models.saved_views import LISTS

DESK = ("owner", "dispatcher", "finance", "viewer")


@require_POST
@for_roles(*DESK)
def keep(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Keep the list as it is filtered now."""
    page, name = _list(request), request.POST.get("name", "")
    filters = saved_views.cleaned(request.POST.get("filters", ""))
    return answer(
        request,
        lambda: saved_views.keep(page, filters, by=request.member, name=name),
        to=f"{reverse(page, args=[firm])}?{filters}",
        said="Kept. Only you see it.",
    )


@require_POST
@for_roles(*DESK)
def forget(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Give a view up."""
    page, name = _list(request), request.POST.get("name", "")
    return answer(
        request,
        lambda: saved_views.forget(page, by=request.member, name=name),
        to=reverse(page, args=[firm]),
        said=f"“{name}” is given up.",
    )


def _list(request: MemberRequest) -> str:
    page = request.POST.get("page", "")
    if page not in LISTS:
        raise Http404
    return page
