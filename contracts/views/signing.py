"""The ceremony: viewed, consented, signed. Signing asks again who you are, within five minutes."""

import time
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contracts import consent as wording
from contracts.actions import agreements, checks, signers, signing
from contracts.evidence import evidence_of
from contracts.forms import SigningForm
from contracts.models import Agreement, Reading
from contracts.models.agreements import Status
from contracts.views.agreements import readers
from contracts.views.people import for_signers
from partnernet.core.errors import RuleBroken
from partners.http import MemberRequest, answer, tried
from partners.models import Firm, Member


def freshly_proven(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask again who it is before a page opens; a form that was left lying goes back to its page, signed by nobody.

    allauth would resume a suspended POST past our middleware, so only GET is suspended.
    """

    @wraps(view)
    def guarded(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
        get_object_or_404(Agreement.objects.visible_to(firm).only("pk"), pk=pk)
        if is_reauthentication_required(request, app="") and not _came_in_lately(request):
            if request.method == "GET":
                raise ReauthenticationRequired
            messages.error(
                request,
                "It has been more than five minutes. Nothing was signed; show once more that it is you.",
            )
            return redirect("agreement-sign", firm, pk)
        return view(request, firm, pk)

    return guarded


def _came_in_lately(request: MemberRequest) -> bool:
    """Say whether this person signed in or signed up within the same five minutes: asking once more proves nothing new."""
    oldest = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(one["at"] > oldest for one in get_authentication_records(request, request.user))


@require_POST
@readers
def viewed(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Note that the page with the text is open before somebody: sent by the page itself, so that GET writes nothing."""
    found = get_object_or_404(Agreement.objects.visible_to(firm), pk=pk)
    signing.open_text(found, by=request.member)
    return HttpResponse(status=204)


@require_POST
@for_signers
def consent(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep the consent, and go on to the signature."""
    found = get_object_or_404(Agreement.objects.visible_to(firm), pk=pk)
    version = request.POST.get("consent", "")
    if not version:
        messages.error(
            request,
            "Tick that you agree to sign and keep this electronically, or ask the other firm for paper.",
        )
        return redirect(reverse("agreement", args=[firm, pk]) + "#sign")
    page = reverse("agreement-sign", args=[firm, pk])
    return answer(
        request,
        lambda: signing.consent(found, by=request.member, version=version),
        to=page,
        said="Noted. One step is left.",
    )


@require_http_methods(["GET", "POST"])
@for_signers
@freshly_proven
def sign(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """The separate last act."""
    found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties().with_signed_sides(), pk=pk)
    reading = (
        Reading.objects.filter(revision=found.current_revision_id, user=request.user)
        .exclude(consented_at=None)
        .first()
    )
    if reading is None or found.status not in (
        Status.DRAFT,
        Status.PROPOSED,
        Status.AGREED,
        Status.PARTIALLY_SIGNED,
    ):
        return redirect("agreement", firm, pk)
    member = request.member
    if missing := signers.approval_missing(found, member):
        messages.error(request, missing)
        return redirect("agreement", firm, pk)
    if held := _held_up(found, member):
        messages.error(request, held)
        return redirect("agreement-findings", firm, pk)
    initial = {"content_sha256": found.content_sha256, "title": member.title}
    form = SigningForm(request.POST or None, firm_name=member.firm.legal_name, initial=initial)
    if form.is_valid() and tried(form, lambda: _sign(request, found, form)):
        messages.success(request, "Signed. " + _next(Agreement.objects.with_parties().get(pk=found.pk), firm))
        return redirect("agreement-signed", firm, pk)
    across = found.other if found.proposer_id == firm else found.proposer
    return render(
        request,
        "contracts/sign.html",
        {
            "agreement": found,
            "form": form,
            "across": across,
            "process": wording.PROCESS,
            "findings": checks.standing(found),
        },
    )


def _held_up(found: Agreement, member: Member) -> str:
    """Say what has to happen before this firm can sign; nothing when it can."""
    try:
        checks.refuse_held_up(checks.standing(found), found.side_of(member.firm_id))
    except RuleBroken as refusal:
        return str(refusal)
    return ""


def _sign(request: MemberRequest, found: Agreement, form: SigningForm) -> None:
    typed = form.cleaned_data
    signature = signing.Signing(
        content_sha256=typed["content_sha256"],
        name=typed["name"],
        title=typed["title"],
        authorised=typed["authorised"],
        agreed=request.POST.get("agree") == "yes",
        evidence=evidence_of(request),
        drawing=typed["drawing"],
    )
    act = agreements.propose if found.status == Status.DRAFT else agreements.sign
    with checks.kept_when_refused(found):
        act(found, by=request.member, signing=signature)


def _next(found: Agreement, firm: UUID) -> str:
    if found.status == Status.SIGNED and found.amends:
        return "Both firms have signed the amendment, and have it by mail."
    if found.status == Status.SIGNED:
        return "The agreement is in force. Both firms have it by mail."
    across = found.other if found.proposer_id == firm else found.proposer
    if across.status == Firm.Status.UNCLAIMED:
        return f"{across.name} is not here yet. Its invitation carries this agreement."
    return f"Now it waits for {across.name}; we remind it and tell you."
