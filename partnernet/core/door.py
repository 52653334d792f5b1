"""Through which door a step came in: kept beside every event."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

WEB, API, EMAIL, CLOCK = "web", "api", "email", "clock"
_door: ContextVar[str] = ContextVar("door", default=CLOCK)


def current() -> str:
    return _door.get()


@contextmanager
def through(name: str) -> Iterator[None]:
    """Mark everything inside as having come through the door `name`."""
    token = _door.set(name)
    try:
        yield
    finally:
        _door.reset(token)
