"""Parts: a section, an author or a month of a site whose articles are clearly unlike the others.

A site's articles share its shift (`quality.share`), so parts are compared with each other and not with other sites:
by a z-test on the mean logit, with the spread within a site for the variance, corrected for the number of parts looked
at (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from quality.block import Ints
from quality.share import Spread, logits
from quality.sites.gather import PARTS, Columns
from quality.views import Floats

LEAST = 5  # articles of a part, and of the rest
DOUBT = 0.01  # chance that any part is named of a site whose parts do not differ
APART = 0.25  # difference of the mean scores that is worth telling
_SAID = {"section": "Articles under {}", "author": "Articles by {}", "month": "Articles of {}"}


def differing(columns: Columns, names: Sequence[Sequence[str]], spread: Spread) -> list[str]:
    """A sentence for the part of each kind that differs most clearly, if one does; ``names`` sorted, "" first."""
    found = []
    for place, kind in enumerate(PARTS):
        reason = _most(columns.score, columns.parts[:, place], names[place], spread, kind)
        found += [reason] if reason else []
    return found


def _most(score: Floats, part: Ints, names: Sequence[str], spread: Spread, kind: str) -> str:
    count = np.bincount(part, minlength=len(names))
    total, sums = np.bincount(part, logits(score), len(names)), np.bincount(part, score, len(names))
    rest = len(score) - count
    fit = (count >= LEAST) & (rest >= LEAST) & (np.arange(len(names)) >= ("" in names))
    if not fit.any():
        return ""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = total / count - (total.sum() - total) / rest
        z = np.where(fit, np.abs(apart) / (spread.within * np.sqrt(1 / count + 1 / rest)), 0.0)
        here, there = sums / count, (sums.sum() - sums) / rest
    best = int(np.argmax(z))
    if z[best] < _limit(int(fit.sum())) or abs(here[best] - there[best]) < APART:
        return ""
    more = "more" if apart[best] > 0 else "less"
    return (
        f"{_SAID[kind].format(names[best])} ({count[best]:,}) look {more} like farm pages than the others "
        f"({rest[best]:,}): mean score {here[best]:.2f} against {there[best]:.2f}."
    )


def _limit(parts: int) -> float:
    return NormalDist().inv_cdf(1 - DOUBT / (2 * parts))
