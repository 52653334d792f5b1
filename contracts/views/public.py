"""The public check: a code or a file in, what holds and what does not out. It tells no more than a copy of the agreement does."""

import structlog
from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from redis.exceptions import RedisError

from contracts.actions import layers, seal_keys
from contracts.actions.verification import head_of
from contracts.models import Agreement, ExecutedDocument
from contracts.models.agreements import Status
from contracts.standing import standing
from contracts.verify_codes import tidy
from partnernet.core import clock, uploads
from partnernet.core.errors import RuleBroken

log = structlog.get_logger(__name__)

MOST_FILES = {"verify_file": "30/m/ip"}


@require_safe
@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or for the file."""
    if typed := request.GET.get("code", "").strip():
        return redirect("verified", tidy(typed)[:40])
    return render(request, "contracts/verify.html")


@require_safe
@login_not_required
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Check everything that is kept of the agreement with this code."""
    found = (
        Agreement.objects.exclude(status=Status.DRAFT)
        .with_parties()
        .with_signed_sides()
        .filter(verify_code=tidy(code))
        .first()
    )
    if found is None:
        refusal = f"No agreement has the code {code}. Look at your copy once more."
        return render(request, "contracts/verify.html", {"refusal": refusal}, status=404)
    return _shown(request, found)


@require_POST
@login_not_required
def verify_file(request: HttpRequest) -> HttpResponse:
    """Check a file that somebody holds. Nothing of it is kept."""
    typed = request.POST.get("code", "").strip()
    try:
        _may_hand_in(request)
        upload = uploads.sent(request, request.FILES, what="file").read()
    except RuleBroken as refusal:
        context = {"refusal": str(refusal), "code": typed}
        return render(request, "contracts/verify.html", context, status=refusal.status)
    found = layers.find(upload, typed=typed)
    if found is None:
        refused = (
            "This is no agreement of PartnerNet's that we know. If you hold its code, enter it with the file."
        )
        context = {"refusal": refused, "code": typed}
        return render(request, "contracts/verify.html", context, status=404)
    return _shown(request, found, upload=upload)


@require_safe
@login_not_required
def certificates(request: HttpRequest) -> HttpResponse:
    """Hand out every certificate that PartnerNet ever sealed with, so that a reader of PDF can be told to know them."""
    answer = HttpResponse(b"".join(seal_keys.certificates()), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="partnernet-seals.pem"'
    return answer


def _may_hand_in(request: HttpRequest) -> None:
    """Checking a file costs more than a page, so one address hands in so many a minute. Without Redis nobody is held up."""
    try:
        usage = ratelimit.consume(request, app="contracts", action="verify_file", config=MOST_FILES)
    except RedisError as error:
        log.warning("files_not_counted", reason=str(error))
        return
    if not usage:
        refusal = RuleBroken("That were many files at once. Try again in a minute.", code="too_many")
        refusal.status = 429
        raise refusal


def _shown(request: HttpRequest, found: Agreement, *, upload: bytes | None = None) -> HttpResponse:
    now = clock.now()
    checked = layers.check(found, now=now, upload=upload)
    values = found.current_revision.values
    context = {
        "agreement": found,
        "standing": standing(found, now),
        "layers": sorted(checked, key=lambda layer: layer.state != layers.BROKEN),
        "holds": layers.holds(checked),
        "handed_in": upload is not None,
        "head": head_of(found),
        "document": ExecutedDocument.objects.of(found).without_bytes().first(),
        "parties": [values["proposer"]["legal_name"], values["other"]["legal_name"]],
    }
    return render(request, "contracts/verified.html", context)
