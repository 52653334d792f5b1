"""People and keys of our own firm."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from partnernet.core import clock
from partners.actions import keys
from partners.actions import members as actions
from partners.forms import ColleagueForm, KeyForm, MemberForm
from partners.http import MemberRequest, answer, for_roles, reauthenticated, tried
from partners.models import ApiKey, Invitation, Member

DESK = ("owner", "dispatcher", "finance")


@for_roles(*DESK, posting=("owner",))
def members(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show who is in the firm and who is invited; an owner invites here."""
    form = ColleagueForm(request.POST or None)
    if tried(form, lambda: actions.invite(form.colleague(), by=request.member)):
        messages.success(request, f"The invitation to {form.colleague().email} is on its way.")
        return redirect("members", firm)
    context = {
        "form": form,
        "members": Member.objects.active().of(firm).select_related("user").order_by("joined_at", "id"),
        "invitations": Invitation.objects.visible_to(firm).open().order_by("-created_at", "-id"),
        "now": clock.now(),
    }
    return render(request, "partners/members.html", context)


@for_roles("owner")
def member(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Change a member's role and limit."""
    found = get_object_or_404(Member.objects.active().of(firm).select_related("user"), pk=pk)
    form = MemberForm(
        request.POST or None, initial={"role": found.role, "approval_limit": found.approval_limit}
    )
    if tried(form, lambda: actions.change(found, by=request.member, **form.cleaned_data)):
        messages.success(request, f"{found.user.called} is {found.get_role_display().lower()} now.")
        return redirect("members", firm)
    return render(request, "partners/member.html", {"form": form, "found": found})


@require_POST
@for_roles("owner")
def remove_member(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take somebody out of the firm."""
    found = get_object_or_404(Member.objects.active().of(firm).select_related("user"), pk=pk)
    return answer(
        request,
        lambda: actions.remove(found, by=request.member),
        to="/" if found.pk == request.member.pk else reverse("members", args=[firm]),
        said=f"{found.user.called} is no longer in {request.member.firm.name}.",
    )


@require_POST
@for_roles("owner")
def withdraw_invitation(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(Invitation.objects.visible_to(firm), pk=pk)
    return answer(
        request,
        lambda: actions.withdraw(found, by=request.member),
        to=reverse("members", args=[firm]),
        said=f"The invitation to {found.email} is taken back.",
    )


@for_roles(*DESK)
def api_keys(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show the keys: one's own, and as an owner everybody's."""
    found = ApiKey.objects.visible_to(firm).select_related("member__user").order_by("-created_at", "-id")
    if request.member.role != Member.Role.OWNER:
        found = found.filter(member=request.member)
    return render(request, "partners/api_keys.html", {"keys": found})


@reauthenticated(*DESK)
def new_api_key(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Make a key, and show its secret this once."""
    form = KeyForm(request.POST or None)
    made: list[str] = []
    if tried(form, lambda: made.append(keys.create(**form.cleaned_data, by=request.member)[1])):
        shown = {"secret": made[0], "name": form.cleaned_data["name"]}
        answered = render(request, "partners/new_key_shown.html", shown)
        answered["Cache-Control"] = "no-store"
        return answered
    return render(request, "partners/new_key.html", {"form": form})


@require_POST
@for_roles(*DESK)
def revoke_api_key(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """End a key at once."""
    found = get_object_or_404(ApiKey.objects.visible_to(firm), pk=pk)
    return answer(
        request,
        lambda: keys.revoke(found, by=request.member),
        to=reverse("api-keys", args=[firm]),
        said=f"The key {found.prefix}… opens nothing any more.",
    )
