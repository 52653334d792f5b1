"""Finds the member behind every page below /f/<firm>/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from partners.models import Firm, Member

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
        member = (
            Member.objects.active()
            .of(kwargs["firm"])
            .filter(user=request.user, firm__status=Firm.Status.ACTIVE)
            .select_related("firm", "user")
            .first()
        )
        if member is None:
            raise Http404("There is nothing here, or it is not yours.")
        request.member = member  # type: ignore[attr-defined] # MemberRequest says so to the views
        return None
