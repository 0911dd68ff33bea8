"""Pairs: does the model react to the fault, and to nothing else? Versions of one subject, scored by a model that had
not seen the subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quality.model import HEADS
from quality.views import Floats

AXES = HEADS[1:]
PLAIN, FARM = "plain", "farm"


def failures(subjects: Sequence[str], versions: Sequence[str], probability: Floats) -> dict[str, list[str]]:
    """Subjects that fail each demand, sorted.

    ``raises AXIS``: the version with that fault scores higher on its axis than ``plain``; ``mostly AXIS``: and by more
    than it raises either other axis; ``farm``: the farm version scores higher than ``plain``. ``probability``:
    float64[d, 4] in the order of HEADS.
    """
    scores: dict[str, dict[str, Floats]] = {}
    for subject, version, row in zip(subjects, versions, probability, strict=True):
        scores.setdefault(subject, {})[version] = row
    out: dict[str, list[str]] = {"farm": [s for s, rows in scores.items() if rows[FARM][0] <= rows[PLAIN][0]]}
    for place, axis in enumerate(AXES, 1):
        rise = {subject: rows[axis] - rows[PLAIN] for subject, rows in scores.items()}
        out[f"raises {axis}"] = [subject for subject, by in rise.items() if by[place] <= 0]
        out[f"mostly {axis}"] = [subject for subject, by in rise.items() if by[place] <= max(0, *by[_others(place)])]
    return {demand: sorted(failed) for demand, failed in out.items()}


def _others(place: int) -> list[int]:
    return [other for other in range(1, len(HEADS)) if other != place]


def shares(failed: Mapping[str, Sequence[str]], subjects: int) -> dict[str, Any]:
    """For each demand the share of subjects that meet it, and those that do not."""
    return {name: {"share": 1 - len(which) / subjects, "failed": list(which)} for name, which in failed.items()}
