"""The operator's texts: a list, one version with its clauses and what the check says, its steps, preview and difference; and the rules.

They stand behind the operator's sign-in, not behind a firm.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import checker, comparison, facts, rendering, rules, standard
from contracts.actions import authoring, templates
from contracts.forms import texts as typed
from contracts.models import TemplateVersion
from contracts.places import PLACES
from contracts.rendering import Wording
from contracts.values import Value, Variable
from contracts.workflow import OPERATOR, TEMPLATE
from partnernet.core import clock
from partnernet.core.models import User
from partnernet.core.templatetags.ui import counted
from partners.http import answer, tried

SAMPLES: dict[str, Value] = {
    "place": "US-NY",
    "text": "(to be filled in)",
    "percent": "10",
    "bool": False,
    "months": 12,
    "days": 30,
    "business_days": 5,
    "hours": 24,
}
PARTIES: dict[str, Value] = {
    "proposer": {"legal_name": "First Example, Inc.", "kind": "company", "place": "New York", "address": "1 Main St, Mineola", "email": "owner@first.example"},
    "other": {"legal_name": "Second Example LLC", "kind": "company", "place": "New York", "address": "2 Elm St, Hicksville", "email": "owner@second.example"},
}  # fmt: skip


class StaffRequest(HttpRequest):
    """A request of an operator."""

    user: User


def staff(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page to operators alone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.is_staff):
            raise PermissionDenied("Only the people who run this network see this page.")
        return view(cast(StaffRequest, request), *args, **kwargs)

    return guarded


@require_http_methods(["GET", "POST"])
@staff
def texts(request: StaffRequest) -> HttpResponse:
    """Every version of every text, with how much stands on it; and a form to begin a text of its own."""
    form = typed.NewTextForm(request.POST or None)
    made: list[TemplateVersion] = []

    def begin() -> None:
        made.append(authoring.begin(authoring.NewText(**form.cleaned_data), by=request.user))

    if form.is_valid() and tried(form, begin):
        return redirect("operator-text", made[0].pk)
    in_force = Count("agreements", filter=Q(agreements__status="signed", agreements__ends_at__gt=clock.now()))
    versions = TemplateVersion.objects.select_related("template").annotate(in_force=in_force)
    rows = sorted(
        versions, key=lambda one: (one.template.title, [-part for part in standard.rank(one.label)])
    )
    return render(request, "contracts/texts/texts.html", {"rows": rows, "form": form})


@require_safe
@staff
def text(request: StaffRequest, pk: UUID) -> HttpResponse:
    """One version: where it stands, what the check says, its clauses with their reasons, its cover page, its history."""
    version, now = _version(pk), clock.now()
    wording = version.wording()
    faults = templates.faults(version)
    context = {
        "version": version,
        "wording": wording,
        "faults": faults,
        "findings": templates.look_at(version, now=now),
        "advice": rules.ADVICE,
        "steps": TEMPLATE.open_steps(version.status, side=OPERATOR, role=OPERATOR),
        "draft": version.status == TemplateVersion.Status.DRAFT,
        "concerned": authoring.concerned(version, now=now),
        "answers": [(question.text, comparison.answer(key, version.says.get(key))) for key, question in facts.QUESTIONS.items()],
        "events": version.events.select_related("by_user").order_by("-occurred_at", "-pk")[:50],
        "before": _before(version),
    }  # fmt: skip
    return render(request, "contracts/texts/text.html", context)


@require_safe
@staff
def preview(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The text as firms will read it, with its standard values."""
    version = _version(pk)
    wording = version.wording()
    faults = templates.faults(version)
    shown = () if faults else rendering.sections(rendering.render(wording, _samples(wording)))
    context = {"version": version, "faults": faults, "sections": shown}
    return render(request, "contracts/texts/preview.html", context)


