"""Writing down what a firm off the network answered, and its door to say “That is not what we agreed”."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from engagements.actions import recorded as actions
from engagements.forms.recorded import ObjectionForm, RecordForm
from engagements.models import RecordedAnswer, WorkOrder
from engagements.views.jobs import LEADS
from partnernet.core import clock, links, uploads
from partners.http import MemberRequest, for_roles, tried


@require_http_methods(["GET", "POST"])
@for_roles(*LEADS)
def record(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say what they answered, how, with whom and when."""
    order = get_object_or_404(WorkOrder.objects.given_by(firm).with_sides(), pk=pk)
    zone, now = request.member.firm.timezone, clock.now()
    form = RecordForm(request.POST or None, request.FILES or None, order=order, zone=zone, now=now)
    back = reverse("work-order", args=[firm, pk])

    def write() -> None:
        if uploads.was_stopped(request):
            raise uploads.too_large()
        actions.record(order, form.answer(), form.spoken(), by=request.member)

    if tried(form, write):
        messages.success(request, "Written down as recorded by you. They get a copy by email.")
        return redirect(back)
    return render(request, "engagements/record.html", {"form": form, "order": order, "back": back})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def not_agreed(request: HttpRequest, token: str) -> HttpResponse:
    """Show what was written down. Reading changes nothing; only sending the form objects."""
    delivery = links.opened_by(token)
    if delivery is None or delivery.notification.subject_id is None:
        raise Http404
    rows = RecordedAnswer.objects.select_related("work_order__prime", "by__user", "by__firm", "firm")
    kept = get_object_or_404(rows, pk=delivery.notification.subject_id)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if tried(form, lambda: actions.object_to(kept, words=form.cleaned_data["words"])):
        return redirect("not-agreed", token)
    return render(request, "engagements/not_agreed.html", {"kept": kept, "form": form})
