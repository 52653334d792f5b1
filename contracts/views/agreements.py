"""The list of agreements, one agreement with its text and history, and its steps but signing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import consent as wording_of_consent
from contracts import rendering, sentences, summary, values
from contracts.actions import agreements as actions
from contracts.actions import checks, moving, reach, terms_now
from contracts.actions.renewals import is_followed
from contracts.forms import NeededReasonForm, RevisionForm
from contracts.models import (
    Agreement,
    AgreementComment,
    CoverageOverride,
    ExecutedDocument,
    InHouseEvent,
    RuleFinding,
    Signature,
    TemplateVersion,
)
from contracts.models.agreements import AgreementQuerySet, Kind
from contracts.rules import AGREEMENT as AGREEMENT_STAGE
from contracts.rules import BLOCK
from contracts.standing import ends_soon, standing
from contracts.views import affiliated, amending, papers
from contracts.views.people import for_signers, of_this_text
from contracts.views.reasons import Words, with_reason
from contracts.workflow import AGREEMENT, COMMENT
from partnernet.core import clock
from partnernet.core.pages import SIZE, page_of
from partnernet.core.workflow import Step
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Firm

readers = for_roles("owner", "dispatcher", "finance", "viewer")
owners = for_roles("owner")
CALLED: dict[str, str] = {
    Kind.PAPER: "On paper",
    Kind.NDA: "Confidentiality agreement",
    Kind.AMENDMENT: "Amendment",
}
owners_post = for_roles("owner", "dispatcher", "finance", "viewer", posting=("owner",))


@require_safe
@readers
def agreements(request: MemberRequest, firm: UUID) -> HttpResponse:
    """All agreements of the firm, with whom they wait for."""
    now = clock.now()
    found = Agreement.objects.visible_to(firm).with_parties().with_signed_sides().with_changes()
    page = page_of(found, request, sides=[Q(proposer=firm), Q(other=firm)])
    rows = [
        {
            "agreement": one,
            "across": _across(one, firm),
            "called": CALLED.get(one.kind, ""),
            "held": terms_now.values_at(one, now),
            "standing": (at := standing(one, now)),
            "ours": at.waits_for == one.side_of(firm) != "",
        }
        for one in page.rows
    ]
    rows.sort(key=lambda row: not row["ours"])
    allowed = CoverageOverride.objects.visible_to(firm).running(now).with_parties().latest_end_first()
    context = {
        "page": page,
        "rows": rows,
        "as_affiliate": affiliated.rows(firm, now=now),
        "may_propose": request.member.role == "owner",
        "allowed": allowed[:SIZE],
        "now": now,
    }
    return render(request, "contracts/agreements.html", context)


@require_safe
@readers
def agreement(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Where it stands, eight lines, the whole text, what can be done, and what happened."""
    found, now = _loaded(firm).filter(pk=pk).first(), clock.now()
    if found is None:
        return affiliated.page(request, firm, pk, now=now)
    if found.kind == Kind.PAPER:
        return papers.page(request, found, now=now)
    side = found.side_of(firm)
    version, revision = found.template_version, found.current_revision
    wording = version.wording()
    people = of_this_text(found, request.member)
    open_steps = AGREEMENT.open_steps(found.status, side=side, role=str(people["acts_as"]))
    signed_by_us = found.signed_by_proposer if side == "proposer" else found.signed_by_other
    findings = checks.standing(found)
    amended = amending.shown(found, firm, now=now)
    context = {
        **amended,
        **people,
        "agreement": found,
        "findings": findings,
        "newest": moving.newest_for(found) if any(step.name == "revise" for step in open_steps) else None,
        "now": now,
        "stopped_by": _held_up(findings, side),
        "across": _across(found, firm),
        "called": CALLED.get(found.kind, "Agreement"),
        "standing": (at := standing(found, now)),
        "our_turn": at.waits_for == side,
        "may_renew": request.member.role == "owner"
        and not found.is_amendment
        and ends_soon(found, now)
        and not is_followed(found),
        "version": version,
        "lines": summary.eight_lines(wording, amending.values_now(amended, found)),
        "changed": [
            (v.label, values.shown(v, revision.values[v.key]))
            for v in (() if found.is_amendment else summary.changed(wording, revision.values))
        ],
        "difference": _difference(found, wording),
        "sections": _sections(found, wording, role=request.member.role),
        "steps": _offered(
            open_steps, found, now=now, signed_by_us=signed_by_us, last_word_ours=revision.author_side == side
        ),
        **_signing(found, open_steps, may=not (people["another_signs"] or signed_by_us)),
        **_written(found, firm),
    }
    return render(request, "contracts/agreement.html", context)


