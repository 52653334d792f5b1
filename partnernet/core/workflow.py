"""A state machine as a table: it checks steps, draws buttons and feeds the exhaustive test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partnernet.core.errors import IllegalStep, RuleBroken, WrongRole, WrongSide

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: what may be done, from where, to where, by which side and roles.

    An empty `target` means that the action decides where it leads. `roles` is empty for the system.
    """

    name: str
    sources: frozenset[str]
    target: str
    side: str
    roles: frozenset[str] = frozenset()
    needs_reason: bool = False
    label: str = ""
    danger: bool = False

    @property
    def title(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


class Workflow:
    """The closed list of steps of one aggregate. The same name may stand in several rows, one a side."""

    def __init__(self, noun: str, steps: Iterable[Step]) -> None:
        self.noun = noun
        self.steps = tuple(steps)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def rows(self, name: str) -> tuple[Step, ...]:
        found = tuple(step for step in self.steps if step.name == name)
        if not found:
            message = f"{self.noun} has no step {name!r}"
            raise LookupError(message)
        return found

    def open_steps(self, status: str, *, side: str, role: str) -> tuple[Step, ...]:
        """Return what this side and role may do now, in the order of the table."""
        return tuple(step for step in self.steps if status in step.sources and _allows(step, side, role))

    def check(self, name: str, *, status: str, side: str, role: str, reason: str = "") -> Step:
        """Return the row that allows the step.

        Raises WrongSide, WrongRole, IllegalStep, or RuleBroken when a reason is missing.
        """
        rows = [step for step in self.rows(name) if step.side == side]
        if not rows:
            raise WrongSide(f"This step of the {self.noun} is not for your firm.")
        rows = [step for step in rows if _allows(step, side, role)]
        if not rows:
            raise WrongRole(f"Your role does not include this step of the {self.noun}. Ask an owner.")
        for step in rows:
            if status in step.sources:
                if step.needs_reason and not reason.strip():
                    raise RuleBroken("Say why. The other firm will read it.", field="reason")
                return step
        opened = [step.name for step in self.open_steps(status, side=side, role=role)]
        words = status.replace("_", " ")
        raise IllegalStep(f"The {self.noun} is {words}, so this is no longer possible.", open_steps=opened)


def _allows(step: Step, side: str, role: str) -> bool:
    return step.side == side and (side == SYSTEM or role in step.roles)
