"""Fetch a page while the mouse button goes down, so that it is there when it comes up.

Speculation rules (WICG, nav-speculation): the browser fetches the pages of a firm "conservatively", which means on
pointer down. Reading never writes here, so a page that was fetched in vain does no harm. What a step changed is not shown
from an older fetch: its answer empties the browser's store.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

RULES = {
    "prefetch": [
        {
            "source": "document",
            "where": {
                "and": [
                    {"href_matches": "/f/*"},
                    {"not": {"href_matches": ["/f/*.csv*", "/f/*.pdf*", "/f/*/file/*"]}},
                    {"not": {"selector_matches": "[download], [target]"}},
                ]
            },
            "eagerness": "conservative",
        }
    ]
}
SAFE = ("GET", "HEAD", "OPTIONS")


@login_not_required
@require_safe
@cache_control(public=True, max_age=86400)
def rules(request: HttpRequest) -> JsonResponse:
    """Say which pages may be fetched early."""
    return JsonResponse(RULES, content_type="application/speculationrules+json")


class PrefetchMiddleware:
    """Name the rules to whoever reads a page, and let a step empty what was fetched before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path.startswith("/api/"):
            return answer
        if request.method not in SAFE:
            answer.headers.setdefault("Clear-Site-Data", '"prefetchCache"')
        elif request.user.is_authenticated and answer.headers.get("Content-Type", "").startswith("text/html"):
            answer["Speculation-Rules"] = f'"{reverse("speculation-rules")}"'
        return answer
