"""One score and its make-up, from weighed evidence."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from partners.scoring.kinds import (
    COUNTERPARTY_CAP,
    DEFAULT_MEAN,
    KINDS,
    MIN_COUNTERPARTIES,
    MIN_EVENTS,
    PRIOR_WEIGHT,
    Z_80,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that happened, or a standing fact (`occurred_on` None), with its value 0..1.

    `counterparty` is None when there is none, or when the operator has not verified it. `excluded` says why it does not
    count. `ref` is carried through untouched.
    """

    kind: str
    value: float
    occurred_on: date | None
    counterparty: Hashable | None = None
    excluded: str = ""
    ref: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the network looked like in one dimension: mean share, 25th percentile of the ranks, firms scored."""

    mean: float
    quartile: float
    firms: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The published figures of one day that every score of that day leans on."""

    on: date
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    medians: Mapping[str, Decimal] = field(default_factory=dict)

    def baseline(self, dimension: str) -> Baseline:
        """Return the figures of a dimension, or those of a network too small to have any."""
        return self.baselines.get(dimension, SMALL_NETWORK)


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of evidence with what became of it: `effect` is the points by which it moves the score off the mean."""

    kind: str
    words: str
    value: float
    occurred_on: date | None
    age: int
    weight: float
    decay: float
    cap: float
    counted: float
    effect: float
    counterparty: Hashable | None
    excluded: str
    ref: Hashable | None


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its make-up. `mean`, `share` are 0..1; `points`, `low`, `high`, `rank` are 0..100."""

    dimension: str
    on: date
    mean: float
    share: float
    evidence: float
    low: float
    high: float
    rank: float
    events: int
    counterparties: int
    lines: tuple[Line, ...]

    @property
    def points(self) -> float:
        """The score itself, 0..100, unrounded."""
        return 100 * self.share

    @property
    def is_new(self) -> bool:
        """Whether the evidence is too thin to show a number."""
        return thin(self.events, self.counterparties)


def thin(events: int, counterparties: int) -> bool:
    """Return whether that much evidence is too little for a number."""
    return events < MIN_EVENTS or counterparties < MIN_COUNTERPARTIES


def shown(points: float) -> Decimal:
    """Round points to the one decimal that people see, half up on the exact binary value."""
    return Decimal(points).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def explain(dimension: str, evidence: Iterable[Evidence], *, snapshot: Snapshot, on: date) -> Score:
    """Score one dimension and say how: the same lines that are summed are the lines that are shown."""
    return weighed_score(
        dimension, [_weigh(item, on) for item in evidence if _belongs(item, dimension, on)], snapshot, on
    )


def interval(share: float, evidence: float) -> tuple[float, float]:
    """Return the ends of the 80 % interval in points, cut to 0..100."""
    half = Z_80 * math.sqrt(max(0.0, share * (1 - share)) / (PRIOR_WEIGHT + evidence + 1))
    return max(0.0, 100 * (share - half)), min(100.0, 100 * (share + half))


SMALL_NETWORK = Baseline(DEFAULT_MEAN, interval(DEFAULT_MEAN, 0.0)[0])
"""Below 20 scored firms: the mean is 0.7, and New ranks where a firm without any evidence would."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Evidence with its age in days, its weight before age, and what age left of it."""

    item: Evidence
    words: str
    age: int
    weight: float
    decay: float

    @property
    def w(self) -> float:
        """Weight after age; nothing when excluded."""
        return 0.0 if self.item.excluded else self.weight * self.decay


def weighed_score(dimension: str, weighed: Sequence[Weighed], snapshot: Snapshot, on: date) -> Score:
    """Shrink weighed evidence towards the network's mean and put an interval around it."""
    baseline = snapshot.baseline(dimension)
    counted = [w for w in weighed if not w.item.excluded]
    caps = _caps(counted)
    evidence = math.fsum(caps[w.item.counterparty] * w.w for w in counted)
    total = PRIOR_WEIGHT + evidence
    earned = math.fsum(caps[w.item.counterparty] * w.w * w.item.value for w in counted)
    share = (PRIOR_WEIGHT * baseline.mean + earned) / total
    low, high = interval(share, evidence)
    events = sum(1 for w in counted if w.item.occurred_on is not None)  # standing facts are not events
    counterparties = len({w.item.counterparty for w in counted if w.item.counterparty is not None})
    lines = tuple(
        _line(w, 0.0 if w.item.excluded else caps[w.item.counterparty], baseline.mean, total) for w in weighed
    )
    rank = baseline.quartile if thin(events, counterparties) else low
    return Score(
        dimension, on, baseline.mean, share, evidence, low, high, rank, events, counterparties, lines
    )


def _caps(counted: Iterable[Weighed]) -> dict[Hashable | None, float]:
    """Return each counterparty's factor, so that none weighs more than the cap; the nameless form one group."""
    weights: defaultdict[Hashable | None, list[float]] = defaultdict(list)
    for w in counted:
        weights[w.item.counterparty].append(w.w)
    return {
        counterparty: min(1.0, COUNTERPARTY_CAP / total) if (total := math.fsum(of_one)) else 1.0
        for counterparty, of_one in weights.items()
    }


def _line(w: Weighed, cap: float, mean: float, total: float) -> Line:
    item = w.item
    counted = cap * w.w
    effect = 100 * counted * (item.value - mean) / total
    return Line(
        item.kind, w.words, item.value, item.occurred_on, w.age, w.weight, w.decay, cap, counted, effect,
        item.counterparty, item.excluded, item.ref,
    )  # fmt: skip


def _belongs(item: Evidence, dimension: str, on: date) -> bool:
    return KINDS[item.kind].dimension == dimension and (item.occurred_on is None or item.occurred_on <= on)


def _weigh(item: Evidence, on: date) -> Weighed:
    kind = KINDS[item.kind]
    age = 0 if item.occurred_on is None else (on - item.occurred_on).days
    return Weighed(item, kind.words, age, kind.weight, 0.5 ** (age / kind.half_life))
