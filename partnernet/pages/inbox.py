"""The inbox of a member, and the bell that counts it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from partnernet.core import inbox as kept
from partnernet.core.models import Notification
from partners.http import MemberRequest

PAGE = 40


@require_safe
def inbox(request: MemberRequest, firm: UUID) -> HttpResponse:
    rows = list(Notification.objects.inbox_of(request.user, firm)[:PAGE])
    return render(
        request, "pages/inbox.html", {"rows": rows, "unread": any(row.read_at is None for row in rows)}
    )


@require_safe
def bell(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Answer the poll of a visible page: 304 while nothing changed."""
    unread = Notification.objects.inbox_of(request.user, firm).unread().count()
    mark = f'"{unread}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponseNotModified()
    answer = render(request, "ui/_bell_count.html", {"unread": unread})
    answer["ETag"] = mark
    return answer


@require_POST
def read(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Mark one piece of news as read and go where it leads."""
    news = get_object_or_404(Notification.objects.inbox_of(request.user, firm), pk=pk)
    kept.mark_read(news)
    return redirect(news.path or reverse("inbox", args=[firm]))


@require_POST
def read_all(request: MemberRequest, firm: UUID) -> HttpResponse:
    kept.mark_all_read(request.user, firm)
    return redirect("inbox", firm)
