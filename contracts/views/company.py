"""Our firm as a party: its affiliates, and notices that somebody else controls it or that it is another entity."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions import affiliates as actions
from contracts.forms.company import AffiliateForm, PartyNoticeForm
from contracts.models import Affiliation, PartyNotice
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Firm

READERS = ("owner", "dispatcher", "finance")
SHOWN = 20


@require_http_methods(["GET", "POST"])
@for_roles(*READERS, posting=("owner",))
def company(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show who belongs to us, and list another one."""
    form = AffiliateForm(request.POST or None, firms=_known(request))

    def act() -> None:
        actions.state(form.chosen(), by=request.member, since=form.cleaned_data["since"])

    if form.is_valid() and tried(form, act):
        return redirect("company", firm)
    return _show(request, form=form)


@require_POST
@for_roles("owner")
def confirm(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say that we belong to the firm that lists us."""
    row = get_object_or_404(Affiliation.objects.visible_to(firm), pk=pk)
    said = "Confirmed. New agreements of that firm name you."
    return answer(request, lambda: actions.confirm(row, by=request.member), to=_page(firm), said=said)


@require_POST
@for_roles("owner")
def end(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take it off the list, from either side."""
    row = get_object_or_404(Affiliation.objects.visible_to(firm), pk=pk)
    said = "Off the list. What is signed keeps what it lists."
    return answer(request, lambda: actions.end(row, by=request.member), to=_page(firm), said=said)


@require_POST
@for_roles("owner")
def notice(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Tell everybody whom we have an agreement in force with."""
    form = PartyNoticeForm(request.POST)

    def act() -> None:
        typed = form.cleaned_data
        actions.give_notice(
            typed["kind"], by=request.member, what=typed["what"], effective_on=typed["effective_on"]
        )

    if form.is_valid() and tried(form, act):
        return redirect("company", firm)
    return _show(request, noticing=form)


def _show(request: MemberRequest, **forms: object) -> HttpResponse:
    firm = request.member.firm_id
    rows = Affiliation.objects.visible_to(firm).standing().with_firms().oldest_first()
    context = {
        "ours": [row for row in rows if row.firm_id == firm],
        "listing_us": [row for row in rows if row.affiliate_id == firm],
        "notices": PartyNotice.objects.visible_to(firm).select_related("given_by").newest_first()[:SHOWN],
        "may_change": request.member.role == "owner",
        "form": AffiliateForm(firms=_known(request)),
        "noticing": PartyNoticeForm(),
        **forms,
    }
    return render(request, "contracts/company.html", context)


def _known(request: MemberRequest) -> list[Firm]:
    """Return the firms that one can choose."""
    listed = Firm.objects.listed_for(request.member.firm_id).active()
    return list(listed.only("name", "status").order_by("name", "pk")[:500])


def _page(firm: UUID) -> str:
    return reverse("company", args=[firm])
