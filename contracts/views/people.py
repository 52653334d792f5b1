"""Who signs an agreement for us, in which order, and what our own people approve first."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions import approvals, signatories, signers
from contracts.forms.people import (
    ApprovalForm,
    AskApprovalForm,
    ColleagueForm,
    OrderForm,
    PassOnForm,
    RefusalForm,
)
from contracts.models import Agreement, ApprovalDemand, Signatory, SigningAuthority
from contracts.workflow import AGREEMENT, TO_BE_SIGNED
from partnernet.core.errors import WrongRole
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Member

DESK = ("owner", "dispatcher", "finance", "viewer")
MAY_ASK = ("owner", "dispatcher", "finance")
readers = for_roles(*DESK)
View = Callable[..., HttpResponseBase]


def for_signers(view: View) -> View:
    """Open a page about one agreement to owners and to whoever is named to sign it; the others are told so (403)."""

    @wraps(view)
    def guarded(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponseBase:
        found = get_object_or_404(Agreement.objects.visible_to(firm), pk=pk)
        try:
            signers.refuse_outsider(found, found.side_of(firm), request.member)
        except WrongRole as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        return view(request, firm, pk)

    return readers(guarded)


def of_this_text(found: Agreement, member: Member) -> dict[str, object]:
    """Return what the page of an agreement says about who signs for us and what our firm has approved.

    Nothing is asked where nothing is to be signed any more.
    """
    is_open = found.status in TO_BE_SIGNED
    rows = Signatory.objects.of(found).standing().with_people() if is_open else []
    named = {row.side: row for row in rows}
    ours = named.pop(found.side_of(member.firm_id), None)
    return {
        "signing_open": is_open,
        "named_ours": ours,
        "named_theirs": next(iter(named.values()), None),
        "acts_as": signers.role_of(member, ours),
        "another_signs": bool(ours and ours.member_id != member.pk),
        "signs_first": found.firm_on(found.signs_first).name if found.signs_first else "",
        **_approval(found, member, is_open=is_open),
    }


def _approval(found: Agreement, member: Member, *, is_open: bool) -> dict[str, object]:
    demand = ApprovalDemand.objects.filter(firm=member.firm_id).first() if is_open else None
    rows = approvals.about(found, member) if demand else []
    return {
        "demand": demand,
        "approval": rows[0] if rows else None,
        "may_approve": demand is not None and member.role in demand.roles,
        "may_ask": member.role in MAY_ASK,
        "approval_missing": signers.approval_missing(found, member) if demand else "",
    }


@require_safe
@readers
def who_signs(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Who signs for each firm, and which firm first."""
    return _show(request, _found(firm, pk))


