"""What one firm says of another after working together: yes or no, and six questions if it wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

QUESTIONS: Final[Mapping[str, str]] = {
    "performs": "They perform as well as we would",
    "commitment": "They share our commitment to the customer",
    "reliability": "They have a record of reliability and excellence",
    "trustworthy": "They have a reputation for being trustworthy",
    "credit": "They are credit-worthy and keep their commitments",
    "rapport": "We get along",
}
"""The six questions that a prime asks itself of a partner, in the order in which they are asked."""
LEAST, MOST = 1, 5


@dataclass(frozen=True, slots=True)
class Opinion:
    """Would you work with them again? And the six questions, each 1 to 5, or None where it was passed over."""

    again: bool
    performs: int | None = None
    commitment: int | None = None
    reliability: int | None = None
    trustworthy: int | None = None
    credit: int | None = None
    rapport: int | None = None

    def answers(self) -> dict[str, int | None]:
        """Return the answers by question, in order."""
        return {name: getattr(self, name) for name in QUESTIONS}

    @property
    def value(self) -> Decimal:
        """The mean of all answers given, 0 to 1: yes is 1, no is 0, and 1 to 5 are 0, ¼, ½, ¾ and 1."""
        given = [Decimal(int(self.again))]
        given += [
            Decimal(answer - LEAST) / (MOST - LEAST)
            for answer in self.answers().values()
            if answer is not None
        ]
        return (sum(given, Decimal(0)) / len(given)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
