"""Work without an agreement: an owner allows it for a while, with a reason. Both firms read it here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contracts.actions import coverage
from contracts.forms import ExceptionForm
from contracts.models import CoverageOverride
from partnernet.core import clock, localtime
from partners.http import MemberRequest, for_roles, tried
from partners.models import Firm


@require_http_methods(["GET", "POST"])
@for_roles("owner", "dispatcher", "finance", "viewer", posting=("owner",))
def exceptions(request: MemberRequest, firm: UUID, other: UUID) -> HttpResponse:
    """Show what was allowed between two firms, either way; an owner allows more."""
    across = get_object_or_404(Firm.objects.listed_for(firm), pk=other)
    member, now = request.member, clock.now()
    form = ExceptionForm(request.POST or None, initial=_usual(member.firm.timezone))

    def allow() -> None:
        until = localtime.last_minute_of(form.cleaned_data["until"], member.firm.timezone)
        coverage.override(across, by=member, reason=form.cleaned_data["reason"], until=until)

    if form.is_valid() and tried(form, allow):
        messages.success(request, f"Allowed. {across.name} reads it as well.")
        return redirect("coverage-exceptions", firm, other)
    context = {
        "across": across,
        "form": form,
        "verdict": coverage.standing_with(firm, [across.pk], now=now)[across.pk],
        "allowed": CoverageOverride.objects.between(firm, other).with_parties().latest_end_first()[:20],
        "may_allow": member.role == "owner",
        "now": now,
    }
    return render(request, "contracts/exceptions.html", context)


def _usual(zone: str) -> dict[str, object]:
    return {"until": localtime.day_in(timezone.now(), zone) + coverage.USUAL_OVERRIDE}
