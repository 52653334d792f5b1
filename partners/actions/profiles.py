"""What a firm offers: its profile and its free hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from partnernet.core import clock, localtime
from partnernet.core.errors import Invalid, RuleBroken
from partners import geo
from partners.actions.roles import history, only
from partners.models import Capacity, Certification, Firm, Member, Profile, ProfileSkill, ServiceArea, Skill

ONE_TAP: Final[Mapping[str, int]] = {"none": 0, "some": 10, "plenty": 30}
"""The Friday question, "Free next week?", and the hours a week that each answer is taken to mean."""


@dataclass(frozen=True, slots=True)
class RateCard:
    """Prices in the firm's currency; hours are hours."""

    hourly_rate: Decimal | None = None
    minimum_hours: Decimal = Decimal(0)
    trip_charge: Decimal = Decimal(0)
    after_hours_factor: Decimal = Decimal(1)
    minimum_order: Decimal = Decimal(0)


@transaction.atomic
def describe(
    profile: Profile,
    *,
    by: Member,
    changes: Mapping[str, str | bool | int | None],
    rates: RateCard,
    areas: Iterable[tuple[str, int]],
) -> Profile:
    """Change the profile's words (`about`, `works_remotely`, `response_hours`), its rate card and its places.

    An area is (ZIP code, miles around it). Raises Invalid beside the fields at fault.
    """
    only(by, "owner", "dispatcher")
    profile = Profile.objects.select_for_update(of=("self",), no_key=True).get(firm=by.firm_id)
    values: dict[str, object] = {
        name: changes[name] for name in ("about", "works_remotely", "response_hours") if name in changes
    }
    values |= _checked_rates(rates)
    rows = {postcode: _area(profile, postcode, miles) for postcode, miles in areas}
    now = clock.now()

    for name, value in values.items():
        setattr(profile, name, value)
    profile.save(update_fields=list(values))
    profile.areas.all().delete()
    ServiceArea.objects.bulk_create(rows.values())
    history(by.firm_id, "describe_profile", by=by, now=now, changes={n: str(v) for n, v in values.items()})
    return profile


@transaction.atomic
def set_skills(profile: Profile, *, by: Member, skills: Mapping[str, int]) -> Profile:
    """Make these the firm's skills: slug to level (1 has done it, 2 does it often, 3 expert)."""
    only(by, "owner", "dispatcher")
    profile = Profile.objects.select_for_update(of=("self",), no_key=True).get(firm=by.firm_id)
    known = {skill.slug: skill for skill in Skill.objects.filter(slug__in=skills)}
    if unknown := sorted(set(skills) - set(known)):
        raise Invalid({"skills": [f"We know no skill {unknown[0]}."]})
    if not set(skills.values()) <= set(ProfileSkill.Level.values):
        raise Invalid({"skills": ["A level is 1, 2 or 3."]})

    profile.skill_levels.exclude(skill__slug__in=skills).delete()
    ProfileSkill.objects.bulk_create(
        [ProfileSkill(profile=profile, skill=known[slug], level=level) for slug, level in skills.items()],
        update_conflicts=True,
        unique_fields=["profile", "skill"],
        update_fields=["level"],
    )
    return profile


@transaction.atomic
def state_capacity(
    firm: Firm, *, by: Member, hours: Mapping[str, int], now: datetime | None = None
) -> list[Capacity]:
    """Say how many hours a week are free: per skill by slug, "" for anything. Dated today, where the firm is."""
    only(by, "owner", "dispatcher")
    firm = Firm.objects.get(pk=by.firm_id)
    known = {skill.slug: skill for skill in Skill.objects.filter(slug__in=hours)}
    if unknown := sorted(set(hours) - set(known) - {""}):
        raise Invalid({"hours": [f"We know no skill {unknown[0]}."]})
    if any(not 0 <= number <= 10_000 for number in hours.values()):
        raise Invalid({"hours": ["Hours a week are between 0 and 10,000."]})
    today = localtime.day_in(now or clock.now(), firm.timezone)

    return [
        Capacity.objects.update_or_create(
            firm=firm, skill=known.get(slug), defaults={"hours_per_week": number, "stated_on": today}
        )[0]
        for slug, number in hours.items()
    ]


def tap_capacity(firm: Firm, *, by: Member, answer: str, now: datetime | None = None) -> list[Capacity]:
    """Answer "Free next week?" in one tap: none, some or plenty."""
    if answer not in ONE_TAP:
        raise RuleBroken("Answer none, some or plenty.", field="answer")
    return state_capacity(firm, by=by, hours={"": ONE_TAP[answer]}, now=now)


@transaction.atomic
def add_certification(
    firm: Firm, *, by: Member, name: str, issuer: str = "", valid_until: date | None = None
) -> Certification:
    """Add a paper to the firm's card."""
    only(by, "owner", "dispatcher")
    if not name.strip():
        raise Invalid({"name": ["Write what the certificate says."]})
    return Certification.objects.create(
        firm_id=by.firm_id, name=name.strip(), issuer=issuer.strip(), valid_until=valid_until
    )


@transaction.atomic
def drop_certification(certification: Certification, *, by: Member) -> None:
    """Take a paper off the firm's card."""
    only(by, "owner", "dispatcher")
    Certification.objects.get(pk=certification.pk, firm=by.firm_id).delete()


def _checked_rates(rates: RateCard) -> dict[str, object]:
    values: dict[str, object] = {
        "hourly_rate": rates.hourly_rate,
        "minimum_hours": rates.minimum_hours,
        "trip_charge": rates.trip_charge,
        "after_hours_factor": rates.after_hours_factor,
        "minimum_order": rates.minimum_order,
    }
    wrong = {
        name: ["This cannot be negative."]
        for name, value in values.items()
        if isinstance(value, Decimal) and value < 0
    }
    if rates.after_hours_factor < 1:
        wrong["after_hours_factor"] = ["After hours costs at least as much as by day: 1 or more."]
    if wrong:
        raise Invalid(wrong)
    return values


def _area(profile: Profile, postcode: str, miles: int) -> ServiceArea:
    place = geo.zip_place(postcode)
    if place is None:
        raise Invalid({"areas": [f"We know no ZIP code {postcode}."]})
    if not 1 <= miles <= 500:
        raise Invalid({"areas": ["A radius is between 1 and 500 miles."]})
    return ServiceArea(
        profile=profile,
        postcode=place.postcode,
        town=f"{place.town}, {place.state}",
        radius_miles=miles,
        latitude=place.latitude,
        longitude=place.longitude,
    )
