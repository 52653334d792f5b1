"""What clients asked other firms for: opportunities that were passed on, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contracts.actions import approaches
from contracts.models import ApproachReport
from contracts.workflow import APPROACH
from engagements.actions import asked_more
from engagements.models import WorkOrder
from partnernet.core import clock
from partnernet.core.errors import Invalid
from partnernet.core.pages import page_of
from partners.http import MemberRequest, answer, for_roles

DESK = ("owner", "dispatcher", "viewer")
LEADS = ("owner", "dispatcher")
PAGE = 50
SAID = {
    "report": "{who} passed it on",
    "acknowledge": "{who} has heard it",
    "refer_back": "{who} takes it over",
    "make_change": "{who} made it a change of the work",
    "make_work": "{who} made it new work",
    "release": "{who} released it",
    "take_release": "{who} agreed to the fee",
    "refuse_release": "{who} did not agree to the fee",
    "decline": "{who} does not do it",
    "close": "{who} closed it",
    "escalate": "Nobody had answered in time; the owner was told",
}


class AnswerForm(forms.Form):
    """A word to the firm that passed it on."""

    answer = forms.CharField(
        label="A word to them", required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class DeclineForm(forms.Form):
    """Why it is not done."""

    answer = forms.CharField(label="Why?", max_length=500, widget=forms.Textarea({"rows": 2}))


class ChangeForm(forms.Form):
    """The change that the reporter's firm is asked for."""

    text = forms.CharField(label="What is to be done", max_length=500, widget=forms.Textarea({"rows": 2}))
    amount = forms.DecimalField(
        label="More budget for it",
        required=False,
        min_value=0,
        decimal_places=2,
        max_digits=12,
        help_text="Leave empty when it costs nothing more.",
    )


class ReleaseForm(AnswerForm):
    """For nothing, or for what."""

    fee_percent = forms.DecimalField(
        label="Referral fee, percent of the first year's revenue",
        min_value=0,
        max_value=50,
        decimal_places=2,
        initial=0,
        help_text="0 releases it at once. With a fee their owner has to agree. 10 to 20 percent is usual.",
    )
    field_order = ("fee_percent", "answer")


