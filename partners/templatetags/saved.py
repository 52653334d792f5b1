"""The views that a person has kept of a list."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from partners.models import SavedView

register = template.Library()


@register.inclusion_tag("ui/_views.html", takes_context=True)
def saved_views(context: Context, page: str) -> dict[str, Any]:
    """Show the kept views of a list, the present one marked, and a way to keep what is filtered now."""
    request = context["request"]
    asked = request.GET.copy()
    for position in ("after", "before"):
        asked.pop(position, None)
    for name in [name for name, value in asked.items() if not value]:
        del asked[name]
    views = list(SavedView.objects.of(request.member, page).order_by("name"))
    here = sorted(asked.items())
    return {
        "request": request,
        "page": page,
        "filters": asked.urlencode(),
        "views": [{"view": view, "here": sorted(view.chosen()) == here} for view in views],
        "known": any(sorted(view.chosen()) == here for view in views),
    }
