"""The published snapshot: what the whole network looked like on one day."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from partners.scoring.credit import Payment, explain_credit, in_window
from partners.scoring.kinds import AS_PRIME, AS_SUB, DIMENSIONS, FIRMS_FOR_A_MEAN, PRIOR_WEIGHT, TRUST
from partners.scoring.score import SMALL_NETWORK, Baseline, Evidence, Score, Snapshot, explain, interval


def take_snapshot(
    on: date,
    *,
    evidence: Iterable[Sequence[Evidence]],
    payments: Iterable[Sequence[Payment]],
) -> Snapshot:
    """Compute the figures of a day from the evidence of every firm (one sequence per firm).

    A dimension's mean is the mean of the scored firms' own, unshrunk shares; its quartile is the 25th percentile of
    their ranks under that mean. Medians are taken before payments are weighed, because their weights lean on them.
    """
    payers = [[payment for payment in of_firm if in_window(payment, on)] for of_firm in payments]
    medians = _medians(payment for of_firm in payers for payment in of_firm if not payment.excluded)
    before = Snapshot(on, {}, medians)
    found: dict[str, list[Score]] = {dimension: [] for dimension in DIMENSIONS}
    for items in evidence:
        for dimension in (TRUST, AS_SUB, AS_PRIME):
            _keep_scored(found, explain(dimension, items, snapshot=before, on=on))
    for paid in payers:
        _keep_scored(found, explain_credit(paid, snapshot=before, on=on))
    return Snapshot(on, {dimension: _baseline(scores) for dimension, scores in found.items()}, medians)


def _medians(payments: Iterable[Payment]) -> dict[str, Decimal]:
    amounts: defaultdict[str, list[Decimal]] = defaultdict(list)
    for payment in payments:
        amounts[payment.currency].append(payment.amount)
    return {currency: _median(sorted(of_one)) for currency, of_one in amounts.items()}


def _median(ordered: Sequence[Decimal]) -> Decimal:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _keep_scored(found: Mapping[str, list[Score]], score: Score) -> None:
    if not score.is_new:
        found[score.dimension].append(score)


def _baseline(scores: Sequence[Score]) -> Baseline:
    if len(scores) < FIRMS_FOR_A_MEAN:
        return Baseline(SMALL_NETWORK.mean, SMALL_NETWORK.quartile, len(scores))
    mean = math.fsum(_own_share(score) for score in scores) / len(scores)
    return Baseline(mean, percentile(sorted(_low_under(score, mean) for score in scores), 0.25), len(scores))


def _own_share(score: Score) -> float:
    """Return a firm's mean value without the pull towards the network."""
    return math.fsum(line.counted * line.value for line in score.lines) / score.evidence


def _low_under(score: Score, mean: float) -> float:
    share = (PRIOR_WEIGHT * mean + math.fsum(line.counted * line.value for line in score.lines)) / (
        PRIOR_WEIGHT + score.evidence
    )
    return interval(share, score.evidence)[0]


def percentile(ordered: Sequence[float], p: float) -> float:
    """Return the p-th share of sorted values, linear between the two nearest (position p * (n - 1))."""
    position = p * (len(ordered) - 1)
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
