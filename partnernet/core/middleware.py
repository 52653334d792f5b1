"""What every request carries: its door, the reader's zone, an answer when a row or Redis is not to be had, no trace of a mailed secret."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from redis.exceptions import RedisError

from partnernet.core import door, localtime
from partnernet.core.errors import RuleBroken
from partnernet.core.rest import TITLES

LOCK_NOT_AVAILABLE = "55P03"
SAID = {
    400: ("malformed", "The request could not be read."),
    404: ("not_found", "There is nothing here, or it is not yours."),
    503: ("busy", "Somebody else is changing this. Try again."),
}
type_of_answer = Callable[[HttpRequest], HttpResponse]


class DoorMiddleware:
    """Remember whether a step came in by the pages or by the API."""

    def __init__(self, get_response: type_of_answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_nul(request):
            return (
                _problem(400) if request.path.startswith("/api/") else render(request, "400.html", status=400)
            )
        if not request.path.startswith("/api/"):
            with door.through(door.WEB):
                return self.get_response(request)
        with door.through(door.API):
            answer = self.get_response(request)
        if answer.status_code >= 400 and "json" not in answer.headers.get("Content-Type", ""):
            return _problem(answer.status_code)
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503 when another session kept a row for longer than `lock_timeout`, or when tries cannot be counted.

        Only what must not be tried without limit asks Redis in a request: signing in, codes. The work itself never does.
        """
        if isinstance(error, RedisError):
            answer, wait = render(request, "uncounted.html", status=503), "30"
        elif getattr(error.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE or not isinstance(
            error, OperationalError
        ):
            return None
        elif request.path.startswith("/api/"):
            answer, wait = _problem(503), "2"
        else:
            answer, wait = render(request, "busy.html", status=503), "2"
        answer["Retry-After"] = wait
        return answer


def _has_nul(request: HttpRequest) -> bool:
    """Whether an address carries a zero character, which PostgreSQL keeps in no text. Forms and JSON refuse it by field."""
    return "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")


def _problem(status: int) -> HttpResponse:
    """Answer as RFC 9457 says where Django itself would answer with a page."""
    code, detail = SAID.get(status, ("failed", "This failed on our side, and changed nothing. Try again."))
    body = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


class ReaderMiddleware:
    """Show instants in the reader's zone; strangers read in New York's, programs in UTC."""

    def __init__(self, get_response: type_of_answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = getattr(request.user, "timezone", "") or settings.STRANGERS_ZONE
        if request.path.startswith("/api/"):
            zone = "UTC"
        try:
            timezone.activate(localtime.zone_of(zone))
        except RuleBroken:
            timezone.activate(localtime.zone_of(settings.STRANGERS_ZONE))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class SecretMiddleware:
    """Keep an address with a mailed secret in it out of caches and search engines, whatever its page answers."""

    def __init__(self, get_response: type_of_answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.resolver_match and "token" in request.resolver_match.kwargs:
            add_never_cache_headers(answer)
            answer["X-Robots-Tag"] = "noindex"
        return answer
