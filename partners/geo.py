"""Places offline: US ZIP codes to town, state, coordinates and zone, and miles between two points."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from zoneinfo import available_timezones

import zipcodes

EARTH_RADIUS_MILES = 3958.8
MILES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_MILES


@dataclass(frozen=True, slots=True)
class Place:
    """The centre of a ZIP code."""

    postcode: str
    town: str
    state: str
    latitude: float
    longitude: float
    timezone: str


@lru_cache(maxsize=4096)
def zip_place(postcode: str) -> Place | None:
    """Find a US ZIP code (5 digits, or 9 with a hyphen); None when there is no such place."""
    digits = postcode.strip()[:5]
    if len(digits) != 5 or not digits.isdecimal() or not digits.isascii():
        return None
    found = cast("list[Mapping[str, str]]", zipcodes.matching(digits))  # type: ignore[no-untyped-call]
    if not found:
        return None
    row = found[0]
    if row["timezone"] not in available_timezones():  # military post offices stand nowhere
        return None
    return Place(digits, row["city"], row["state"], float(row["lat"]), float(row["long"]), row["timezone"])


def miles_between(lat1: float, long1: float, lat2: float, long2: float) -> float:
    """Return the great-circle distance in miles (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi, half_lambda = (phi2 - phi1) / 2, math.radians(long2 - long1) / 2
    h = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_MILES * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees that surely hold every point within a radius: an index can look here before anything is measured."""

    south: float
    north: float
    west: float
    east: float


def box_around(latitude: float, longitude: float, miles: float) -> Box:
    """Return the box around a point; near a pole or the date line it spans all longitudes."""
    up = miles / MILES_PER_DEGREE
    narrowest = math.cos(math.radians(min(90.0, abs(latitude) + up)))
    wide = up / narrowest if narrowest > 1e-6 else 360.0
    west, east = longitude - wide, longitude + wide
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return Box(latitude - up, latitude + up, west, east)