@require_POST
@for_roles("owner")
def name(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Name who signs for us."""
    found = _found(firm, pk)
    form = ColleagueForm(request.POST, colleagues=_colleagues(request))
    if form.is_valid() and tried(form, lambda: signatories.name(found, form.chosen(), by=request.member)):
        return redirect("agreement-signers", firm, pk)
    return _show(request, found, naming=form)


@require_POST
@for_roles("owner")
def release(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Let any owner sign again."""
    found = _found(firm, pk)
    page = reverse("agreement-signers", args=[firm, pk])
    return answer(
        request,
        lambda: signatories.release(found, by=request.member),
        to=page,
        said="Any owner can sign now.",
    )


@require_POST
@for_signers
def pass_on(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Pass the signature on to a colleague."""
    found = _found(firm, pk)
    form = PassOnForm(request.POST, colleagues=_colleagues(request))

    def act() -> None:
        signatories.pass_on(found, form.chosen(), by=request.member, reason=form.cleaned_data["reason"])

    if form.is_valid() and tried(form, act):
        return redirect("agreement-signers", firm, pk)
    return _show(request, found, passing=form)


@require_POST
@for_roles("owner")
def order(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say which firm signs first."""
    found = _found(firm, pk)
    first = request.POST.get("first", "")
    page = reverse("agreement-signers", args=[firm, pk])
    return answer(request, lambda: signatories.order(found, first, by=request.member), to=page, said="Saved.")


@require_POST
@for_roles(*MAY_ASK)
def ask_approval(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Ask our own people for their approval of this text."""
    found = _found(firm, pk)
    form = AskApprovalForm(request.POST)
    form.is_valid()
    seen, note = form.cleaned_data.get("seen", ""), form.cleaned_data.get("note", "")
    return answer(
        request,
        lambda: approvals.ask(found, by=request.member, seen=seen, note=note),
        to=_page(firm, pk),
        said="Asked. Only your firm sees this.",
    )


@require_POST
@for_roles("owner", "finance")
def approve(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Approve exactly the text that was seen."""
    found, seen = _found(firm, pk), request.POST.get("seen", "")
    return answer(
        request,
        lambda: approvals.approve(found, by=request.member, seen=seen),
        to=_page(firm, pk),
        said="Approved. It can be signed or accepted now.",
    )


@require_http_methods(["GET", "POST"])
@for_roles("owner", "finance")
def refuse(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say why this text is not approved."""
    found = _found(firm, pk)
    form = RefusalForm(request.POST or None, initial={"seen": found.content_sha256})

    def act() -> None:
        typed = form.cleaned_data
        approvals.refuse(found, by=request.member, seen=typed["seen"], reason=typed["reason"])

    if form.is_valid() and tried(form, act):
        return redirect("agreement", firm, pk)
    context = {
        "form": form,
        "agreement": found,
        "title": "Not like this",
        "consequence": "Nobody of your firm can sign or accept this text. Only your firm sees it; nothing is said to the other one.",
        "button": "Do not approve it",
        "danger": True,
    }
    return render(request, "contracts/step.html", context)


@require_safe
@for_roles("owner", "dispatcher", "finance")
def settings(request: MemberRequest, firm: UUID) -> HttpResponse:
    """How our firm signs: what is approved first, and who may sign besides owners."""
    return _show_settings(request)


@require_POST
@for_roles("owner")
def demand(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Want an approval before anybody signs."""
    form = ApprovalForm(request.POST)
    if form.is_valid() and tried(
        form, lambda: approvals.demand(form.cleaned_data["approver"], by=request.member)
    ):
        return redirect("signing-settings", firm)
    return _show_settings(request, approval=form)


@require_POST
@for_roles("owner")
def stop_demanding(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Want none any more."""
    page = reverse("signing-settings", args=[firm])
    said = "Off. Texts are signed without an approval."
    return answer(request, lambda: approvals.stop_demanding(by=request.member), to=page, said=said)


@require_POST
@for_roles("owner")
def allow(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Let a member sign what is passed on to them."""
    form = ColleagueForm(request.POST, colleagues=_colleagues(request))
    if form.is_valid() and tried(form, lambda: signatories.allow(form.chosen(), by=request.member)):
        return redirect("signing-settings", firm)
    return _show_settings(request, allowing=form)


@require_POST
@for_roles("owner")
def disallow(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take that back."""
    row = get_object_or_404(SigningAuthority.objects.visible_to(firm), pk=pk)
    page = reverse("signing-settings", args=[firm])
    said = "Taken back. What was signed stays signed."
    return answer(request, lambda: signatories.disallow(row, by=request.member), to=page, said=said)


def _show(request: MemberRequest, found: Agreement, **forms: object) -> HttpResponse:
    member, side = request.member, found.side_of(request.member.firm_id)
    told = of_this_text(found, member)
    role = str(told["acts_as"])
    steps = {step.name for step in AGREEMENT.open_steps(found.status, side=side, role=role)}
    ours = told["named_ours"]
    named_me = isinstance(ours, Signatory) and ours.member_id == member.pk
    colleagues = _colleagues(request)
    context = {
        **told,
        "agreement": found,
        "across": found.other if side == "proposer" else found.proposer,
        "steps": steps,
        "may_pass_on": named_me and role != "owner" and "pass_on" in steps,
        "rows": Signatory.objects.of(found).filter(side=side).with_people().order_by("pk"),
        "naming": ColleagueForm(colleagues=colleagues, label="Who signs for us?"),
        "passing": PassOnForm(
            colleagues=[one for one in colleagues if one.pk != member.pk], label="To whom?"
        ),
        "ordering": OrderForm(
            proposer=found.proposer.name, other=found.other.name, initial=found.signs_first
        ),
        **forms,
    }
    return render(request, "contracts/signers.html", context)


def _show_settings(request: MemberRequest, **forms: object) -> HttpResponse:
    firm = request.member.firm_id
    demand = ApprovalDemand.objects.filter(firm=firm).select_related("turned_on_by").first()
    allowed = (
        SigningAuthority.objects.visible_to(firm).standing().select_related("member__user", "granted_by")
    )
    context = {
        "demand": demand,
        "allowed": allowed.order_by("granted_at", "pk"),
        "may_change": request.member.role == "owner",
        "approval": ApprovalForm(initial={"approver": demand.approver if demand else "owner"}),
        "allowing": ColleagueForm(
            colleagues=[one for one in _colleagues(request) if one.role != "owner"],
            label="Who may sign besides owners?",
        ),
        **forms,
    }
    return render(request, "contracts/signing_settings.html", context)


def _colleagues(request: MemberRequest) -> list[Member]:
    members = Member.objects.of(request.member.firm_id).active().in_role(*DESK).select_related("user")
    return list(members.order_by("joined_at", "pk"))


def _found(firm: UUID, pk: UUID) -> Agreement:
    return get_object_or_404(Agreement.objects.visible_to(firm).with_parties().with_signed_sides(), pk=pk)


def _page(firm: UUID, pk: UUID) -> str:
    return reverse("agreement", args=[firm, pk])
