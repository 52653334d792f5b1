"""The sealed PDF of an agreement, for both firms."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from contracts.actions import sealing
from contracts.models import Agreement, ExecutedDocument
from contracts.views.agreements import readers
from partnernet.core import pdf
from partners.http import MemberRequest


@require_safe
@readers
def sealed_pdf(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Hand out the file as it is kept: no byte of it is ours to change."""
    found = get_object_or_404(Agreement.objects.visible_to(firm), pk=pk)
    document = get_object_or_404(ExecutedDocument.objects.of(found).select_related("agreement"))
    return pdf.answer(sealing.name_of(document).removesuffix(".pdf"), bytes(document.body))
