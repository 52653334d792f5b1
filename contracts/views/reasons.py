"""The page of a step that says what follows and asks why."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from contracts.forms import ReasonForm
from contracts.models import Agreement
from contracts.models.agreements import Kind
from partners.http import MemberRequest, for_roles, tried


@dataclass(frozen=True, slots=True)
class Words:
    """What such a page says; `{across}` is the other firm. `of_nda` is the consequence where nothing but silence was agreed."""

    title: str
    consequence: str
    button: str = ""
    label: str = ""
    of_nda: str = ""
    danger: bool = True


def with_reason(
    take: Callable[..., Agreement], words: Words, *, form_class: type[ReasonForm] = ReasonForm
) -> Callable[..., HttpResponseBase]:
    """Make the page of a step of an agreement; only owners take it."""

    @require_http_methods(["GET", "POST"])
    @for_roles("owner")
    def page(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
        found = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk)
        form = form_class(request.POST or None)
        if words.label:
            form.fields["reason"].label = words.label
        if form.is_valid() and tried(
            form, lambda: take(found, by=request.member, reason=form.cleaned_data["reason"])
        ):
            return redirect("agreement", firm, pk)
        across = found.other if found.proposer_id == firm else found.proposer
        consequence = words.of_nda if words.of_nda and found.kind == Kind.NDA else words.consequence
        context = {
            "form": form,
            "agreement": found,
            "title": words.title.format(across=across.name),
            "consequence": consequence.format(across=across.name),
            "danger": words.danger,
            "button": words.button or words.title,
        }
        return render(request, "contracts/step.html", context)

    return page
