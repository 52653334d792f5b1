"""Communities: those our firm belongs to, and the pages of whoever confirms members."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from partnernet.core.models import User
from partnernet.core.pages import page_of
from partners.actions import communities as actions
from partners.forms.communities import BelongForm, CommunityForm
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Community, CommunityMembership

SAID = {
    "confirm": "{firm} is confirmed. It is told, and other firms see it.",
    "refuse": "{firm} is told why.",
    "end": "{firm} is told why it is no longer counted.",
}


@for_roles("owner", "dispatcher", "finance", posting=("owner", "dispatcher"))
def communities(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show where our firm belongs, and name another community."""
    ours = CommunityMembership.objects.visible_to(firm).select_related("community")
    named = ours.standing().values("community")
    others = Community.objects.exclude(pk__in=named).by_name()
    form = BelongForm(request.POST or None, others=others)
    if tried(form, lambda: actions.ask(by=request.member, **form.cleaned_data)):
        messages.success(request, f"{form.cleaned_data['community']} is asked to confirm it.")
        return redirect("communities", firm)
    context = {
        "page": page_of(ours, request),
        "form": form,
        "is_any_left": others.exists(),
        "may_write": request.member.role in ("owner", "dispatcher"),
    }
    return render(request, "partners/communities.html", context)


@require_POST
@for_roles("owner", "dispatcher")
def leave(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take our membership, or the question, back."""
    found = get_object_or_404(CommunityMembership.objects.visible_to(firm), pk=pk)
    return answer(
        request,
        lambda: actions.leave(found, by=request.member),
        to=reverse("communities", args=[firm]),
        said="Taken back. Other firms do not see it.",
    )


@require_safe
def community(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show whoever looks after a community its members, those to confirm first."""
    found = _looked_after(request, pk)
    rows = found.memberships.select_related("firm", "asked_by").filter(status="asked").order_by("pk")
    members = found.memberships.confirmed().select_related("firm", "decided_by")
    context = {"community": found, "waiting": rows[:100], "page": page_of(members, request)}
    return render(request, "partners/community.html", context)


def step(name: str) -> Callable[..., HttpResponse]:
    """Make the address of one step of whoever looks after a community."""

    @require_POST
    def taken(request: HttpRequest, pk: UUID, membership: UUID) -> HttpResponse:
        found = _looked_after(request, pk)
        asked = get_object_or_404(found.memberships.select_related("firm"), pk=membership)
        act: Callable[..., object] = getattr(actions, name)
        said = {} if name == "confirm" else {"reason": request.POST.get("reason", "")}
        return answer(
            request,
            lambda: act(asked, by=cast(User, request.user), **said),
            to=reverse("community", args=[pk]),
            said=SAID[name].format(firm=asked.firm.name),
        )

    return taken


def operator_communities(request: HttpRequest) -> HttpResponse:
    """The list of the network's communities, for its operator to add to."""
    operator = _operator(request)
    form = CommunityForm(request.POST or None)
    if tried(form, lambda: actions.add(form.known(), by=operator)):
        messages.success(request, f"{form.cleaned_data['name']} is on the list. Firms can name it now.")
        return redirect("operator-communities")
    page = page_of(Community.objects.with_counts().select_related("admin"), request)
    return render(request, "partners/operator_communities.html", {"page": page, "form": form})


@require_POST
def change_admin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let another person confirm the members of a community."""
    operator = _operator(request)
    found = get_object_or_404(Community, pk=pk)
    return answer(
        request,
        lambda: actions.change_admin(found, request.POST.get("admin", ""), by=operator),
        to=reverse("operator-communities"),
        said=f"Kept: who confirms the members of {found.name}.",
    )


def _looked_after(request: HttpRequest, pk: UUID) -> Community:
    user = cast(User, request.user)  # the middleware has sent everybody else to sign in
    return get_object_or_404(Community.objects.looked_after_by(user), pk=pk)


def _operator(request: HttpRequest) -> User:
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise PermissionDenied("Only the people who run this network see this page.")
    return request.user
