"""What the check found in an agreement, with its sources; and a firm that knows of it and goes on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from contracts.actions import checks
from contracts.forms import AcknowledgeForm
from contracts.models import Agreement
from contracts.rules import ADVICE
from contracts.views.agreements import owners_post
from contracts.workflow import AGREEMENT
from partners.http import MemberRequest, tried


@require_http_methods(["GET", "POST"])
@owners_post
def findings(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Every finding in full; an owner says beside each grave one why the firm goes on."""
    found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk)
    side = found.side_of(firm)
    waiting = checks.unacknowledged(found, side)
    form = AcknowledgeForm(request.POST or None, findings=waiting)
    if form.is_valid() and tried(form, lambda: checks.acknowledge(found, form.reasons(), by=request.member)):
        messages.success(request, "Noted, with your reasons. The other firm reads them too.")
        return redirect("agreement", firm, pk)
    allowed = AGREEMENT.open_steps(found.status, side=side, role=request.member.role)
    context = {
        "agreement": found,
        "across": found.other if side == "proposer" else found.proposer,
        "rows": [(one, form.field_of(one)) for one in checks.standing(found)],
        "form": form,
        "waiting": waiting,
        "may_acknowledge": any(step.name == "acknowledge" for step in allowed),
        "advice": ADVICE,
    }
    return render(request, "contracts/findings.html", context)
