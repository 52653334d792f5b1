"""The door of an invited firm: it sees the work and the agreement first, then joins, signs and answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contracts import rendering, summary
from contracts.models import Agreement
from engagements.models import Offer, WorkOrder
from engagements.offer_facts import facts_for_sub
from partnernet.core import clock, links
from partnernet.core.models import Delivery
from partnernet.pages.enclosing import Enclosed, enclosed_in
from partnernet.pages.joining import join
from partners.actions.joining import otherwise_named
from partners.forms import NewFirmForm
from partners.http import tried
from partners.models import FirmInvite, Member
from partners.views.doors import PersonRequest, first_page


class AccountForm(forms.Form):
    """The first two lines of an account; the address is the one that was invited."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label="Choose a password",
        min_length=10,
        help_text="At least 10 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@login_not_required
@require_safe
def firm_invite(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites, the work and the agreement to whoever opens the link; nothing is written."""
    invite, now = firm_invite_of(token), clock.now()
    is_open = invite.status == FirmInvite.Status.SENT
    found = enclosed_in(invite, now=now) if is_open else Enclosed(None, None)
    join_page = reverse("firm-invite-join", args=[token])
    context: dict[str, Any] = {
        "invite": invite,
        "token": token,
        "is_open": is_open,
        "more": found.more,
        "join_page": join_page,
        "back": urlencode({"next": join_page}),
        "form": AccountForm(initial={"name": invite.contact_name}),
        "under_way": WorkOrder.objects.given_by(invite.firm_id)
        .taken_by(invite.card_id)
        .still_open()
        .order_by("pk")[:10],
    }
    if found.offer:
        context |= facts_for_sub(found.offer, now=now)
    if found.agreement:
        context |= _shown(found.agreement)
    return render(request, "pages/firm_invite.html", context)


def _shown(agreement: Agreement) -> dict[str, Any]:
    revision, version = agreement.current_revision, agreement.template_version
    wording = version.wording()
    return {
        "agreement": agreement,
        "version": version,
        "lines": summary.eight_lines(wording, revision.values),
        "changed": summary.changed(wording, revision.values),
        "sections": rendering.sections(revision.text),
    }


@require_http_methods(["GET", "POST"])
def join_by_invite(request: PersonRequest, token: str) -> HttpResponse:
    """Claim the card of an invitation as one's firm, and go straight to what waits."""
    invite = firm_invite_of(token)
    staff = Member.objects.active().of(invite.card_id).filter(user=request.user, firm__status="active")
    if mine := staff.first():
        return _first_stop(mine, invite)
    form = NewFirmForm(request.POST or None, initial={"legal_name": invite.card.legal_name})
    made: list[Member] = []
    named, prime = invite.card.legal_name, invite.firm.name
    if tried(form, lambda: made.append(join(request.user, form.particulars(), invite=invite))):
        own = made[0].firm
        messages.success(request, f"Welcome, {own.name}.")
        if otherwise_named(named, own.legal_name):
            messages.warning(
                request,
                f"{prime} invited “{named}”, and you typed “{own.legal_name}”. Yours is kept, and {prime} is told: "
                "an agreement binds the firm whose legal name it bears.",
            )
        return _first_stop(made[0], invite)
    return render(request, "partners/found_firm.html", {"form": form, "invite": invite})


def _first_stop(member: Member, invite: FirmInvite) -> HttpResponse:
    """Go to the agreement that waits for a signature, then to the offer, then home."""
    found = enclosed_in(invite, now=clock.now())
    if found.agreement and member.role == "owner":
        return redirect("agreement", member.firm_id, found.agreement.pk)
    if found.offer and found.offer.status == Offer.Status.SENT:
        return redirect("offer", member.firm_id, found.offer.pk)
    return redirect(first_page(member.firm_id))


def firm_invite_of(token: str) -> FirmInvite:
    """Return the invitation behind a mailed token, its own or that of an offer to the card; 404 when there is none."""
    delivery = links.opened_by(token)
    found = _invite_behind(delivery) if delivery else None
    if found is None:
        raise Http404("There is nothing here, or it is not yours.")
    return found


def _invite_behind(delivery: Delivery) -> FirmInvite | None:
    news = delivery.notification
    invites = FirmInvite.objects.select_related("firm", "card", "created_by")
    if news.subject_id is None or news.user_id:  # whoever has an account needs no door
        return None
    if own := invites.filter(pk=news.subject_id).first():
        return own
    offer = Offer.objects.select_related("work_order").filter(pk=news.subject_id).first()
    if offer is None:
        return None
    sent = invites.filter(firm=offer.work_order.prime_id, card=offer.firm_id, email=delivery.address)
    return sent.order_by("-created_at", "-pk").first()
