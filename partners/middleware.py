"""Finds the member behind every page below /f/<firm>/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from partners.http import found_member

PREFIX = "f/<uuid:firm>/"


class MemberMiddleware:
    """Set `request.member` from the firm in the address: 404 for strangers, sign-in for those without a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Look the membership up anew on every request, so that a removed member is out at once."""
        if request.resolver_match is None or not request.resolver_match.route.startswith(PREFIX):
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponseClientRedirect(redirect_to_login(request.get_full_path()).url)
            return redirect_to_login(request.get_full_path())
        # MemberRequest tells the views' types that it is there.
        request.member = found_member(request.user, kwargs["firm"])  # type: ignore[attr-defined]
        return None
