"""The evidence packs, for owners."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from contracts.models import Claim, ProtectedClient
from partnernet import evidence
from partnernet.core import clock, localtime, pdf
from partners.http import MemberRequest, for_roles


@require_safe
@for_roles("owner")
def claim_pack(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """What is on record about a claim, for an owner of either firm."""
    found = get_object_or_404(Claim.objects.visible_to(firm).with_parties().select_related("read_by"), pk=pk)
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    return pdf.answer(found.reference, evidence.of_claim(found, on=today))


@require_safe
@for_roles("owner")
def claim_papers(request: MemberRequest, firm: UUID, pk: UUID) -> FileResponse:
    """The same with every paper that was handed in, as one ZIP."""
    found = get_object_or_404(Claim.objects.visible_to(firm).with_parties().select_related("read_by"), pk=pk)
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    packed = evidence.with_papers(found, on=today)
    given = FileResponse(
        packed, as_attachment=True, filename=f"{found.reference}.zip", content_type="application/zip"
    )
    given["Cache-Control"] = "no-store, private"
    return given


@require_safe
@for_roles("owner")
def protected_pack(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """What is on record about one of our protected clients; the other firm sees the same records on its own pages."""
    own = ProtectedClient.objects.visible_to(firm).filter(prime=firm).with_parties()
    found = get_object_or_404(own.select_related("read_by", "fee_seal"), pk=pk)
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    return pdf.answer(f"protected-{found.pk.hex[-6:]}", evidence.of_protected(found, on=today))
