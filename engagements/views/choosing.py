"""Choosing among the firms that would do it: what we know of each, how far it is, what it costs and when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from engagements import matching, wording
from engagements.actions import answers
from engagements.actions.shared import margin_of, order_lines
from engagements.forms.work import AnswerForm
from engagements.models import Offer, WorkOrder
from engagements.promises import not_mirrored
from partners.http import MemberRequest, answer, for_roles

LEADS = ("owner", "dispatcher")


@require_GET
@for_roles(*LEADS)
def choose_among(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Compare the willing firms of an order."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm).with_sides(), pk=pk)
    found = Offer.objects.filter(work_order=order, round=order.round).select_related(
        "firm", "revision", "technician__user"
    )
    offers = list(found.filter(status__in=("sent", "countered", "willing")).order_by("position", "pk"))
    willing = [offer for offer in offers if offer.status == Offer.Status.WILLING]
    known = matching.known_of(firm, [offer.firm_id for offer in willing])
    lines = order_lines(order)
    rows: list[dict[str, Any]] = [
        {
            "offer": offer,
            "known": known.get(offer.firm_id, ""),
            "promises": not_mirrored(order, offer.revision),
            "dates": wording.moment(offer.arrives_local)
            if offer.arrives_local
            else wording.short_dates(offer.revision),
            "margin": margin_of(order, offer.revision, lines, units=offer.revision.units),
        }
        for offer in willing
        if offer.revision is not None
    ]
    rows.sort(key=lambda row: (-row["margin"].amount, row["offer"].miles or 0, row["offer"].pk))
    context = {"order": order, "rows": rows, "waiting": len(offers) - len(willing)}
    return render(request, "engagements/choose.html", context)


@require_POST
@for_roles(*LEADS)
def choose(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Offer.objects.filter(work_order__prime=firm).select_related("firm"), pk=pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    to = reverse("work-order", args=[firm, found.work_order_id])
    said = f"{found.firm.name} has the job. Both firms are bound, and the others have been told."
    revision = form.cleaned_data["revision"]
    return answer(
        request, lambda: answers.choose(found, by=request.member, revision=revision), to=to, said=said
    )
