"""The operator's page: what waits for the people who run the network, mail that could not be delivered, health."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contracts.models import SignatureDispute, TemplateVersion
from partnernet import health
from partnernet.core import mail
from partnernet.core.models import Delivery, User
from partners.models import CommunityMembership, Document, Firm, ScoreExclusion

SHOWN = 50


def _only_operators(request: HttpRequest) -> None:
    if not (isinstance(request.user, User) and request.user.is_staff):
        raise PermissionDenied("Only the people who run this network see this page.")


@require_safe
def operator(request: HttpRequest) -> HttpResponse:
    """Show what waits, each with the way there."""
    _only_operators(request)
    dead = Delivery.objects.given_up().select_related("notification").order_by("-given_up_at", "-pk")[:SHOWN]
    papers = Document.objects.filter(status=Document.Status.PENDING)
    unknown = Firm.objects.filter(status=Firm.Status.ACTIVE, verified_at=None)
    belonging = CommunityMembership.objects.filter(status="asked", community__admin=None)
    asked = ScoreExclusion.objects.filter(decided_at=None)
    context = {
        "waiting": [
            ("Papers to check", "file-check", papers.count(), reverse("admin:partners_document_changelist") + "?status__exact=pending"),
            ("Firms to verify", "shield-check", unknown.count(),
             reverse("admin:partners_firm_changelist") + "?status__exact=active&verified_at__isempty=1"),
            ("Evidence asked not to count", "scale", asked.count(),
             reverse("admin:partners_scoreexclusion_changelist") + "?decided_at__isempty=1"),
            ("Signatures that are disputed", "pen-line", SignatureDispute.objects.standing().count(), reverse("operator-disputes")),
            ("Members of communities to confirm", "users-round", belonging.count(), reverse("operator-communities")),
        ],
        "dead": dead,
        "tries": len(mail.RETRIES) + 1,
        "health": health.checks(),
        "texts": TemplateVersion.objects.select_related("template").order_by("template__title", "-published_at", "-pk"),
    }  # fmt: skip
    return render(request, "pages/operator.html", context)


@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try a given-up mail once more."""
    _only_operators(request)
    if mail.revive(pk):
        messages.success(request, "It goes out within seconds.")
    else:
        messages.info(request, "It is no longer on this list: somebody has sent it again already.")
    return redirect("operator")
