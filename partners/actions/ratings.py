"""Two firms rate each other after working together: unseen by the other for seven days, then evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from partnernet.core import clock, notify
from partnernet.core.actors import CLOCK
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.localtime import day_in
from partnernet.core.workflow import SYSTEM
from partners.actions import scores
from partners.actions.roles import history
from partners.models import Firm, Member, Rating, RatingRound, ScoreEvent
from partners.opinion import LEAST, MOST, Opinion
from partners.scoring import TRUST
from partners.workflow import RATING

BLIND = timedelta(days=7)
BATCH = 500


@transaction.atomic
def open_round(
    prime: Firm, *, sub: Firm, engagement_id: UUID, work: str, now: datetime
) -> RatingRound | None:
    """Ask both firms whether they would work together again; once for each pair and job, however many orders end.

    A firm off the network has nobody to ask, so neither is asked.
    """
    if Firm.Status.OFF_NETWORK in (prime.status, sub.status):
        return None
    opened, new = RatingRound.objects.get_or_create(
        engagement_id=engagement_id,
        sub=sub,
        defaults={"prime": prime, "work": work[:300], "opened_at": now, "closes_at": now + BLIND},
    )
    if new:
        with notify.together():
            for firm, other in ((prime, sub), (sub, prime)):
                until = day_in(opened.closes_at, firm.timezone)
                facts = {
                    "firm": other.name,
                    "work": opened.work,
                    "until": f"{until:%A} {until.day} {until:%B}",
                }
                _tell("rating_open", firm, opened, facts, now=now)
    return opened


@transaction.atomic
def rate(opened: RatingRound, opinion: Opinion, *, by: Member, now: datetime | None = None) -> Rating:
    """Say what one's firm thinks of the other. Until both can see it, saying it again replaces it.

    When both firms have said theirs, both see it at once.
    """
    opened = _lock(opened)
    now = now or clock.now()
    RATING.check("rate", status=opened.status, side=opened.side_of(by.firm_id), role=by.role)
    if opened.closes_at <= now:
        raise RuleBroken("The seven days to say it are over.", code="too_late")
    _require_scale(opinion)

    rating, _ = Rating.objects.update_or_create(
        round=opened, firm_id=by.firm_id, supersedes=None, defaults=_columns(opened, opinion, by=by, now=now)
    )
    history(by.firm_id, "rate", by=by, now=now, changes={"work": opened.work, "value": str(rating.value)})
    if opened.ratings.count() == 2:
        _reveal(opened, now=now)
    return rating


@transaction.atomic
def raise_rating(opened: RatingRound, opinion: Opinion, *, by: Member, now: datetime | None = None) -> Rating:
    """Say something better than before, where both can see it. Raises Invalid for what is not better."""
    opened = _lock(opened)
    now = now or clock.now()
    RATING.check("raise", status=opened.status, side=opened.side_of(by.firm_id), role=by.role)
    before = opened.ratings.standing().filter(firm=by.firm_id).first()
    if before is None:
        raise RuleBroken("Your firm did not rate this work while it could.", code="too_late")
    _require_scale(opinion)
    if opinion.value <= before.value or (before.again and not opinion.again):
        raise Invalid({"again": ["What the other firm has seen can be raised, never lowered."]})

    rating = Rating.objects.create(
        round=opened, firm_id=by.firm_id, supersedes=before, **_columns(opened, opinion, by=by, now=now)
    )
    event = ScoreEvent.objects.get(kind="rating", subject_id=before.pk)
    scores.correct(event, value=rating.value, subject_id=rating.pk)
    history(
        by.firm_id, "raise_rating", by=by, now=now, changes={"work": opened.work, "value": str(rating.value)}
    )
    _tell_rated(opened, rating, raised=True, now=now)
    return rating


def reveal_due(*, now: datetime | None = None) -> int:
    """Show what was said in every round whose days are over; return how many. Safe to run twice, and by two at once."""
    now = now or clock.now()
    due = RatingRound.objects.due(now).with_firms().order_by("closes_at", "pk")
    shown = 0
    for key in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
            opened = locked.filter(pk=key).first()
            if opened:
                _reveal(opened, now=now)
                shown += 1
    return shown


def _reveal(opened: RatingRound, *, now: datetime) -> None:
    """Close a locked round and make evidence of what was said, dated by when it was due, however late the clock looks."""
    ratings = list(opened.ratings.select_related("firm", "about").order_by("rated_at", "pk"))
    name = "reveal" if ratings else "lapse"
    step = RATING.check(name, status=opened.status, side=SYSTEM, role=CLOCK.role)

    opened.status, opened.closed_at = step.target, now
    opened.save(update_fields=["status", "closed_at"])
    for rating in ratings:
        scores.record(
            rating.about,
            dimension=TRUST,
            kind="rating",
            occurred_on=day_in(min(now, opened.closes_at), rating.about.timezone),
            counterparty=rating.firm,
            subject_id=rating.pk,
            value=rating.value,
        )
        history(rating.about, "rating_shown", by=CLOCK, now=now, changes={"work": opened.work})
    with notify.together():
        for rating in ratings:
            _tell_rated(opened, rating, raised=False, now=now)


def _columns(opened: RatingRound, opinion: Opinion, *, by: Member, now: datetime) -> dict[str, Any]:
    about = opened.other_than(by.firm_id)
    said = {"about": about, "again": opinion.again, "value": opinion.value, **opinion.answers()}
    return {**said, "rated_at": now, "rated_by_id": by.user_id}


def _require_scale(opinion: Opinion) -> None:
    wrong = {
        name: [f"Answer from {LEAST} to {MOST}, or not at all."]
        for name, answer in opinion.answers().items()
        if answer is not None and not LEAST <= answer <= MOST
    }
    if wrong:
        raise Invalid(wrong)


def _tell_rated(opened: RatingRound, rating: Rating, *, raised: bool, now: datetime) -> None:
    who = opened.other_than(rating.about_id)
    facts = {"firm": who.name, "work": opened.work, "again": rating.again, "raised": raised}
    _tell("rating_shown", opened.other_than(who.pk), opened, facts, now=now)


def _tell(kind: str, firm: Firm, opened: RatingRound, facts: dict[str, Any], *, now: datetime) -> None:
    to: Iterable[notify.Addressee] = Member.objects.active().addressees(firm.pk, "owner", "dispatcher")
    path = reverse("rating", args=[firm.pk, opened.pk])
    notify.owe(kind, to=to, now=now, path=path, context=facts, subject_id=opened.pk)


def _lock(opened: RatingRound) -> RatingRound:
    return RatingRound.objects.locked().with_firms().get(pk=opened.pk)
