"""Agreements that were signed on paper: state one, look at it, answer it, say again that it holds."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import sentences
from contracts.actions import papers as actions
from contracts.forms import NeededReasonForm
from contracts.forms.papers import PaperForm
from contracts.models import Agreement, PaperOriginal
from contracts.standing import standing
from contracts.views.reasons import Words, with_reason
from contracts.workflow import PAPER
from partnernet.core import uploads
from partners.http import MemberRequest, answer, download, for_roles, tried
from partners.models import Firm

readers = for_roles("owner", "dispatcher", "finance", "viewer")
owners = for_roles("owner")


@require_http_methods(["GET", "POST"])
@owners
def state(request: MemberRequest, firm: UUID, other: UUID) -> HttpResponse:
    """Hand in the signed original of an agreement on paper, and say what it says."""
    across = get_object_or_404(Firm.objects.listed_for(firm), pk=other)
    form = PaperForm(request.POST or None, request.FILES or None)
    made: list[Agreement] = []

    def take() -> None:
        typed = form.cleaned_data
        sent = uploads.sent(request, request.FILES, what="file")
        upload = uploads.paper(sent.read(), sent.name or "paper")
        stated = actions.Stated(
            typed["title"], typed["signed_on"], typed["ends_on"], form.months(), typed["holds_original"], upload
        )  # fmt: skip
        made.append(actions.state(across, stated, by=request.member))

    if form.is_valid() and tried(form, take):
        return redirect("agreement", firm, made[0].pk)
    return render(request, "contracts/paper_new.html", {"form": form, "across": across})


def page(request: MemberRequest, found: Agreement, *, now: datetime) -> HttpResponse:
    """What was stated, by whom, what the other firm says to it, and the file itself."""
    firm, side = request.member.firm_id, found.side_of(request.member.firm_id)
    names = {found.proposer_id: found.proposer.name, found.other_id: found.other.name}
    ours = found.proposer_id == firm
    context = {
        "agreement": found,
        "paper": PaperOriginal.objects.visible_to(firm)
        .select_related("held_by", "answered_by")
        .get(agreement=found),
        "across": found.other if ours else found.proposer,
        "ours": ours,
        "standing": standing(found, now),
        "now": now,
        "steps": {
            step.name: step.title
            for step in PAPER.open_steps(found.status, side=side, role=request.member.role)
        },
        "events": list(sentences.lines(found.events.order_by("-sequence"), names)),
    }
    return render(request, "contracts/paper.html", context)


@require_safe
@readers
def original(request: MemberRequest, firm: UUID, pk: UUID) -> FileResponse:
    """Serve the signed original to both firms."""
    kept = get_object_or_404(PaperOriginal.objects.visible_to(firm), agreement=pk)
    return download(kept.file, name=kept.file_name, content_type=kept.content_type)


def _tap(act: Callable[..., Agreement], said: str) -> Callable[..., HttpResponseBase]:
    """Make the door of a step that takes one tap."""

    @require_POST
    @owners
    def door(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
        found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk)
        to = reverse("agreement", args=[firm, pk])
        return answer(request, lambda: act(found, by=request.member), to=to, said=said)

    return door


confirm = _tap(actions.confirm, "Noted: both firms say that this is right.")
affirm = _tap(actions.affirm, "Noted. You are asked again in a year.")
object_to = with_reason(
    actions.object_to,
    Words(
        title="Say that it is wrong",
        consequence="{across} is told at once. No new work can be offered under this paper until it is withdrawn, or you confirm it.",
        label="What is wrong?",
    ),
    form_class=NeededReasonForm,
)
withdraw = with_reason(
    actions.withdraw,
    Words(
        title="Withdraw what we stated",
        consequence="Nothing new is covered by it from then on. Clients that were named under it keep their time. {across} is told at once.",
        label="Why?",
    ),
    form_class=NeededReasonForm,
)
