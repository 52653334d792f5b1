"""Below the floor: whom a dispatcher asks, and the owner's one click."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from engagements.actions import floor
from engagements.models import WorkOrder
from partners.http import MemberRequest, answer, for_roles
from partners.models import Member


def owners_to_ask(member: Member) -> str:
    """Return the owners of a member's firm by name: Maria, or Maria or Ben; empty for an owner, who need not ask."""
    if member.role == Member.Role.OWNER:
        return ""
    owners = Member.objects.active().of(member.firm_id).in_role("owner").select_related("user")
    return " or ".join(owner.user.called for owner in owners.order_by("joined_at", "pk")[:3])


@require_POST
@for_roles("owner")
def approve(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Send what a dispatcher asked for, as it was shown."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm), pk=pk)
    try:
        seen = UUID(request.POST.get("revision", ""))
    except ValueError:
        raise Http404 from None
    return answer(
        request,
        lambda: floor.approve(order, by=request.member, seen=seen),
        to=reverse("work-order", args=[firm, pk]),
        said="Sent. It can be undone for 10 seconds.",
    )
