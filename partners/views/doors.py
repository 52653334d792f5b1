"""Outside the firms: the start, naming a firm, and links from mails."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from partnernet.core import clock, links
from partnernet.core.errors import RuleBroken
from partnernet.core.models import User
from partners.actions import joining, members, people
from partners.forms import NewFirmForm, YouForm
from partners.http import tried
from partners.models import Community, Firm, Invitation, Member, MemberQuerySet


class PersonRequest(HttpRequest):
    """A request of somebody signed in."""

    user: User


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """Send everybody where they work: their firm, the choice of firms, naming one, or signing in."""
    if not isinstance(request.user, User):
        return redirect("account_login")
    found = list(_firms_of(request.user))
    if not found:
        return redirect("operator" if request.user.is_staff else "found-firm")
    if len(found) == 1:
        return redirect(first_page(found[0].firm_id))
    return render(
        request, "partners/choose_firm.html", {"members": [(m, first_page(m.firm_id)) for m in found]}
    )


def found_firm(request: PersonRequest) -> HttpResponse:
    """Name one's firm and begin."""
    form = NewFirmForm(request.POST or None)
    if tried(form, lambda: joining.found(request.user, form.particulars())):
        return redirect("start")
    return render(request, "partners/found_firm.html", {"form": form})


@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show a member's invitation to whoever opens its mailed link; joining is a POST."""
    found = _invitation(token)
    return render(
        request,
        "partners/invitation.html",
        {
            "invitation": found,
            "is_open": not (found.accepted_at or found.revoked_at) and found.expires_at > clock.now(),
            "token": token,
            "back": urlencode({"next": request.path}),
        },
    )


@require_POST
def accept_invitation(request: PersonRequest, token: str) -> HttpResponse:
    """Join the firm that sent the link."""
    found = _invitation(token)
    try:
        members.accept(found, user=request.user)
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return redirect("invitation", token)
    messages.success(request, f"Welcome to {found.firm.name}.")
    return redirect(first_page(found.firm_id))


def my_details(request: PersonRequest) -> HttpResponse:
    """Change one's own name and zone."""
    user = request.user
    form = YouForm(request.POST or None, initial={"name": user.name, "timezone": user.timezone})
    if tried(form, lambda: people.describe(user, **form.cleaned_data)):
        messages.success(request, "Saved.")
        return redirect("my-details")
    mine = Community.objects.filter(admin=user).with_counts().by_name()
    return render(request, "account/you.html", {"form": form, "communities": mine})


def first_page(firm_id: UUID) -> str:
    """Return the address of a firm's home."""
    for name in ("home", "firms"):
        try:
            return reverse(name, args=[firm_id])
        except NoReverseMatch:
            continue
    raise NoReverseMatch("A firm has no page to begin with.")


def _invitation(token: str) -> Invitation:
    opened = Invitation.objects.select_related("firm", "created_by")
    return get_object_or_404(opened, pk=_subject(token))


def _subject(token: str) -> UUID:
    """Return what a mailed token is about; 404 for a token that we never mailed."""
    delivery = links.opened_by(token)
    if delivery is None or delivery.notification.subject_id is None:
        raise Http404("There is nothing here, or it is not yours.")
    return delivery.notification.subject_id


def _firms_of(user: User) -> MemberQuerySet:
    members_of = Member.objects.active().filter(user=user, firm__status=Firm.Status.ACTIVE)
    return members_of.select_related("firm").order_by("joined_at", "id")
