"""Where an agreement stands, in words: what is computed from times and signatures, never stored. Pure: no queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.models import Agreement
from contracts.models.agreements import PAPER, Status
from contracts.workflow import OTHER, PROPOSER

EXPIRING = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Standing:
    """A label with its colour, and what it waits for. `waits_for` is a side, or empty."""

    label: str
    colour: str
    waits_for: str = ""


def standing(agreement: Agreement, now: datetime) -> Standing:
    """Return where an agreement stands; load it `with_parties()` and `with_signed_sides()`."""
    if agreement.status == Status.SIGNED:
        return _of_signed(agreement, now)
    if agreement.status in PAPER:
        return _of_paper(agreement, now)
    waits_for = _waits_for(agreement)
    if waits_for:
        return Standing(f"Waiting for {agreement.firm_on(waits_for).name}", "yellow", waits_for)
    return Standing(agreement.get_status_display(), "secondary")


def ends_soon(agreement: Agreement, now: datetime) -> bool:
    """Say whether it is time for a new one: it ends within 60 days, or has ended."""
    return agreement.ends_at is not None and agreement.ends_at - now <= EXPIRING


def _of_signed(agreement: Agreement, now: datetime) -> Standing:
    assert agreement.effective_at is not None  # noqa: S101 - kept by constraint for what is signed
    assert agreement.ends_at is not None  # noqa: S101 - the same
    # An amendment ends with what it changes, which may end sooner than was foreseen when it was signed.
    ends_at = (agreement.amends.ends_at if agreement.amends else None) or agreement.ends_at
    if now >= ends_at:
        return Standing("Ended", "secondary")
    if now < agreement.effective_at:
        return Standing("Signed, not in force yet", "azure")
    if agreement.amends:
        return Standing("In force", "green")
    if agreement.terminated_at:
        return Standing("In force, notice given", "yellow")
    if agreement.ends_at - now <= EXPIRING:
        return Standing("In force, ending", "yellow")
    return Standing("In force", "green")


def _of_paper(agreement: Agreement, now: datetime) -> Standing:
    over = agreement.ends_at is not None and agreement.ends_at <= now
    if over and agreement.status != Status.PAPER_WITHDRAWN:
        return Standing("On paper, ended", "secondary")
    if agreement.status == Status.ON_PAPER:
        return Standing(f"On paper, stated by {agreement.proposer.name}", "azure")
    colours: dict[str, str] = {Status.PAPER_CONFIRMED: "green", Status.PAPER_DISPUTED: "red"}
    return Standing(agreement.get_status_display(), colours.get(agreement.status, "secondary"))


def _waits_for(agreement: Agreement) -> str:
    """Return the side whose turn it is; a draft waits for its writer."""
    if agreement.status == Status.DRAFT:
        return PROPOSER
    if agreement.status == Status.NEGOTIATING:
        return OTHER if agreement.current_revision.author_side == PROPOSER else PROPOSER
    if agreement.status == Status.PARTIALLY_SIGNED:
        return OTHER if agreement.signed_by_proposer else PROPOSER
    if agreement.status in (Status.PROPOSED, Status.AGREED):
        return agreement.signs_first or OTHER
    return ""
