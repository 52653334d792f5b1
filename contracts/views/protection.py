"""Protected clients: whose, from whom, and how long still."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions import protection as actions
from contracts.actions import releases
from contracts.forms import PriorForm, ReleaseForm
from contracts.models import PriorRelationship, ProtectedClient
from partnernet.core import clock, localtime, uploads
from partnernet.core.errors import Invalid
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, download, for_roles, tried

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
    found = _found(firm, pk)
    form = PriorForm(request.POST or None, request.FILES or None)
    if form.is_valid() and tried(form, lambda: _declare(request, found, form)):
        return redirect("protected-client", firm, pk)
    now = clock.now()
    ours = found.prime_id == firm
    prior = next(iter(found.prior_relationships.all()), None)
    owner, deciding = request.member.role == "owner", request.member.role in actions.DECIDERS
    waiting = prior is not None and prior.status == PriorRelationship.Status.DECLARED
    offered = found.releases.offered().first()
    protected = found.status == ProtectedClient.Status.PROTECTED
    context = {
        "protected": found,
        "days_left": found.days_left(localtime.day_in(now, request.member.firm.timezone)),
        "prior": prior,
        "form": form,
        "may_declare": not ours and prior is None and found.may_declare(now) and deciding,
        "may_answer": ours and waiting and owner,
        "may_reserve": waiting and owner and not _reserved(prior, ours=ours),
        "offered": offered,
        "may_release": ours and owner and protected and offered is None,
        "may_take": not ours and owner and offered is not None,
        "release_form": ReleaseForm(),
        "releases": found.releases.select_related("offered_by", "answered_by").newest_first(),
        "ours": ours,
    }
    return render(request, "contracts/protected_client.html", context)


def _found(firm: UUID, pk: UUID) -> ProtectedClient:
    found = ProtectedClient.objects.visible_to(firm).with_parties().select_related("read_by")
    return get_object_or_404(found, pk=pk)


def _declare(request: MemberRequest, found: ProtectedClient, form: PriorForm) -> None:
    typed = form.cleaned_data
    sent = uploads.sent(request, request.FILES, what="file") if request.FILES else None
    upload = uploads.paper(sent.read(), sent.name or "paper") if sent else None
    paper = actions.Paper(typed["evidence"], typed["evidence_on"], upload)
    actions.declare_prior(found, paper, by=request.member)


def _reserved(prior: PriorRelationship | None, *, ours: bool) -> bool:
    """Say whether our side has let the work start already."""
    if prior is None:
        return False
    return bool(prior.reserved_by_prime_at if ours else prior.reserved_by_sub_at)


@require_POST
@readers
def read_notice(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Keep that the notice was opened, when the page of it has been shown."""
    actions.read_notice(_found(firm, pk), by=request.member)
    return HttpResponse(status=204)


@require_safe
@readers
def declaration_file(request: MemberRequest, firm: UUID, pk: UUID) -> FileResponse:
    """Serve the paper of a declaration to both firms."""
    prior = get_object_or_404(_found(firm, pk).prior_relationships.exclude(file=""))
    return download(prior.file, name=prior.file_name, content_type=prior.content_type)


def _step(
    request: MemberRequest, found: ProtectedClient, act: Callable[[], object], said: str
) -> HttpResponse:
    page = reverse("protected-client", args=[request.member.firm_id, found.pk])
    return answer(request, act, to=page, said=said)


@require_POST
@for_roles("owner")
def release(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Accept a declaration."""
    found = _found(firm, pk)
    said = f"{found.client_name} is released."
    return _step(request, found, lambda: actions.release(found, by=request.member), said)


@require_POST
@for_roles("owner")
def insist(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Dispute a declaration."""
    found = _found(firm, pk)
    said = f"{found.client_name} stays protected. The other firm may leave the work without blame."
    return _step(request, found, lambda: actions.insist(found, by=request.member), said)


@require_POST
@for_roles("owner")
def reserve(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Let urgent work start, with positions reserved."""
    found = _found(firm, pk)
    said = "Written down. Once an owner of both firms has said so, the work can start."
    return _step(request, found, lambda: actions.reserve(found, by=request.member), said)


@require_POST
@for_roles("owner")
def let_go(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Release a client, with or without a fee."""
    found, form = _found(firm, pk), ReleaseForm(request.POST)

    def act() -> None:
        if not form.is_valid():
            raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
        typed = form.cleaned_data
        releases.offer(found, by=request.member, fee_percent=typed["fee_percent"], note_to_them=typed["note"])

    return _step(request, found, act, f"{found.sub.name} has been told.")


@require_POST
@for_roles("owner")
def answer_release(
    request: MemberRequest, firm: UUID, pk: UUID, release: UUID, answered: str
) -> HttpResponse:
    """Take a release, leave it, or take its offer back."""
    found = _found(firm, pk)
    made = get_object_or_404(found.releases, pk=release)
    act = {"take": releases.take, "refuse": releases.refuse, "withdraw": releases.withdraw}[answered]
    return _step(request, found, lambda: act(made, by=request.member), "Done. The other firm has been told.")
