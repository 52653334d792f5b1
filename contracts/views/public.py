"""The public check: a code in, what holds and what does not out. It tells no more than a copy of the agreement does."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts.actions.verification import faults_of, head_of
from contracts.models import Agreement
from contracts.models.agreements import Status
from contracts.standing import standing
from contracts.verify_codes import tidy
from partnernet.core import clock


@require_safe
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    if typed := request.GET.get("code", "").strip():
        return redirect("verified", tidy(typed)[:40])
    return render(request, "contracts/verify.html")


@require_safe
@login_not_required
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Recompute texts, signatures and history of the agreement with this code."""
    found = (
        Agreement.objects.exclude(status=Status.DRAFT)
        .with_parties()
        .with_signed_sides()
        .filter(verify_code=tidy(code))
        .first()
    )
    if found is None:
        return render(request, "contracts/verify.html", {"code": code}, status=404)
    context = {
        "agreement": found,
        "standing": standing(found, clock.now()),
        "faults": faults_of(found),
        "head": head_of(found),
        "signatures": found.signatures.filter(revision=found.current_revision_id).order_by("signed_at", "pk"),
        "parties": [
            found.current_revision.values["proposer"]["legal_name"],
            found.current_revision.values["other"]["legal_name"],
        ],
    }
    return render(request, "contracts/verified.html", context)
