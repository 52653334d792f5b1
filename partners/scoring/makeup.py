"""What a score is made of, by kind: all that others are shown of its evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from partners.scoring.credit import PAYMENT
from partners.scoring.kinds import KINDS
from partners.scoring.score import Score

PAID = "Paid an invoice"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of evidence that counts: how many pieces of it, and their mean value, 0 to 1."""

    kind: str
    words: str
    count: int
    mean: float


def make_up(score: Score) -> list[Part]:
    """Count a score's evidence by kind, the most frequent first; no counterparty, amount or day."""
    found: dict[str, list[float]] = {}
    for line in score.lines:
        if not line.excluded:
            found.setdefault(line.kind, []).append(line.value)
    parts = [
        Part(
            kind,
            PAID if kind == PAYMENT else KINDS[kind].words,
            len(values),
            math.fsum(values) / len(values),
        )
        for kind, values in found.items()
    ]
    return sorted(parts, key=lambda part: (-part.count, part.words))
