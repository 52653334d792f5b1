"""The first ten minutes: four steps that work in an empty network, and then disappear."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from partners.models import Partnership


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One line of the checklist. `page` is the name of the address that takes the firm."""

    key: str
    title: str
    why: str
    page: str
    done: bool


def first_steps(*, firms: int, clients: int, jobs: int, agreements: int) -> tuple[FirstStep, ...]:
    """Return the checklist from four counts; nothing once everything is done."""
    steps = (
        FirstStep(
            "firms", "Name two firms you already call", "They are your bench. You can add more any time.",
            "firm-invite-new", firms >= 2,
        ),
        FirstStep(
            "clients", "Import or type the clients of your next job",
            "Only your firm sees this list. Nobody can search it.", "clients", clients >= 1,
        ),
        FirstStep(
            "job", "Enter the job: will you make the date?",
            "Units, minutes each and a deadline are enough for an answer.", "jobs", jobs >= 1,
        ),
        FirstStep(
            "agreement", "Send the agreement", "No offer leaves without one, so send it before you need it.",
            "agreements", agreements >= 1,
        ),
    )  # fmt: skip
    return () if all(step.done for step in steps) else steps


def firms_named(firm_id: UUID) -> int:
    """Count the firms a firm has on its bench or has invited."""
    return Partnership.objects.visible_to(firm_id).filter(blocked=False).count()
