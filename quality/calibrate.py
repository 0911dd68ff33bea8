"""Calibrate: logits into probabilities, and scores into verdicts.

A slope and a shift a head (Platt 1999) fold into the weights, so that the explanation still sums to the logit.
Thresholds come from a budget of false positives on texts that are known to be good.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from quality.budget import BUDGETS, threshold, wilson
from quality.model import HEADS
from quality.views import Floats

__all__ = [
    "FARM", "HONEST", "Platt", "calibration_error", "fit_platt", "threshold", "thresholds", "truth", "wilson",
]  # fmt: skip

FARM, HONEST = 3, 1  # labels of farm from which a text counts as farm, and up to which it counts as honest


class Platt(NamedTuple):
    """``slope`` and ``shift`` of each head, float64[4]: calibrated logit = slope * logit + shift."""

    slope: Floats
    shift: Floats

    def apply(self, logits: Floats) -> Floats:
        """Probabilities, float64[d, 4]."""
        out: Floats = 1 / (1 + np.exp(-(logits * self.slope + self.shift)))
        return out


def truth(labels: Floats) -> Floats:
    """What each head's probability stands for, float64[d, 4]: farm is 3 or 4, yes or no; an axis is its label / 4."""
    out = labels / 4
    out[:, 0] = labels[:, 0] >= FARM
    return out


def fit_platt(logits: Floats, labels: Floats) -> Platt:
    """Slope and shift of each head from the logits of articles that the model has not seen."""
    wanted = truth(labels)
    fitted = [_fit_one(logits[:, head], wanted[:, head]) for head in range(len(HEADS))]
    return Platt(np.array([slope for slope, _ in fitted]), np.array([shift for _, shift in fitted]))


def _fit_one(logit: Floats, wanted: Floats) -> tuple[float, float]:
    twice = np.concatenate([logit, logit])[:, None]
    side = np.repeat([1, 0], len(logit))
    model = LogisticRegression(C=1e6, max_iter=1000).fit(twice, side, np.concatenate([wanted, 1 - wanted]))
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def thresholds(score: Floats, farm: Floats) -> dict[str, float]:
    """Thresholds of both verdicts from scores of unseen articles and their farm labels."""
    good = score[farm <= HONEST]
    return {verdict: min(threshold(good, budget), 1.0) for verdict, budget in BUDGETS.items()}


def calibration_error(probability: Floats, wanted: Floats, bins: int = 10) -> float:
    """Expected calibration error over bins of equal count (Naeini et al. 2015), in [0, 1]."""
    parts: list[NDArray[np.int64]] = np.array_split(np.argsort(probability, kind="stable"), bins)
    gaps = [abs(float(probability[part].mean() - wanted[part].mean())) * len(part) for part in parts if len(part)]
    return sum(gaps) / len(probability)
