"""Protected clients: whose, from whom, and how long still."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions import protection as actions
from contracts.forms import PriorForm
from contracts.models import ProtectedClient
from partnernet.core import clock, localtime
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles, tried

PAGE = 50
readers = for_roles("owner", "dispatcher", "finance", "viewer")


@require_safe
@readers
def protected_clients(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Every client protected between us and another firm, the soonest to end first."""
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    found = ProtectedClient.objects.visible_to(firm).with_parties()
    sides = [Q(prime=firm), Q(sub=firm)]
    page = page_of(found, request, by=("protected_until", "client_name", "pk"), sides=sides, size=PAGE)
    rows = [(one, one.days_left(today), one.prime_id == firm) for one in page.rows]
    return render(request, "contracts/protected_clients.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@for_roles("owner", "dispatcher", "finance", "viewer", posting=actions.DECIDERS)
def protected_client(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """One protection, with “already ours?” while there is time for it."""
    found = get_object_or_404(ProtectedClient.objects.visible_to(firm).with_parties(), pk=pk)
    form = PriorForm(request.POST or None)
    if form.is_valid() and tried(
        form, lambda: actions.declare_prior(found, by=request.member, **form.cleaned_data)
    ):
        return redirect("protected-client", firm, pk)
    now = clock.now()
    prior = next(iter(found.prior_relationships.all()), None)
    context = {
        "protected": found,
        "days_left": found.days_left(localtime.day_in(now, request.member.firm.timezone)),
        "prior": prior,
        "form": form,
        "may_declare": found.sub_id == firm
        and prior is None
        and found.may_declare(now)
        and request.member.role in actions.DECIDERS,
        "may_answer": found.prime_id == firm
        and prior is not None
        and prior.status == "declared"
        and request.member.role == "owner",
        "ours": found.prime_id == firm,
    }
    return render(request, "contracts/protected_client.html", context)


@require_POST
@for_roles("owner")
def release(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(ProtectedClient.objects.visible_to(firm), pk=pk)
    page = reverse("protected-client", args=[firm, pk])
    return answer(
        request,
        lambda: actions.release(found, by=request.member),
        to=page,
        said=f"{found.client_name} is released.",
    )


@require_POST
@for_roles("owner")
def insist(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(ProtectedClient.objects.visible_to(firm), pk=pk)
    page = reverse("protected-client", args=[firm, pk])
    said = f"{found.client_name} stays protected. The other firm may leave the work without blame."
    return answer(request, lambda: actions.insist(found, by=request.member), to=page, said=said)
