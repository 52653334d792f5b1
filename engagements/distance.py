"""How far two points are apart. Pure."""

from math import asin, cos, radians, sin, sqrt
from typing import Protocol

EARTH_METRES = 6_371_008.8


class Place(Protocol):
    """Anything with coordinates, in degrees; None where nobody knows them."""

    @property
    def latitude(self) -> float | None: ...

    @property
    def longitude(self) -> float | None: ...


def metres(place: Place, latitude: float, longitude: float) -> int | None:
    """Return the great-circle distance in whole metres (haversine, mean earth radius), or None without coordinates."""
    if place.latitude is None or place.longitude is None:
        return None
    north, south = radians(float(place.latitude)), radians(latitude)
    across = radians(longitude - float(place.longitude))
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(chord))))
