"""What is said of papers on pages: to the firm itself, and to another firm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from partnernet.core import money
from partners import papers
from partners.models import Document
from partners.papers import Shown, Slot

SOON = papers.REMIND_AT[1]
"""Days before its end at which a paper is said to run out soon."""


@dataclass(frozen=True, slots=True)
class Row:
    """One paper of one's own firm, and how it stands today."""

    paper: Document
    said: str
    tone: str


def own_rows(found: Sequence[Document], accepted: Iterable[Shown], today: date) -> list[Row]:
    """Say of each of these papers how it stands beside all that were accepted; what has ended comes with the reason."""
    counted = papers.by_slot(accepted)
    return [Row(paper, *_said(paper, counted, today)) for paper in found]


NOT_COUNTED = {
    Document.Status.PENDING: ("Being checked", "yellow"),
    Document.Status.REJECTED: ("Not accepted", "red"),
    Document.Status.WITHDRAWN: ("Taken back", "secondary"),
}


def _said(paper: Document, counted: dict[Slot, list[Shown]], today: date) -> tuple[str, str]:
    if paper.status != Document.Status.ACCEPTED:
        return NOT_COUNTED[Document.Status(paper.status)]
    shown = paper.shown
    now = papers.standing(counted[shown.slot], today)
    if not shown.begun(today):
        return "Begins later", "blue"
    if not shown.holds(today):
        return "Ran out", "secondary" if now else "red"
    if now != shown:
        return "Replaced by a newer one", "secondary"
    ends = papers.through(counted[shown.slot], today)
    soon = ends is not None and (ends - today).days <= SOON
    return ("Runs out soon", "yellow") if soon else ("Accepted", "green")


@dataclass(frozen=True, slots=True)
class Holds:
    """What another firm learns: which paper, of what limit, and until when it holds without a gap."""

    words: str
    limit: str
    until: date | None
    ran_out_on: date | None = None
    from_day: date | None = None


def told_of(shown: Iterable[Shown], today: date) -> list[Holds]:
    """Say what holds until when, by name. No number, no bank, and of a tax form no more than that it is there."""
    found = papers.by_slot(paper for paper in shown if paper.slot.kind in papers.SHOWN)
    rows = [_holds(of_one, today) for of_one in found.values()]
    return sorted(rows, key=lambda row: row.words)


def _holds(of_one: list[Shown], today: date) -> Holds:
    now = papers.standing(of_one, today)
    words = of_one[-1].slot.words
    words = words[:1].upper() + words[1:]
    if now:
        limit = money.show(now.limit, now.currency) if now.limit is not None else ""
        ends = papers.through(of_one, today)
        return Holds(words, limit, None if ends == date.max else ends)
    coming = min((p.first_day for p in of_one if p.first_day and p.first_day > today), default=None)
    ended = max((p.last_day for p in of_one if p.last_day and p.last_day < today), default=None)
    return Holds(words, "", None, ran_out_on=ended, from_day=coming)
