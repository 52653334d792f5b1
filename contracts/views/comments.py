"""Comments on a proposal: written, settled, opened again."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions import comments as actions
from contracts.forms.words import CommentForm
from contracts.models import Agreement, AgreementComment
from contracts.workflow import COMMENT
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles, tried

DESK = ("owner", "dispatcher", "finance", "viewer")
WRITERS = ("owner", "dispatcher", "finance")


@require_http_methods(["GET", "POST"])
@for_roles(*DESK, posting=WRITERS)
def comments(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Read what was said to the terms, and say something."""
    found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk)
    places = actions.places(actions.wording_of(found))
    asked = request.GET.get("about", "whole")
    form = CommentForm(request.POST or None, places=places, initial={"place": asked})

    def act() -> None:
        typed = form.cleaned_data
        remark = actions.Remark(typed["text"], typed["place"], internal=typed["internal"])
        actions.write(found, remark, by=request.member)

    if form.is_valid() and tried(form, act):
        return redirect("agreement-comments", firm, pk)
    rows = AgreementComment.objects.visible_to(firm).filter(agreement=found).with_people()
    page = page_of(rows, request)
    steps = COMMENT.open_steps(found.status, side="firm", role=request.member.role)
    context = {
        "agreement": found,
        "across": found.other if found.proposer_id == firm else found.proposer,
        "page": page,
        "form": form,
        "may_write": bool(steps),
        "over": found.status not in COMMENT.rows("comment")[0].sources,
    }
    return render(request, "contracts/comments.html", context)


@require_POST
@for_roles(*WRITERS)
def settle(request: MemberRequest, firm: UUID, pk: UUID, settled: str) -> HttpResponse:
    """Mark a comment as settled, or open it again."""
    comment = get_object_or_404(AgreementComment.objects.visible_to(firm).select_related("agreement"), pk=pk)
    act = actions.resolve if settled == "yes" else actions.reopen
    page = reverse("agreement-comments", args=[firm, comment.agreement_id])
    said = "Settled." if settled == "yes" else "Open again."
    return answer(request, lambda: act(comment, by=request.member), to=page, said=said)
