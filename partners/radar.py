"""A firm beside the network: its published scores against the means of the snapshot they lean on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from partners import scoring
from partners.models import Firm
from partners.models.scores import DIMENSION_CHOICES

CORNERS: Final = 3
"""Fewer numbers than this span no surface."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One score: the firm's points, None while it is New, and the network's mean with how many firms it is of."""

    words: str
    points: float | None
    mean: float
    firms: int


def beside_network(firm: Firm, figures: scoring.Snapshot) -> list[Beside]:
    """Return the firm's kept scores, fetched beside it, against the published means."""
    kept = {score.dimension: score for score in firm.scores.all() if not score.is_new}
    return [
        _beside(words, kept.get(name), figures.baseline(name)) for name, words in DIMENSION_CHOICES.items()
    ]


def _beside(words: str, score: Any, baseline: scoring.Baseline) -> Beside:  # Any: a FirmScore, or nothing
    return Beside(words, score.points if score else None, 100 * baseline.mean, baseline.firms)


def chart_of(firm: Firm, rows: list[Beside]) -> Mapping[str, Any]:
    """Return what the drawing needs; empty with fewer than three numbers, for a New score gets no corner."""
    known = [row for row in rows if row.points is not None]
    if len(known) < CORNERS:
        return {}
    return {
        "legend": {"data": [firm.name, "The network"]},
        "radar": {"indicator": [{"name": row.words, "max": 100} for row in known]},
        "series": [
            {
                "type": "radar",
                "data": [
                    {"name": firm.name, "value": [round(row.points or 0.0, 1) for row in known]},
                    {"name": "The network", "value": [round(row.mean, 1) for row in known]},
                ],
            }
        ],
    }