@require_safe
@staff
def difference(request: StaffRequest, pk: UUID) -> HttpResponse:
    """What differs from the version before, or from the one that is asked for."""
    version = _version(pk)
    others = TemplateVersion.objects.filter(template=version.template_id).exclude(pk=pk).order_by("pk")
    wanted = request.GET.get("from", "")
    before = next((one for one in others if one.label == wanted), None) or _before(version) or version
    older = _version(before.pk)
    compared = comparison.compare(older.wording(), version.wording(), said=older.says, says=version.says)
    context = {"version": version, "older": older, "others": others, "compared": compared}
    return render(request, "contracts/texts/difference.html", context)


@require_http_methods(["GET", "POST"])
@staff
def clause(request: StaffRequest, pk: UUID, key: str = "") -> HttpResponse:
    """Change one clause of a draft, or add one."""
    version = _version(pk)
    found = get_object_or_404(version.clauses, key=key) if key else None
    form = typed.ClauseForm(version.wording(), request.POST or None, clause=found)
    if tried(form, lambda: authoring.put_clause(version, form.value(), by=request.user)):
        return redirect("operator-text", pk)
    title = f"{found.number}. {found.title}" if found else "A new clause"
    return _form(request, version, form, title=title, key=f"clause:{key}" if key else "")


@require_http_methods(["GET", "POST"])
@staff
def variable(request: StaffRequest, pk: UUID, key: str = "") -> HttpResponse:
    """Change one line of the cover page of a draft, or add one."""
    version = _version(pk)
    found = get_object_or_404(version.variables.exclude(kind="party"), key=key).pure() if key else None
    form = typed.VariableForm(version.wording(), request.POST or None, variable=found)
    if tried(form, lambda: authoring.put_variable(version, form.value(), by=request.user)):
        return redirect("operator-text", pk)
    title = found.label if found else "A new line of the cover page"
    return _form(request, version, form, title=title, key=f"variable:{key}" if key else "")


