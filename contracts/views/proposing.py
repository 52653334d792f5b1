"""Choose a firm and a text, and fill in its cover page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from contracts import standard, values
from contracts.actions import agreements as actions
from contracts.forms import CoverPageForm
from contracts.models import Agreement, TemplateVersion
from contracts.places import place_code
from partners.http import MemberRequest, for_roles, tried
from partners.models import Firm

owners = for_roles("owner")
TYPES = {
    standard.MUTUAL_SUBCONTRACT: "Subcontract agreement",
    standard.MUTUAL_NDA: "Confidentiality only (NDA)",
}


@require_safe
@owners
def choose_firm(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Choose whom to send an agreement to."""
    sought = request.GET.get("q", "").strip()[:100]
    listed = Firm.objects.listed_for(firm)
    firms = (listed.matching(sought) if sought else listed).order_by("name", "pk")[:20]
    context = {"firms": firms, "sought": sought, **_types(_chosen(request))}
    return render(request, "contracts/choose_firm.html", context)


@require_http_methods(["GET", "POST"])
@owners
def propose(request: MemberRequest, firm: UUID, other: UUID) -> HttpResponse:
    """Fill in the cover page; the draft is then read and signed."""
    across = get_object_or_404(Firm.objects.listed_for(firm), pk=other)
    key = _chosen(request)
    version = TemplateVersion.objects.published().newest_of(key).with_wording().first()
    if version is None:
        return render(request, "contracts/nothing_published.html")
    own = request.member.firm
    given: dict[str, values.Value] = {"governing_law": place_code(own.country, own.state)}
    form = CoverPageForm(version.wording(), request.POST or None, values=given, currency=own.currency)
    made: list[Agreement] = []

    def draft() -> None:
        changes = form.cleaned_data["other_changes"]
        typed = form.values()
        made.append(actions.draft(across, by=request.member, values=typed, other_changes=changes, key=key))

    if form.is_valid() and tried(form, draft):
        return redirect("agreement", firm, made[0].pk)
    context = {"form": form, "across": across, "version": version, **_types(key)}
    return render(request, "contracts/propose.html", context)


def _chosen(request: MemberRequest) -> str:
    """Return the text that was chosen in the address; the subcontract agreement unless another on offer was."""
    key = request.GET.get("text", "")
    return key if key in standard.OFFERED else standard.MUTUAL_SUBCONTRACT


def _types(chosen: str) -> dict[str, object]:
    """Return the texts on offer that are published, where there is a choice."""
    out = set(TemplateVersion.objects.published().values_list("template__key", flat=True))
    types = [(key, TYPES[key], key == chosen) for key in standard.OFFERED if key in out]
    return {"types": types if len(types) > 1 else [], "chosen": chosen}
