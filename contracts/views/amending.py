"""Change a signed agreement by an amendment, and show what holds since."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from contracts import effective, standard, values
from contracts.actions import agreements, amending, terms_now
from contracts.forms.amending import OWN, AmendmentForm, AmendmentRevisionForm
from contracts.models import Agreement, TemplateVersion
from contracts.models.agreements import Kind
from contracts.standing import standing
from partners.http import MemberRequest, for_roles, tried

AMENDABLE = (Kind.MASTER_SUBCONTRACT, Kind.NDA)


@require_http_methods(["GET", "POST"])
@for_roles("owner")
def amend(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Fill in what changes; the draft is then read and signed as every agreement is."""
    parent = get_object_or_404(Agreement.objects.visible_to(firm).with_parties(), pk=pk, kind__in=AMENDABLE)
    version = TemplateVersion.objects.published().newest_of(standard.AMENDMENT).with_wording().first()
    if version is None:
        return render(request, "contracts/nothing_published.html")
    form = AmendmentForm(version.wording(), request.POST or None, values={}, **_about(parent, request))
    made: list[Agreement] = []

    def draft() -> None:
        made.append(amending.draft(parent, wish_of(form), by=request.member))

    if form.is_valid() and tried(form, draft):
        return redirect("agreement", firm, made[0].pk)
    across = parent.other if parent.proposer_id == firm else parent.proposer
    context = {"form": form, "across": across, "version": version, "parent": parent}
    return render(request, "contracts/propose.html", context)


def revising(request: MemberRequest, found: Agreement) -> AmendmentRevisionForm:
    """Return the form with which an amendment under way is changed."""
    parent, revision = terms_now.parent_of(found), found.current_revision
    own = {key: revision.values[key] for key in OWN if key in revision.values}
    return AmendmentRevisionForm(
        found.template_version.wording(),
        request.POST or None,
        values={**own, **revision.values[effective.AMENDED]},
        **_about(parent, request),
    )


def wish_of(form: AmendmentForm) -> amending.Wish:
    typed = form.values()
    own = {key: typed.pop(key) for key in OWN if key in typed}
    return amending.Wish(typed, form.cleaned_data["other_changes"], own)


def revise(request: MemberRequest, found: Agreement, form: AmendmentForm) -> None:
    """Put what was typed on the table in place of what stands there."""
    terms = amending.other_terms(found, wish_of(form), comment=form.cleaned_data["comment"])
    agreements.revise(found, terms, by=request.member, seen=form.cleaned_data["seen"])


def shown(found: Agreement, firm: UUID, *, now: datetime, through: Iterable[UUID] = ()) -> dict[str, Any]:
    """Return what a page shows of amendments: those of an agreement, or what an amendment changes. Any: for a template.

    `through` are the agreements that the firm reads as an affiliate.
    """
    nothing: dict[str, Any] = dict.fromkeys(("held", "amended", "words", "amendments", "changes"), ()) | {
        "parent": None
    }
    if found.amends:
        return nothing | {"parent": found.amends, "changes": _changes(found)}
    if found.kind not in AMENDABLE or found.effective_at is None:
        return nothing
    visible = Agreement.objects.visible_to(firm, through=through).filter(amends=found)
    rows = list(visible.with_parties().with_signed_sides().in_order_of_signing())
    if not rows:
        return nothing
    signed = [one for one in rows if one.effective_at]
    held = terms_now.held_at(found, now, amendments=signed)
    amended = [one for one in held if one.is_amended]
    return nothing | {
        "held": held if amended else [],
        "amended": amended,
        "words": [one for one in signed if _adds_words(one, now)],
        "amendments": [(one, standing(one, now)) for one in reversed(rows)],
    }


def values_now(context: Mapping[str, Any], found: Agreement) -> dict[str, Any]:
    """Return the values whose eight lines are shown: those that hold, where amendments have changed them. Any: JSON."""
    changed = {one.variable.key: one.value for one in context["amended"]}
    return {**found.current_revision.values, **changed}


def _adds_words(amendment: Agreement, now: datetime) -> bool:
    begun = amendment.effective_at is not None and amendment.effective_at <= now
    return begun and bool(amendment.current_revision.other_changes.strip())


def _changes(amendment: Agreement) -> tuple[tuple[str, str, str], ...]:
    """Return (label, before, after) of each value, against what was agreed before this amendment."""
    wording = terms_now.with_wording(terms_now.parent_of(amendment)).wording()
    before = terms_now.before(amendment)
    after = {**before, **amendment.current_revision.values[effective.AMENDED]}
    return values.differences(effective.amendable(wording), before, after)


def _about(parent: Agreement, request: MemberRequest) -> dict[str, Any]:
    """Any: arguments of a form."""
    return {
        "of": terms_now.with_wording(parent).wording(),
        "holds": terms_now.values_at(parent, None),
        "currency": request.member.firm.currency,
    }
