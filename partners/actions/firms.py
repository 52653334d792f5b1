"""A firm's particulars, and the operator's word for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction

from partnernet.core import clock
from partnernet.core.errors import Invalid, RuleBroken
from partnernet.core.models import User
from partners import geo
from partners.actions.roles import history, only
from partners.models import Firm, Member


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a firm says about itself. In the US a ZIP code brings town, state, coordinates and zone."""

    legal_name: str
    name: str = ""
    entity_kind: str = Firm.Kind.COMPANY
    country: str = "US"
    state: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""
    timezone: str = ""
    latitude: float | None = None
    longitude: float | None = None
    phone: str = ""
    founded: int | None = None
    head_count: int | None = None


@transaction.atomic
def describe(firm: Firm, particulars: Particulars, *, by: Member, now: datetime | None = None) -> Firm:
    """Change what a firm says about itself.

    Raises WrongRole for everybody but an owner, Invalid beside the fields at fault.
    """
    only(by, "owner")
    firm = Firm.objects.locked().get(pk=by.firm_id)
    values = checked(particulars)
    changed = {name: value for name, value in values.items() if getattr(firm, name) != value}
    now = now or clock.now()
    if not changed:
        return firm

    before = {name: [str(getattr(firm, name)), str(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(firm, name, value)
    firm.save(update_fields=list(changed))
    history(firm, "describe", by=by, now=now, changes=before)
    return firm


@transaction.atomic
def verify(firm: Firm, *, by: User, now: datetime | None = None) -> Firm:
    """Record that the operator knows this firm for what it says it is. Only then it counts as a counterparty."""
    if not by.is_staff:
        raise RuleBroken("Only the network's operator verifies firms.", code="wrong_role")
    firm = Firm.objects.locked().get(pk=firm.pk)
    if firm.joined_at is None:
        raise RuleBroken(f"{firm.name} has not joined yet.")
    if firm.verified_at:
        return firm
    now = now or clock.now()

    firm.verified_at, firm.verified_by = now, by
    firm.save(update_fields=["verified_at", "verified_by"])
    history(firm, "verify", by=Operator(by.pk), now=now, changes={})
    return firm


@dataclass(frozen=True, slots=True)
class Operator:
    """The network's operator as an actor: a person without a firm."""

    user_id: UUID
    role: str = "operator"
    firm_id: None = None


def checked(typed: Particulars) -> dict[str, object]:
    """Return column values, with what a ZIP code says filled in. Raises Invalid."""
    wrong: dict[str, list[str]] = {}
    legal_name = typed.legal_name.strip()
    if not legal_name:
        wrong["legal_name"] = ["Write the firm's full legal name, as on its contracts."]
    country = typed.country.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country):
        wrong["country"] = ["Write the country as two letters, for example US."]
    if typed.entity_kind not in Firm.Kind.values:
        wrong["entity_kind"] = ["Choose what kind of firm it is."]
    place = _place(typed, country, wrong)
    if wrong:
        raise Invalid(wrong)
    return place | {
        "legal_name": legal_name,
        "name": typed.name.strip() or legal_name,
        "entity_kind": typed.entity_kind,
        "country": country,
        "street": typed.street.strip(),
        "phone": typed.phone.strip(),
        "founded": typed.founded,
        "head_count": typed.head_count,
    }


def _place(typed: Particulars, country: str, wrong: dict[str, list[str]]) -> dict[str, object]:
    """Resolve the place offline by ZIP in the US; elsewhere believe what was typed."""
    postcode, state = typed.postcode.strip(), typed.state.strip()
    zip_place = geo.zip_place(postcode) if country == "US" and postcode else None
    if country == "US" and postcode and zip_place is None:
        wrong["postcode"] = [f"We know no ZIP code {postcode}."]
    if zip_place and state and state.upper() != zip_place.state:
        wrong["state"] = [f"{postcode} is in {zip_place.state}."]
    zone = typed.timezone or (zip_place.timezone if zip_place else "")
    if zone not in available_timezones():
        wrong["timezone"] = [f"{zone} is no time zone we know." if zone else "Choose the time zone."]
    if (typed.latitude is None) != (typed.longitude is None):
        wrong["latitude"] = ["Give both latitude and longitude, or neither."]
    return {
        "postcode": postcode,
        "state": zip_place.state if zip_place else (state.upper() if country == "US" else state),
        "town": typed.town.strip() or (zip_place.town if zip_place else ""),
        "timezone": zone,
        "latitude": zip_place.latitude if zip_place and typed.latitude is None else typed.latitude,
        "longitude": zip_place.longitude if zip_place and typed.longitude is None else typed.longitude,
    }
