"""What pages of firms show: scores, and what was fetched beside a firm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import template

from partners import scoring
from partners.models import Capacity, Firm, FirmScore, Profile, ProfileSkill

register = template.Library()


@dataclass(frozen=True, slots=True)
class NoScore:
    """Where a firm was never scored."""

    is_new: bool = True


@register.filter
def shown(points: float) -> str:
    """Write points with their one decimal."""
    return str(scoring.shown(points))


@register.filter
def signed(points: float) -> str:
    """Write an effect in points with its sign."""
    rounded = scoring.shown(points)
    return f"−{-rounded}" if rounded < 0 else f"+{rounded}"


@register.filter
def times100(share: float) -> float:
    """Turn a share into points."""
    return 100 * share


@register.filter
def score_of(firm: Firm, dimension: str) -> FirmScore | NoScore:
    """Return a firm's kept score in one dimension, from what was fetched beside it."""
    return next((score for score in firm.scores.all() if score.dimension == dimension), NoScore())


@register.filter
def profile_of(firm: Firm) -> Profile | None:
    """Return the firm's profile; a card that was never claimed has none."""
    return getattr(firm, "profile", None)


@register.filter
def skill_levels(firm: Firm) -> Sequence[ProfileSkill]:
    """Return the skills fetched beside a firm, best first."""
    profile = profile_of(firm)
    return list(profile.skill_levels.all()) if profile else []


@register.filter
def fresh(capacity: Capacity, on: date) -> bool:
    """Whether free hours were said in the last 14 days."""
    return capacity.is_fresh(on)


@dataclass(frozen=True, slots=True)
class FreeHours:
    """Hours a week to reckon with, and how old the word for them is."""

    hours: float
    fresh: bool
    stated_on: date


@register.filter
def free_hours(firm: Firm, on: date) -> FreeHours | None:
    """Return what a firm said about free hours for anything, halved when that is old."""
    said = next((capacity for capacity in firm.capacities.all() if capacity.skill_id is None), None)
    return FreeHours(said.free_hours(on), said.is_fresh(on), said.stated_on) if said else None
