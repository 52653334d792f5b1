"""A disputed signature: what was recorded of it, who says what, and how it ended; and the operator's list."""

import json
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import certificate
from contracts.actions import disputes as actions
from contracts.actions.verification import faults_of
from contracts.forms.words import DisputeForm, OutcomeForm
from contracts.models import Signature, SignatureDispute
from contracts.workflow import AGREEMENT, SIGNATORY
from partnernet.core.models import User
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles, tried

DESK = ("owner", "dispatcher", "finance", "viewer")


@require_http_methods(["GET", "POST"])
@for_roles(*DESK)
def signature(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Everything that was recorded of a signature; its firm can say that it is not its own."""
    found = get_object_or_404(Signature.objects.visible_to(firm).with_agreement(), pk=pk)
    agreement = found.agreement
    may = _may(found, request)
    if request.method == "POST" and not may:
        raise PermissionDenied("An owner of the firm that signed disputes this, or whoever signed.")
    form = DisputeForm(request.POST or None)
    if form.is_valid() and tried(
        form, lambda: actions.dispute(found, by=request.member, reason=form.cleaned_data["reason"])
    ):
        return redirect("signature", firm, pk)
    rows = list(
        SignatureDispute.objects.visible_to(firm).filter(signature=found).with_people().newest_first()
    )
    standing = next((row for row in rows if row.status == "open"), None)
    context = {
        "signature": found,
        "agreement": agreement,
        "across": agreement.other if agreement.proposer_id == firm else agreement.proposer,
        "rows": certificate.signer(found, found.firm.timezone),
        "faults": faults_of(agreement),
        "disputes": rows,
        "standing": standing,
        "form": form,
        "outcome": OutcomeForm(),
        "may_dispute": standing is None and may,
        "may_end": standing is not None and may,
    }
    return render(request, "contracts/signature.html", context)


@require_POST
@for_roles(*DESK)
def end(request: MemberRequest, firm: UUID, pk: UUID, how: str) -> HttpResponse:
    """Take a dispute back, or write down how it was settled."""
    found = get_object_or_404(SignatureDispute.objects.visible_to(firm).select_related("agreement"), pk=pk)
    act = actions.withdraw if how == "withdraw" else actions.settle
    reason = request.POST.get("reason", "")
    return answer(
        request,
        lambda: act(found, by=request.member, reason=reason),
        to=reverse("signature", args=[firm, found.signature_id]),
        said="Both firms are told. New work can begin under it again.",
    )


@require_safe
@for_roles(*DESK)
def evidence(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Hand out what was gathered when a signature was disputed, byte for byte what is hashed."""
    found = get_object_or_404(SignatureDispute.objects.visible_to(firm), pk=pk)
    given = HttpResponse(found.evidence.encode(), content_type="application/json")
    given["Content-Disposition"] = f'attachment; filename="signature-{found.signature_id}.json"'
    return given


@require_safe
def operator_disputes(request: HttpRequest) -> HttpResponse:
    """Every disputed signature of the network, for its operator: to know, not to judge."""
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise PermissionDenied("Only the people who run this network see this page.")
    found = SignatureDispute.objects.with_people().select_related("agreement__proposer", "agreement__other")
    page = page_of(found, request, by=("-raised_at", "-pk"))
    rows = [(row, json.loads(row.evidence)["does_not_hold"]) for row in page.rows]
    return render(request, "contracts/operator_disputes.html", {"page": page, "rows": rows})


def _may(found: Signature, request: MemberRequest) -> bool:
    """Say whether this member may dispute this signature, or end a dispute about it."""
    agreement, member = found.agreement, request.member
    if found.firm_id != member.firm_id or found.revision_id != agreement.current_revision_id:
        return False
    role = SIGNATORY if member.role != "owner" and member.user_id == found.user_id else member.role
    steps = AGREEMENT.open_steps(agreement.status, side=found.side, role=role)
    return any(step.name == "dispute_signature" for step in steps)
