"""Curves: what the drawings of a model's card are made of, over articles of unseen families, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve

from quality.calibrate import FARM, HONEST
from quality.views import Floats

BINS = 10  # of equal count, as those of the calibration error
STEPS = 50  # recalls at which precision is told, from 0 to 1
SMALLEST = 5  # articles of a family that is told


def reliability(score: Floats, farm: Floats) -> list[dict[str, float]]:
    """Mean score and share of farm articles in bins of equal count, lowest first.

    >>> reliability(np.array([0.1, 0.9]), np.array([0.0, 4.0]))[-1]
    {'articles': 1, 'score': 0.9, 'farm': 1.0}
    """
    parts = np.array_split(np.argsort(score, kind="stable"), BINS)
    return [_told(score[part], farm[part]) for part in parts if len(part)]


def precision(score: Floats, farm: Floats) -> list[float]:
    """The best precision at each recall or above, farm (3, 4) against honest (0, 1): ``STEPS`` + 1 values.

    >>> set(precision(np.array([0.1, 0.9]), np.array([0.0, 4.0])))
    {1.0}
    """
    known = (farm >= FARM) | (farm <= HONEST)
    found, recall, _ = precision_recall_curve(farm[known] >= FARM, score[known])
    return [float(found[recall >= step / STEPS - 1e-12].max()) for step in range(STEPS + 1)]


def per_family(score: Floats, farm: Floats, families: Sequence[str]) -> dict[str, dict[str, float]]:
    """Articles, mean score and share of farm articles of each family that is not too small to say."""
    names, place = np.unique(np.asarray(families), return_inverse=True)
    chosen = {str(name): place == number for number, name in enumerate(names)}
    return {name: _told(score[one], farm[one]) for name, one in chosen.items() if one.sum() >= SMALLEST}


def _told(score: Floats, farm: Floats) -> dict[str, Any]:
    return {"articles": len(score), "score": float(score.mean()), "farm": float((farm >= FARM).mean())}
