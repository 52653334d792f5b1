"""What clients asked other firms for: opportunities that were passed on."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contracts.actions import approaches
from contracts.models import ApproachReport
from partners.http import MemberRequest, answer, for_roles

DESK = ("owner", "dispatcher", "viewer")
PAGE = 50


@require_safe
@for_roles(*DESK)
def index(request: MemberRequest, firm: UUID) -> HttpResponse:
    """List both sides: passed on to us, and passed on by us."""
    found = ApproachReport.objects.visible_to(firm).select_related(
        "client", "prime", "sub", "reported_by__user", "acknowledged_by__user"
    )
    rows = list(found.order_by("-reported_at", "-id")[:PAGE])
    heard = [row for row in rows if row.prime_id == firm]
    passed_on = [row for row in rows if row.sub_id == firm]
    return render(request, "pages/approaches.html", {"heard": heard, "passed_on": passed_on})


@require_POST
@for_roles("owner", "dispatcher")
def acknowledge(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    report = get_object_or_404(ApproachReport.objects.visible_to(firm), pk=pk)
    said = f"Good. {report.sub.name} will see that you have it."
    return answer(
        request,
        lambda: approaches.acknowledge(report, by=request.member),
        to=reverse("approaches", args=[firm]),
        said=said,
    )
