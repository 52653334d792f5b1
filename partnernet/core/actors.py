"""Who acts: a member of a firm, or the clock."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Actor(Protocol):
    """What history needs to know about whoever takes a step. `partners.Member` is one."""

    @property
    def user_id(self) -> UUID | None: ...

    @property
    def firm_id(self) -> UUID | None: ...

    @property
    def role(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """The sweeps. A side of its own, so that a stranger can never pass for it."""

    user_id: None = None
    firm_id: None = None
    role: str = "system"


CLOCK = Clock()
