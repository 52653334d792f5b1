"""Finding firms: what can be asked, read from an address, and the queryset that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Prefetch, Q
from django.db.models.functions import JSONObject

from partners import geo
from partners.models import CommunityMembership, Firm, FirmQuerySet, FirmScore, Member, ProfileSkill

FARTHEST = 3000
PAGE = 25
TOLD = (
    "name", "legal_name", "entity_kind", "status", "verified_at", "country", "state", "town", "postcode", "timezone",
    "web_domain",
)  # fmt: skip
"""The columns of a firm that the API tells."""
SCORE_TOLD = ("dimension", "points", "low", "high", "events", "counterparties")


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for. `near` is a ZIP code, `miles` a whole number."""

    text: str = ""
    skill: str = ""
    near: str = ""
    miles: int | None = None
    only: str = ""
    community: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Search:
        """Read a query string; what cannot be read is left out."""
        miles = asked.get("miles", "").strip()
        far = int(miles) if miles.isascii() and miles.isdecimal() and len(miles) < 6 else None
        return cls(
            text=asked.get("q", "").replace("\0", "").strip()[:100],
            skill=asked.get("skill", "").replace("\0", "").strip()[:60],
            near=asked.get("near", "").replace("\0", "").strip()[:12],
            miles=min(far, FARTHEST) if far else None,
            only=asked.get("only", "") if asked.get("only", "") in ("bench", "blocked") else "",
            community=asked.get("community", "").replace("\0", "").strip()[:60],
        )


def firms_for(member: Member, search: Search) -> FirmQuerySet:
    """Return the firms this member may see that fit the search, with what its firm noted about each.

    Each has `miles` (from the ZIP code asked about, else from the member's firm; null where unknown). Unordered.
    """
    return with_all_shown(_found(member, search))


def firms_told_to(member: Member, search: Search) -> FirmQuerySet:
    """Return the same firms with no more than a program is told of each."""
    return with_all_told(_found(member, search))


def _found(member: Member, search: Search) -> FirmQuerySet:
    firms = Firm.objects.listed_for(member.firm_id).with_partnership_of(member.firm_id)
    if search.text:
        firms = firms.matching(search.text)
    if search.skill:
        firms = firms.skilled_in(search.skill)
    if search.community:
        firms = firms.belonging_to(search.community)
    if search.only:
        firms = (
            firms.benched_by(member.firm_id) if search.only == "bench" else firms.blocked_by(member.firm_id)
        )
    return _placed(firms, member, search)


def _placed(firms: FirmQuerySet, member: Member, search: Search) -> FirmQuerySet:
    place = geo.zip_place(search.near) if search.near else None
    latitude = place.latitude if place else member.firm.latitude
    longitude = place.longitude if place else member.firm.longitude
    if latitude is None or longitude is None:
        return firms.with_no_distance()
    if search.miles:
        return firms.within(search.miles, latitude=latitude, longitude=longitude)
    return firms.with_distance(latitude, longitude)


@dataclass(frozen=True, slots=True)
class Page:
    """Some firms, and the token that the next ones come after; empty at the end."""

    firms: list[Firm]
    after: str


def page_of(firms: FirmQuerySet, search: Search, *, after: str = "") -> Page:
    """Return the next firms, by distance where a radius was asked for, else by name. Never counts, never skips."""
    key = "miles" if search.miles else "name"
    if place := _read_token(after, key):
        value, firm_id = place
        firms = firms.filter(Q(**{f"{key}__gt": value}) | Q(**{key: value, "pk__gt": firm_id}))
    rows = list(firms.order_by(key, "pk")[: PAGE + 1])
    shown = rows[:PAGE]
    return Page(shown, f"{shown[-1].pk}~{getattr(shown[-1], key)}" if len(rows) > PAGE else "")


def _read_token(after: str, key: str) -> tuple[str | float, UUID] | None:
    """Read `id~value`; a token that is none starts from the beginning."""
    firm_id, _, value = after.replace("\0", "").partition("~")
    try:
        return (float(value) if key == "miles" else value), UUID(firm_id)
    except ValueError:
        return None


def with_all_shown(firms: FirmQuerySet) -> FirmQuerySet:
    """Fetch beside the firms whatever a list or a card of them shows."""
    levels = ProfileSkill.objects.select_related("skill").order_by("-level", "skill__name")
    belongs = CommunityMembership.objects.confirmed().select_related("community").order_by("community__name")
    return firms.select_related("profile").prefetch_related(
        Prefetch("profile__skill_levels", queryset=levels),
        Prefetch("communities", queryset=belongs),
        "profile__areas",
        "scores",
        "capacities",
    )


def with_all_told(firms: FirmQuerySet) -> FirmQuerySet:
    """Fetch in one statement what the API tells of a firm.

    Adds `skill_slugs`, best first; `community_slugs`, those that confirmed it; `works_remotely`, null without a profile; and
    `scores_told`, a mapping for each dimension.
    """
    slugs = ProfileSkill.objects.filter(profile__firm=OuterRef("pk")).order_by("-level", "skill__name")
    belongs = CommunityMembership.objects.confirmed().filter(firm=OuterRef("pk")).order_by("community__slug")
    scores = FirmScore.objects.filter(firm=OuterRef("pk")).order_by("dimension")
    told = JSONObject(**{name: name for name in SCORE_TOLD})
    return firms.only(*TOLD).annotate(
        skill_slugs=ArraySubquery(slugs.values("skill__slug")),
        community_slugs=ArraySubquery(belongs.values("community__slug")),
        works_remotely=F("profile__works_remotely"),
        scores_told=ArraySubquery(scores.values(told=told)),
    )
