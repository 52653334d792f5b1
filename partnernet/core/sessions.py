"""How long a session lives: not beyond its days, and not as long when nobody does anything in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse

BEGUN, SEEN = "begun", "seen"
NOTED_EVERY = 3600
"""Seconds between two notes that a session is used: reading writes at most one row an hour, and that is the session's own."""


def begin(request: HttpRequest) -> None:
    """Note when somebody signed in."""
    request.session[BEGUN] = request.session[SEEN] = int(time.time())


class SessionLimits:
    """End a session that nobody has used for `SESSION_IDLE_SECONDS`, or that began more than `SESSION_COOKIE_AGE` ago.

    Both moments stand in the row of the session, so that neither a cookie nor an emptied cache keeps one alive.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self.judge(request, now=int(time.time()))
        return self.get_response(request)

    def judge(self, request: HttpRequest, *, now: int) -> None:
        begun, seen = request.session.get(BEGUN), request.session.get(SEEN)
        if begun is None or seen is None:  # not by a door of ours; its row has an end of its own
            return
        if now - seen > settings.SESSION_IDLE_SECONDS or now - begun > settings.SESSION_COOKIE_AGE:
            logout(request)
        elif now - seen > NOTED_EVERY:
            request.session[SEEN] = now
