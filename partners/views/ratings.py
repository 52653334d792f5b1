"""Ratings: what two firms say of each other after working together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from partnernet.core import clock
from partnernet.core.pages import page_of
from partners.actions import ratings
from partners.forms import RatingForm
from partners.http import MemberRequest, for_roles, tried
from partners.models import Firm, Rating, RatingRound, ScoreReply
from partners.workflow import RATING

DESK = ("owner", "dispatcher", "finance", "viewer")
LEADS = ("owner", "dispatcher")


@dataclass(frozen=True, slots=True)
class Seen:
    """A round as one of its firms sees it: the other's words only once they are shown to both."""

    round: RatingRound
    other: Firm
    ours: Rating | None
    theirs: Rating | None
    can_rate: bool


def seen_by(firm_id: UUID, opened: RatingRound, *, now: datetime) -> Seen:
    """Show a round, fetched `with_firms` and `with_ratings`, to one of its firms."""
    said = {rating.firm_id: rating for rating in opened.said}
    other = opened.other_than(firm_id)
    shown = opened.status == RatingRound.Status.REVEALED
    can_rate = opened.status == RatingRound.Status.OPEN and opened.closes_at > now
    return Seen(opened, other, said.get(firm_id), said.get(other.pk) if shown else None, can_rate)


def replies_to(said: Iterable[Rating]) -> dict[UUID, ScoreReply]:
    """Return what the rated firms replied, by rating."""
    keys = [rating.pk for rating in said]
    found = ScoreReply.objects.filter(event__kind="rating", event__subject_id__in=keys).select_related(
        "event"
    )
    return {reply.event.subject_id: reply for reply in found if reply.event and reply.event.subject_id}


@require_safe
@for_roles(*DESK)
def index(request: MemberRequest, firm: UUID) -> HttpResponse:
    """List every job that we may rate, or that was rated."""
    rounds = RatingRound.objects.visible_to(firm).with_firms().with_ratings()
    page = page_of(rounds, request, sides=(Q(prime=firm), Q(sub=firm)))
    now = clock.now()
    seen = [seen_by(firm, each, now=now) for each in page.rows]
    return render(request, "partners/ratings.html", {"page": page, "seen": seen})


@require_http_methods(["GET", "POST"])
@for_roles(*DESK, posting=LEADS)
def rating(request: MemberRequest, firm: UUID, pk: UUID) -> HttpResponse:
    """Say whether we would work with them again; later see what they said, and raise ours."""
    rounds = RatingRound.objects.visible_to(firm).with_firms().with_ratings()
    seen = seen_by(firm, get_object_or_404(rounds, pk=pk), now=clock.now())
    opened, initial = seen.round, seen.ours.opinion.answers() if seen.ours else None
    form = RatingForm(request.POST or None, initial=initial)
    step = ratings.raise_rating if opened.status == RatingRound.Status.REVEALED else ratings.rate
    if tried(form, lambda: step(opened, form.opinion(), by=request.member)):
        messages.success(request, "Kept. Thank you.")
        return redirect("rating", firm, pk)
    side = opened.side_of(firm)
    steps = {each.name for each in RATING.open_steps(opened.status, side=side, role=request.member.role)}
    replies = replies_to(each for each in (seen.ours, seen.theirs) if each)
    context = {
        "seen": seen,
        "reply_to_ours": replies.get(seen.ours.pk) if seen.ours else None,
        "reply_to_theirs": replies.get(seen.theirs.pk) if seen.theirs else None,
        "form": form,
        "may_rate": "rate" in steps and seen.can_rate,
        "may_raise": "raise" in steps and seen.ours is not None and seen.ours.value < 1,
    }
    return render(request, "partners/rating.html", context)
