"""The blind conflict check: its switch, and the log of what was asked of us and by us."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contracts.actions import conflicts
from contracts.models import ClientMark, ConflictCheck, ConflictOptIn
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles


@require_safe
@for_roles("owner", "dispatcher", "viewer")
def conflict_check(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Say what it does, whether it is on, and who asked when."""
    found = ConflictCheck.objects.visible_to(firm).select_related("prime", "sub", "client")
    page = page_of(found, request, by=("-checked_at", "-pk"), sides=[Q(prime=firm), Q(sub=firm)])
    context = {
        "page": page,
        "firm_id": firm,
        "on": ConflictOptIn.objects.filter(firm=firm).select_related("turned_on_by").first(),
        "marks": ClientMark.objects.filter(firm=firm).count(),
        "may_switch": request.member.role == "owner",
        "most_of_one": conflicts.MOST_OF_ONE_FIRM,
        "most_a_day": conflicts.MOST_A_DAY,
    }
    return render(request, "contracts/conflict_check.html", context)


@require_POST
@for_roles("owner")
def switch(request: MemberRequest, firm: UUID, turned: str) -> HttpResponse:
    """Turn it on or off."""
    act = conflicts.turn_on if turned == "on" else conflicts.turn_off
    said = (
        "It is on: your clients' web domains are compared, as hashes."
        if turned == "on"
        else "It is off. Your marks are deleted."
    )
    page = reverse("conflict-check", args=[firm])
    return answer(request, lambda: act(by=request.member), to=page, said=said)