@require_POST
@staff
def shift(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Move a clause or a line up or down, or take it out."""
    version = _version(pk)
    key, to = request.POST.get("key", ""), request.POST.get("to", "")
    said = "Taken out." if to == "out" else "Moved."
    return answer(
        request,
        lambda: authoring.shift(version, key, to=to, by=request.user),
        to=f"{_page(pk)}#{key.replace(':', '-')}",
        said=said,
    )


@require_http_methods(["GET", "POST"])
@staff
def answers(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Answer the checker's questions about a draft."""
    version = _version(pk)
    form = typed.AnswersForm(request.POST or None, says=version.says)
    if tried(form, lambda: authoring.answer(version, form.says(), by=request.user)):
        return redirect("operator-text", pk)
    why = "No program can read this from the text. The checker takes your word for it, so answer for the text as it stands."
    return _form(request, version, form, title="What the checker must know", why=why)


@require_http_methods(["GET", "POST"])
@staff
def next_version(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Begin the next version as a copy of this one."""
    version = _version(pk)
    form = typed.NextVersionForm(request.POST or None)
    made: list[TemplateVersion] = []

    def begin() -> None:
        major = form.cleaned_data["size"] == "major"
        made.append(authoring.next_version(version, by=request.user, major=major))

    if tried(form, begin):
        return redirect("operator-text", made[0].pk)
    why = "It begins as a copy. What is published stays as it is until you publish the next version."
    return _form(request, version, form, title="Write the next version", why=why, button="Begin")


@require_POST
@staff
def step(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """Send to review, take back to the draft, or let it run out."""
    version = _version(pk)
    said = {
        "review": "It waits for a second pair of eyes.",
        "reopen": "It is a draft again.",
        "deprecate": "Drafts on it can still be finished; new ones begin on a newer text.",
    }[name]
    return answer(request, lambda: authoring.step(version, name, by=request.user), to=_page(pk), said=said)


@require_http_methods(["GET", "POST"])
@staff
def publish(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Publish a reviewed draft, with a reason where the check found something grave."""
    version = _version(pk)
    grave = any(one.severity == rules.HIGH for one in templates.look_at(version, now=clock.now()))
    form = typed.PublishForm(request.POST if request.method == "POST" else None, grave=grave)
    if tried(
        form, lambda: authoring.publish(version, by=request.user, reason=form.cleaned_data.get("reason", ""))
    ):
        messages.success(request, "Published. From now on it never changes.")
        return redirect("operator-text", pk)
    why = "From now on its text never changes, and firms can send it. Older versions of it step back: drafts on them can still be finished."
    return _form(request, version, form, title="Publish it", why=why, button="Publish")


@require_http_methods(["GET", "POST"])
@staff
def withdraw(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a text back, seeing first whom that reaches."""
    version = _version(pk)
    form = typed.WithdrawForm(request.POST or None)
    if tried(form, lambda: authoring.withdraw(version, by=request.user, **form.cleaned_data)):
        messages.success(request, "Withdrawn. Every firm concerned is told, with your reason.")
        return redirect("operator-text", pk)
    reach = authoring.concerned(version, now=clock.now())
    why = (
        f"It reaches {counted(reach['drafts'], 'draft')}, {counted(reach['under_way'], 'proposal')} and"
        f" {counted(reach['in_force'], 'agreement')} in force. Nothing is sent or"
        " signed on it any more; drafts move to the newest text. What is in force stays so, and running work goes on. It cannot be taken back."
    )
    return _form(request, version, form, title="Withdraw it", why=why, button="Withdraw it", danger=True)


@require_http_methods(["GET", "POST"])
@staff
def reviewed(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Note which lawyer has looked at it."""
    version = _version(pk)
    form = typed.ReviewedForm(request.POST or None)
    if tried(form, lambda: authoring.note_review(version, by=request.user, **form.cleaned_data)):
        return redirect("operator-text", pk)
    why = "Firms read this beside the text, in place of “Reviewed by no lawyer yet”."
    return _form(request, version, form, title="Who reviewed it", why=why)


@require_safe
@staff
def rulebook(request: StaffRequest) -> HttpResponse:
    """Every rule with its source and review, and every place that was looked at; what is old says so."""
    book, today = rules.book(), clock.now().date()
    places = [
        (one, PLACES[code], day, (today - day).days > checker.STALE_AFTER_DAYS)
        for code, one in sorted(book.places.items(), key=lambda each: PLACES[each[0]])
        if (day := checker.reviewed_on(code, book))
    ]
    stale = {rule.id for rule in book.rules if (today - rule.reviewed_on).days > checker.STALE_AFTER_DAYS}
    context = {
        "book": book,
        "places": places,
        "stale": stale,
        "advice": rules.ADVICE,
        "days": checker.STALE_AFTER_DAYS,
    }
    return render(request, "contracts/texts/rules.html", context)


def _page(pk: UUID) -> str:
    return reverse("operator-text", args=[pk])


def _version(pk: UUID) -> TemplateVersion:
    return get_object_or_404(TemplateVersion.objects.with_wording(), pk=pk)


def _before(version: TemplateVersion) -> TemplateVersion | None:
    """Return the version of the same text that comes before, by its label."""
    rank = standard.rank(version.label)
    others = (
        TemplateVersion.objects.filter(template=version.template_id).exclude(pk=version.pk).order_by("pk")
    )
    return max(
        (one for one in others if standard.rank(one.label) < rank),
        key=lambda one: standard.rank(one.label),
        default=None,
    )


def _samples(wording: Wording) -> dict[str, Value]:
    return {one.key: _sample(one) for one in wording.variables}


def _sample(variable: Variable) -> Value:
    if variable.kind == "party":
        return PARTIES.get(variable.key, PARTIES["other"])
    if variable.default is not None:
        return variable.default
    if variable.kind == "choice":
        return variable.choices[0][0]
    if variable.kind == "money":
        return {"amount": "1000.00", "currency": "USD"}
    return SAMPLES[variable.kind]


def _form(
    request: StaffRequest, version: TemplateVersion, form: forms.Form, *, title: str, **more: Any
) -> HttpResponse:
    context = {
        "version": version,
        "form": form,
        "title": title,
        "why": "",
        "key": "",
        "button": "Save",
        "danger": False,
    }
    return render(request, "contracts/texts/form.html", context | more)
