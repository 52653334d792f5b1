"""After signing: on to the work that waited for the signature."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from contracts.models import Agreement
from engagements.models import Offer
from partnernet.core import clock
from partners.http import MemberRequest, for_roles


@require_safe
@for_roles("owner")
def signed(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Go to the offer that the agreement came along with, the one to answer first; else back to the agreement."""
    agreement = get_object_or_404(Agreement.objects.visible_to(firm), pk=pk)
    waiting = Offer.objects.received_by(firm).filter(
        enclosed_agreement=agreement, status=Offer.Status.SENT, respond_by__gt=clock.now()
    )
    offer = waiting.order_by("respond_by", "pk").first()
    return redirect("offer", firm, offer.pk) if offer else redirect("agreement", firm, pk)
