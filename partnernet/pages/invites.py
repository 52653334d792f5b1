"""Inviting another firm, with the agreement in the same envelope."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts.models import Agreement
from partnernet.pages.enclosing import invite_with_agreement
from partners.actions import invites
from partners.forms import InviteeForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import Member

OFFICE = ("owner", "dispatcher")


class EnvelopeForm(InviteeForm):
    """Whom to invite, and whether the agreement goes along. Only an owner can sign, so only an owner is asked."""

    enclose = forms.BooleanField(
        label="Enclose the subcontract agreement, signed by us now",
        required=False,
        initial=True,
        help_text="The standard text. You read it and sign it on the next pages; signing sends the invitation.",
    )

    def __init__(self, *args: object, may_sign: bool, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type] # handed through
        if not may_sign:
            del self.fields["enclose"]

    def invitee(self) -> invites.Invitee:
        """Return whom to invite."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "enclose"}
        return invites.Invitee(**typed)


@require_http_methods(["GET", "POST"])
@for_roles(*OFFICE)
def invite_firm(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Name a firm that is not here yet: with the agreement, on to reading and signing it; without, off it goes."""
    member = request.member
    form = EnvelopeForm(request.POST or None, may_sign=member.role == "owner")
    made: list[Agreement] = []

    def act() -> None:
        if form.cleaned_data.get("enclose"):
            made.append(invite_with_agreement(form.invitee(), by=member))
        else:
            invites.invite(form.invitee(), by=member)

    if tried(form, act):
        name = form.invitee().firm_name
        if made:
            messages.info(request, f"Read it and sign it. Signing sends the invitation to {name}.")
            return redirect("agreement", firm, made[0].pk)
        messages.success(request, f"The invitation to {name} is on its way.")
        return redirect("firms", firm)
    owners = Member.objects.active().of(firm).in_role("owner").select_related("user")
    names = [owner.user.called for owner in owners.order_by("joined_at", "pk")]
    return render(request, "pages/invite_firm.html", {"form": form, "owners": names})
