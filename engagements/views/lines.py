"""A line of a job, changed in its row or on a page of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRefresh

from engagements import outlook as outlooks
from engagements.actions import lines
from engagements.forms.lines import LineChangeForm
from engagements.models import EngagementLine
from engagements.views.jobs import LEADS, rows_of
from partnernet.core import clock, money
from partnernet.core.errors import Stale
from partners.http import MemberRequest, for_roles, tried


@for_roles(*LEADS)
def change_line(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Change a line. Within the row a concurrent change redraws it (412), saying who was first; `?show` gives up."""
    line = _line_or_404(firm, pk)
    in_row = bool(getattr(request, "htmx", False))
    if in_row and "show" in request.GET:
        return render(request, "engagements/_job_line.html", _row(line))
    initial = {name: getattr(line, name) for name in LineChangeForm.base_fields}
    form = LineChangeForm(request.POST or None, initial=initial)
    stale: list[Stale] = []
    if form.is_valid() and tried(form, lambda: _change(request, line, form, stale)) and not stale:
        return HttpResponseClientRefresh() if in_row else redirect("job", firm, line.engagement_id)
    if stale and in_row:
        context = _row(_line_or_404(firm, pk)) | {"said": str(stale[0])}
        return render(request, "engagements/_job_line.html", context, status=412)
    if stale:
        line = _line_or_404(firm, pk)
        form = _typed_again(request, line, stale[0])
    template = "engagements/_job_line_edit.html" if in_row else "engagements/line_form.html"
    return render(request, template, {"form": form, "job": line.engagement, "line": line})


def _typed_again(request: MemberRequest, line: EngagementLine, refused: Stale) -> LineChangeForm:
    """Keep what was typed, say what stands now, and let the next try be of that."""
    typed = request.POST.copy()
    typed["version"] = str(line.version)
    form = LineChangeForm(typed)
    price = money.show(line.unit_price, line.engagement.currency)
    stands = f"{line.units}, {line.estimated_minutes} minutes and {price} each"
    form.add_error(None, f"{refused} Now it is {stands}. Save again to put yours in its place.")
    return form


def _change(request: MemberRequest, line: EngagementLine, form: LineChangeForm, stale: list[Stale]) -> None:
    """Change the line as it was seen; a change in between is kept aside, since the row answers it differently."""
    named = request.headers.get("If-Match", "").strip('"')
    version = int(named) if named.isdecimal() else form.cleaned_data["version"]
    try:
        lines.change(line, form.facts(line), by=request.member, version=version)
    except Stale as refused:
        stale.append(refused)


def _line_or_404(firm: UUID, pk: UUID) -> EngagementLine:
    visible = EngagementLine.objects.visible_to(firm)
    return get_object_or_404(visible.select_related("engagement__firm", "site__client"), pk=pk)


def _row(line: EngagementLine) -> dict[str, Any]:
    """Return what a row shows: the line beside its forecast."""
    job = line.engagement
    rows = rows_of(job, outlooks.look_ahead(job, now=clock.now()))
    (row,) = (each for each in rows if each["line"].pk == line.pk)
    return {"row": row, "job": job, "may_lead": True, "said": ""}
