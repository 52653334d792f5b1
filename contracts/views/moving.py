"""Put an agreement that nobody has signed on the newest text, after seeing what differs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contracts import comparison, rendering
from contracts.actions import moving
from contracts.models import Agreement, TemplateVersion
from contracts.views.agreements import owners
from partners.http import MemberRequest, answer


@require_http_methods(["GET", "POST"])
@owners
def move(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """What differs between the text it stands on and the newest, and the step itself."""
    found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk)
    newest = moving.newest_for(found)
    if newest is None:
        messages.info(request, "It stands on the newest text already.")
        return redirect("agreement", firm, pk)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        said = f"It stands on version {newest.label} now. Read it once more before you sign."
        page = reverse("agreement", args=[firm, pk])
        return answer(request, lambda: moving.move(found, by=request.member, seen=seen), to=page, said=said)
    older = get_object_or_404(TemplateVersion.objects.with_wording(), pk=found.template_version_id)
    values = found.current_revision.values
    kept = moving.carried(newest.wording(), values)
    standard = {one.key: one.default for one in newest.wording().variables if one.default is not None}
    before = rendering.with_values(older.wording(), values)
    after = rendering.with_values(newest.wording(), {**standard, **kept})
    compared = comparison.compare(before, after, said={}, says={})
    lost = [
        one.label
        for one in older.wording().variables
        if one.key in found.current_revision.values and one.key not in kept
    ]
    context = {
        "agreement": found,
        "across": found.other if found.proposer_id == firm else found.proposer,
        "older": older,
        "newest": newest,
        "compared": compared,
        "lost": lost,
    }
    return render(request, "contracts/move.html", context)
