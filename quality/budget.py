"""Budget: thresholds from the share of good texts that may be flagged, and what a count of them can show."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from quality.views import Floats

BUDGETS = {"farm": 0.01, "suspect": 0.05}  # false positives allowed for each verdict
TWO_SIDED, ONE_SIDED = 1.96, 1.645  # standard deviations: 95 % between two bounds, and below one


def threshold(good: Floats, budget: float) -> float:
    """The lowest score at which at most ``budget`` of the ``good`` scores are flagged.

    >>> threshold(np.arange(100) / 100, 0.05)
    0.95
    """
    return lowest(good, math.floor(budget * len(good) + 1e-9))


def lowest(good: Floats, allowed: int) -> float:
    """The lowest score at which at most ``allowed`` of the ``good`` scores (one or more) are flagged.

    >>> lowest(np.array([0.1, 0.2, 0.3]), 1)
    0.3
    """
    ranked = np.sort(good)
    edge = ranked[len(ranked) - allowed - 1]
    above = ranked[len(ranked) - allowed :]
    return float(above[0]) if allowed and above[0] > edge else float(np.nextafter(edge, 2))


def wilson(hits: int, trials: int, z: float = TWO_SIDED) -> tuple[float, float]:
    """Wilson score interval for a share (Wilson 1927), 95 % by default.

    >>> [round(bound, 3) for bound in wilson(1, 60)]
    [0.003, 0.089]
    """
    if not trials:
        return 0.0, 1.0
    share, square = hits / trials, z * z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2)) / (1 + square / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def upper(hits: int, trials: int) -> float:
    """Share that is not exceeded with 95 % confidence: the upper end of the one-sided Wilson interval."""
    return wilson(hits, trials, ONE_SIDED)[1]


def needed(budget: float) -> int:
    """How many good texts, none of them flagged, show that at most ``budget`` of all such texts are.

    >>> needed(0.01), needed(0.05)
    (268, 52)
    """
    count = math.ceil(ONE_SIDED**2 * (1 - budget) / budget)
    return count if upper(0, count) <= budget else count + 1


class Fitted(NamedTuple):
    """A ``threshold``, how many of the ``good`` texts it flags, and the ``bound`` on the share of all such texts.

    ``needed`` is 0, or how many good texts the budget asks for where there are too few of them.
    """

    threshold: float
    flagged: int
    good: int
    bound: float
    needed: int


def fit(good: Floats, budget: float, own: float) -> Fitted:
    """The lowest threshold whose Wilson bound keeps the budget, from the scores of texts known to be good.

    Too few texts cannot show so small a share: then it is ``own``, the model's threshold, or the lowest that flags
    none of them, whichever is higher.

    >>> fit(np.arange(1000) / 1000, 0.01, 0.5)[:3]
    (0.996, 4, 1000)
    >>> fit(np.array([0.1, 0.2]), 0.01, 0.5).needed
    268
    """
    allowed = -1
    while upper(allowed + 1, len(good)) <= budget:
        allowed += 1
    if allowed < 0:
        limit = max(own, lowest(good, 0) if len(good) else 0.0)
        return Fitted(limit, int((good >= limit).sum()), len(good), upper(0, len(good)), needed(budget))
    limit = lowest(good, allowed)
    flagged = int((good >= limit).sum())
    return Fitted(limit, flagged, len(good), upper(flagged, len(good)), 0)