class WorkForm(forms.Form):
    """Which of our drafts it becomes."""

    work_order = forms.ModelChoiceField(
        label="Which draft?", queryset=WorkOrder.objects.none(), empty_label="Choose a draft"
    )

    def __init__(self, report: ApproachReport, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drafts = WorkOrder.objects.given_by(report.prime_id).filter(client=report.client_id, status="draft")
        field = self.fields["work_order"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows for mypy
        field.queryset = drafts.order_by("-number")


@require_safe
@for_roles(*DESK)
def index(request: MemberRequest, firm: UUID) -> HttpResponse:
    """List both sides: passed on to us, and passed on by us; what waits for an answer first."""
    found = ApproachReport.objects.visible_to(firm).with_people()
    page = page_of(found, request, sides=[Q(prime=firm), Q(sub=firm)], size=PAGE)
    waits = [row for row in page.rows if row.prime_id == firm and row.status in ("reported", "acknowledged")]
    rest = [row for row in page.rows if row not in waits]
    return render(
        request, "pages/approaches.html", {"page": page, "waits": waits, "rest": rest, "firm_id": firm}
    )


@require_safe
@for_roles(*DESK)
def approach(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Show one report, what became of it, and what can be answered."""
    found = _found(firm, pk)
    side = found.side_of(firm)
    steps = {step.name for step in APPROACH.open_steps(found.status, side=side, role=request.member.role)}
    if found.fee_offered is None:
        steps -= {"take_release", "refuse_release"}
    runs = WorkOrder.objects.given_by(firm).filter(
        pk=found.work_order_id, status__in=["assigned", "in_progress", "on_hold"]
    )
    if "make_change" in steps and not runs.exists():
        steps.discard("make_change")
    names = {found.prime_id: found.prime.name, found.sub_id: found.sub.name}
    context = {
        "report": found,
        "ours": side == "prime",
        "steps": steps,
        "late": found.status in ("reported", "acknowledged") and found.answer_by <= clock.now(),
        "change_form": ChangeForm(initial={"text": found.what}, auto_id="change_%s"),
        "work_form": WorkForm(found, auto_id="work_%s"),
        "release_form": ReleaseForm(auto_id="release_%s"),
        "decline_form": DeclineForm(auto_id="decline_%s"),
        "answer_form": AnswerForm(auto_id="answer_%s"),
        "events": [
            {
                "sentence": SAID[event.step].format(
                    who=names[event.by_firm] if event.by_firm else "PartnerNet"
                ),
                "reason": event.reason,
                "occurred_at": event.occurred_at,
            }
            for event in found.events.order_by("occurred_at", "pk")
        ],
    }
    return render(request, "pages/approach.html", context)


def _found(firm: UUID, pk: UUID) -> ApproachReport:
    return get_object_or_404(ApproachReport.objects.visible_to(firm).with_people(), pk=pk)


def _take(
    request: MemberRequest, found: ApproachReport, act: Callable[[], object], said: str
) -> HttpResponse:
    page = reverse("approach", args=[request.member.firm_id, found.pk])
    return answer(request, act, to=page, said=said)


def _read(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Invalid({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    return form.cleaned_data


def _plain(
    take: Callable[..., object], said: str, *roles: str, form: type[forms.Form] | None = None, word: str = ""
) -> Callable[..., HttpResponseBase]:
    """Return the page of a step that takes nothing, or one word under the name `word`."""

    @require_POST
    @for_roles(*roles)
    def page(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
        found = _found(firm, pk)

        def act() -> None:
            facts = {word: _read(form(request.POST))["answer"]} if form else {}
            take(found, by=request.member, **facts)

        return _take(request, found, act, said.format(sub=found.sub.name, prime=found.prime.name))

    return page


STEPS: dict[str, Callable[..., HttpResponseBase]] = {
    "acknowledge": _plain(approaches.acknowledge, "Good. {sub} will see that you have it.", *LEADS),
    "refer-back": _plain(
        approaches.refer_back, "It is yours. {sub} knows.", *LEADS, form=AnswerForm, word="answer"
    ),
    "decline": _plain(approaches.decline, "{sub} knows.", *LEADS, form=DeclineForm, word="reason"),
    "close": _plain(approaches.close, "Closed.", *LEADS),
    "take-release": _plain(approaches.take_release, "Agreed. {prime} knows.", "owner"),
    "refuse-release": _plain(approaches.refuse_release, "{prime} knows.", "owner"),
}


@require_POST
@for_roles("owner")
def release(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Let the reporter do it, for nothing or for a fee."""
    found = _found(firm, pk)

    def act() -> None:
        typed = _read(ReleaseForm(request.POST))
        approaches.release(found, by=request.member, fee_percent=typed["fee_percent"], answer=typed["answer"])

    return _take(request, found, act, f"{found.sub.name} has been told.")


@require_POST
@for_roles(*LEADS)
def make_change(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Ask the reporter's firm for a change of the running work."""
    found = _found(firm, pk)
    said = f"{found.sub.name} is asked for the change."

    def act() -> None:
        typed = _read(ChangeForm(request.POST))
        asked_more.make_change(found, by=request.member, text=typed["text"], amount=typed["amount"] or None)

    return _take(request, found, act, said)


@require_POST
@for_roles(*LEADS)
def make_work(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say which draft it becomes."""
    found = _found(firm, pk)

    def act() -> None:
        order = _read(WorkForm(found, request.POST))["work_order"]
        asked_more.make_work(found, order, by=request.member)

    return _take(request, found, act, f"{found.sub.name} gets the first offer of it.")