@require_safe
@readers
def text(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Hand out the canonical text, byte for byte what is hashed."""
    through = reach.readable(firm, on=clock.now().date())
    visible = Agreement.objects.visible_to(firm, through=through).select_related("current_revision")
    found = get_object_or_404(visible, pk=pk)
    answer = HttpResponse(found.current_revision.text.encode(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="agreement-{found.verify_code}.txt"'
    return answer


@require_http_methods(["GET", "POST"])
@owners
def revise(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Put other terms on the table, starting from the present ones."""
    found = get_object_or_404(_loaded(firm), pk=pk)
    revision = found.current_revision
    amended = amending.revising(request, found) if found.amends else None
    form = amended or RevisionForm(
        found.template_version.wording(),
        request.POST or None,
        values=revision.values,
        currency=request.member.firm.currency,
    )
    form.fields["seen"].initial = revision.content_sha256
    form.fields["other_changes"].initial = revision.other_changes

    def change() -> None:
        if amended:
            amending.revise(request, found, amended)
            return
        typed = form.cleaned_data
        terms = actions.Terms(form.values(), typed["other_changes"], typed["comment"])
        actions.revise(found, terms, by=request.member, seen=typed["seen"])

    if form.is_valid() and tried(form, change):
        return redirect("agreement", firm, pk)
    context = {
        "form": form,
        "across": _across(found, firm),
        "version": found.template_version,
        "agreement": found,
        "parent": found.amends,
    }
    return render(request, "contracts/propose.html", context)


@require_POST
@for_signers
def accept_terms(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    found = get_object_or_404(_loaded(firm), pk=pk)
    seen = request.POST.get("seen", "")
    said = "You accept these terms. Now both firms can sign."
    return answer(
        request,
        lambda: actions.accept_terms(found, by=request.member, seen=seen),
        to=_page(firm, pk),
        said=said,
    )


@require_POST
@owners
def send_unsigned(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Send a draft without a signature."""
    found = get_object_or_404(_loaded(firm), pk=pk)
    said = f"Sent to {found.other.name}, not signed yet."

    def send() -> None:
        with checks.kept_when_refused(found):
            actions.propose(found, by=request.member)

    return answer(request, send, to=_page(firm, pk), said=said)


ask_changes = with_reason(
    actions.ask_changes,
    Words(
        title="Ask for changes",
        consequence="{across} has signed this text. Say what you would like instead; it can then recall its signature and talk.",
        danger=False,
    ),
    form_class=NeededReasonForm,
)
recall = with_reason(
    actions.recall,
    Words(
        title="Recall our signature",
        consequence="Your signature no longer counts. The terms are open to talk, and both firms sign again. {across} is told at once.",
    ),
)
decline = with_reason(
    actions.decline,
    Words(
        title="Decline the agreement with {across}",
        consequence="{across} is told at once. Nothing comes into force, and nothing counts against you.",
        button="Decline",
    ),
)
void = with_reason(
    actions.void,
    Words(
        title="Withdraw the agreement with {across}",
        consequence="{across} can no longer sign this. Both firms keep the record.",
        button="Withdraw it",
    ),
)
terminate = with_reason(
    actions.terminate,
    Words(
        title="End the agreement with {across}",
        consequence=(
            "After the agreed notice no new work can be offered under it. Running work is finished, and clients stay protected for the"
            " agreed time. {across} is told at once. This cannot be taken back."
        ),
        of_nda=(
            "After the agreed notice nothing new is shared under it; what was shared stays confidential for the agreed time. {across} is"
            " told at once. This cannot be taken back."
        ),
        button="Give notice",
    ),
)


def _sections(found: Agreement, wording: rendering.Wording, *, role: str) -> Iterable[rendering.Section]:
    """Return the whole text, with a place on each clause while the reader may comment on it."""
    shown = rendering.sections(found.current_revision.text)
    may = COMMENT.open_steps(found.status, side="firm", role=role)
    return rendering.to_comment_on(shown, wording) if may else shown


def _signing(found: Agreement, open_steps: tuple[Step, ...], *, may: bool) -> dict[str, object]:
    """Return whether the reader is led to the signature, and to what they consent there."""
    signs = any(step.name == "sign" for step in open_steps) or (found.status == "draft" and bool(open_steps))
    return {
        "can_sign": may and signs,
        "only_owners_sign": not open_steps
        and found.status in ("proposed", "agreed", "partially_signed", "draft"),
        "consent": wording_of_consent.CONSENT[wording_of_consent.CONSENT_VERSION],
        "consent_version": wording_of_consent.CONSENT_VERSION,
    }


def _written(found: Agreement, firm: UUID) -> dict[str, object]:
    """Return what was signed, said and done so far, as this firm may read it."""
    names = {found.proposer_id: found.proposer.name, found.other_id: found.other.name}
    said = AgreementComment.objects.visible_to(firm).filter(agreement=found)
    return {
        "signatures": Signature.objects.filter(revision=found.current_revision).as_shown(),
        **said.aggregate(comments=Count("pk"), open_comments=Count("pk", filter=Q(resolved_at=None))),
        "document": ExecutedDocument.objects.of(found).without_bytes().first(),
        "events": sentences.with_in_house(
            sentences.lines(found.events.order_by("-sequence"), names),
            InHouseEvent.objects.visible_to(firm).filter(agreement=found),
        ),
    }


def _loaded(firm: UUID) -> AgreementQuerySet:
    found = (
        Agreement.objects.visible_to(firm)
        .select_related("proposer", "other", "current_revision")
        .select_related("amends__current_revision", "amends__proposer", "amends__template_version__template")
        .with_signed_sides()
    )
    return found.prefetch_related(Prefetch("template_version", TemplateVersion.objects.with_wording()))


def _held_up(findings: list[RuleFinding], side: str) -> str:
    """Say what keeps this side from sending or signing: `blocked`, `unacknowledged`, or nothing."""
    if any(one.severity == BLOCK and one.stage == AGREEMENT_STAGE for one in findings):
        return "blocked"
    open_ones = (one for one in findings if one.to_be_acknowledged and not one.said_by(side))
    return "unacknowledged" if any(open_ones) else ""


def _offered(
    open_steps: tuple[Step, ...], found: Agreement, *, now: datetime, signed_by_us: bool, last_word_ours: bool
) -> list[Step]:
    """Keep the steps that make sense for who has signed and who spoke last; signing has its own button."""
    hidden = {"sign", "ask_changes" if signed_by_us else "recall"}
    if last_word_ours:
        hidden.add("accept_terms")
    if found.is_amendment or found.terminated_at or (found.ends_at and found.ends_at <= now):
        hidden.add("terminate")
    if found.is_amendment or (found.ends_at and found.ends_at <= now):
        hidden.add("amend")
    return [step for step in open_steps if step.name not in hidden]


def _difference(found: Agreement, wording: rendering.Wording) -> tuple[tuple[str, str, str], ...]:
    """Return what the last round changed, while the terms are still talked about."""
    if found.status not in ("negotiating", "agreed") or found.current_revision.number == 1:
        return ()
    before = found.revisions.get(number=found.current_revision.number - 1)
    return values.differences(wording.variables, before.values, found.current_revision.values)


def _across(found: Agreement, firm: UUID) -> Firm:
    return found.other if found.proposer_id == firm else found.proposer


def _page(firm: UUID, pk: UUID) -> str:
    return reverse("agreement", args=[firm, pk])
