"""Papers: our own, and what another firm has shown."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from partnernet.core import clock, localtime, uploads
from partnernet.core.pages import page_of
from partners import papers as rules
from partners.actions import documents
from partners.directory import Search, firms_for
from partners.forms import AskPaperForm, PaperForm
from partners.http import MemberRequest, answer, download, for_roles, tried
from partners.models import Document, PaperRequest, Partnership
from partners.paper_rows import own_rows, told_of

OFFICE = ("owner", "dispatcher", "finance")
DESK = (*OFFICE, "viewer")


@for_roles(*OFFICE)
def papers(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show our papers and what others ask for; a new one is handed in here."""
    initial = {"wanted": request.GET.get("wanted", "")}
    form = PaperForm(request.POST or None, request.FILES or None, initial=initial)
    if tried(form, lambda: _hand_in(request, form)):
        messages.success(request, "Handed in. The operator checks it, and you are told.")
        return redirect(_back(request) or reverse("papers", args=[firm]))
    page = page_of(Document.objects.visible_to(firm).select_related("sent_by").order_by("-pk"), request)
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    context = {
        "form": form,
        "page": page,
        "rows": own_rows(page.rows, Document.objects.shown_by([firm])[firm], today),
        "asked": PaperRequest.objects.waiting_at(firm).select_related("asker").order_by("asked_at", "pk"),
        "own_eyes": rules.OWN_EYES,
        "may_open_all": request.member.role in ("owner", "finance"),
    }
    return render(request, "partners/papers.html", context)


def _back(request: HttpRequest) -> str:
    """Return the page of ours that the form was sent from, when it names one."""
    named = request.POST.get("next", "")
    return named if url_has_allowed_host_and_scheme(named, allowed_hosts=None) else ""


def _hand_in(request: MemberRequest, form: PaperForm) -> Document:
    sent = uploads.sent(request, request.FILES, what="file")
    return documents.hand_in(
        form.facts(), uploads.paper(sent.read(), sent.name or "paper"), by=request.member
    )


@require_safe
@for_roles(*OFFICE)
def paper_file(request: MemberRequest, firm: UUID, pk: UUID) -> FileResponse:
    """Serve a paper of our own firm; what holds a tax or an account number only to an owner and finance."""
    paper = get_object_or_404(Document.objects.visible_to(firm), pk=pk)
    if paper.kind in rules.OWN_EYES and request.member.role not in ("owner", "finance"):
        raise PermissionDenied(
            "This paper is opened by an owner or someone in finance. Ask one in your firm."
        )
    return download(paper.file, name=paper.file_name, content_type=paper.content_type)


@require_POST
@for_roles(*OFFICE)
def withdraw(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Take one of our papers back."""
    paper = get_object_or_404(Document.objects.visible_to(firm), pk=pk)
    return answer(
        request,
        lambda: documents.withdraw(paper, by=request.member),
        to=reverse("papers", args=[firm]),
        said="Taken back. It no longer counts.",
    )


@for_roles(*DESK, posting=("owner", "dispatcher"))
def firm_papers(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Show until when the papers of a firm that we know hold, and ask it for one."""
    other = get_object_or_404(firms_for(request.member, Search()), pk=pk)
    form = AskPaperForm(request.POST or None, initial=request.GET.dict())
    if tried(
        form, lambda: documents.ask(other, form.slot(), by=request.member, limit=form.cleaned_data["limit"])
    ):
        messages.success(
            request, f"{other.name} is asked for it. You are told when the operator has accepted it."
        )
        return redirect("firm-papers", firm, pk)
    asked = list(PaperRequest.objects.filter(asker=firm, firm=other).order_by("-asked_at", "-pk")[:20])
    known = bool(asked) or Partnership.objects.visible_to(firm).filter(other=other).exists()
    today = localtime.day_in(clock.now(), request.member.firm.timezone)
    shown = Document.objects.shown_by([other.pk])[other.pk] if known and not other.not_taking_offers else []
    context = {"other": other, "form": form, "asked": asked, "known": known, "holds": told_of(shown, today)}
    return render(request, "partners/firm_papers.html", context)
