"""Families taken as sites: what a verdict on many articles is worth, by scores of models that had seen none of them.

A farm is a family whose mean label of farm is ``FARM`` or more, an honest site one of ``HONEST`` or less. What is
assumed of the spread of scores is fitted without the family that is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from quality.calibrate import FARM as LABEL
from quality.share import ENOUGH, FARM_ABOVE, FEWEST, OK_BELOW, Estimate, Shares, fit_spread
from quality.views import Floats

FARM, HONEST = 2.75, 1.0  # mean label from which a family is a farm, and up to which it is honest
LEAST = 5  # families with enough farm articles, and as many with honest ones, that tell a spread


@dataclass(frozen=True)
class Judged:
    """A family: its ``estimate``, its mean ``label``, the ``share`` of its articles labelled farm, their number."""

    estimate: Estimate
    label: float
    share: float
    articles: int

    @property
    def verdict(self) -> str:
        """farm, ok, or neither, as `quality sites` says it."""
        if self.articles < FEWEST:
            return "too few"
        return "farm" if self.estimate.low > FARM_ABOVE else "ok" if self.estimate.high < OK_BELOW else "mixed"

    @property
    def kind(self) -> str:
        """What it is by its labels."""
        if self.label >= FARM:
            return f"farms ({FARM} or more)"
        return f"honest ({HONEST:g} or less)" if self.label <= HONEST else "between"


def judge(score: Floats, farm: Floats, families: Sequence[str]) -> list[Judged]:
    """Every family judged by the scores of its articles; ``farm``: their labels."""
    of, found = np.asarray(families), []
    for name in sorted(set(families)):
        rest, here = of != name, of == name
        spread = fit_spread(score[rest], farm[rest] >= LABEL, of[rest].tolist())
        labels = farm[here]
        estimate = Shares(spread)(score[here])
        found.append(Judged(estimate, float(labels.mean()), float((labels >= LABEL).mean()), len(labels)))
    return found


def as_sites(score: Floats, farm: Floats, families: Sequence[str]) -> dict[str, Any]:
    """Figures for JSON, and the ``spread`` that `quality sites` assumes of the model; empty where there are too few.

    ``verdicts``: how many of each kind of family were called ``farm`` or ``ok``; ``covered``: the share of families
    whose interval holds the share of their articles labelled farm.
    """
    sizes = Counter((family, label >= LABEL) for family, label in zip(families, farm.tolist(), strict=True))
    large = [kind for (_, kind), size in sizes.items() if size >= ENOUGH]
    if min(large.count(True), large.count(False)) < LEAST:
        return {}
    found = judge(score, farm, families)
    kinds = dict.fromkeys(one.kind for one in sorted(found, key=lambda one: -one.label))
    told = [one for one in found if one.kind != "between"]
    farms = [one.label >= FARM for one in told]
    held = [one.estimate.low <= one.share <= one.estimate.high for one in found]
    chances = [one.estimate.above(FARM_ABOVE) for one in told]
    auroc = float(roc_auc_score(farms, chances)) if 0 < sum(farms) < len(told) else None
    return {
        "sites": len(found), "auroc": auroc, "covered": float(np.mean(held)),
        "verdicts": {kind: _verdicts([one for one in found if one.kind == kind]) for kind in kinds},
        "spread": fit_spread(score, farm >= LABEL, families).told(),
    }  # fmt: skip


def _verdicts(found: Sequence[Judged]) -> dict[str, int]:
    verdicts = [one.verdict for one in found]
    return {"sites": len(found), "farm": verdicts.count("farm"), "ok": verdicts.count("ok")}
