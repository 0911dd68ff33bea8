"""Adjust: a copy of a model with the thresholds, and the share of farm pages, of the place where it will be used.

The thresholds are fitted to texts that the user knows to be good (``quality.budget``). The share of farm pages enters
by Bayes' rule: where farm pages are rarer or more common than among the articles that the model was calibrated on, the
logit of ``farm`` shifts by the difference of the log odds of the two shares (Saerens et al. 2002). This moves every
score the same way and changes no ranking; the axes, which are no probabilities of classes, stay as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from quality.budget import BUDGETS, Fitted, fit, wilson
from quality.document import Document
from quality.errors import ModelError, UsageError
from quality.model import LinearModel
from quality.scorer import Scorer
from quality.views import Floats


class Texts(NamedTuple):
    """Texts that the user knows to be good, and texts known to be farm pages."""

    good: Iterable[Document]
    bad: Iterable[Document] = ()


class Adjusted(NamedTuple):
    """``model``: the copy. ``fitted``: the threshold of each verdict. ``abstained``: texts that got no score.

    ``found``: how many of the ``bad`` texts with a score each verdict's threshold finds.
    """

    model: LinearModel
    fitted: dict[str, Fitted]
    abstained: int
    bad: int
    found: dict[str, int]


def log_odds(share: float) -> float:
    """ln(share / (1 - share)).

    >>> log_odds(0.5)
    0.0
    """
    return math.log(share / (1 - share))


def shifted(score: float, shift: float) -> float:
    """A score whose logit was moved by ``shift``.

    >>> shifted(0.5, 0.0), shifted(1.0, -2.0)
    (0.5, 1.0)
    """
    return score if score in (0, 1) else 1 / (1 + math.exp(-(log_odds(score) + shift)))


def with_prior(model: LinearModel, prior: float) -> LinearModel:
    """The model for a place where a share ``prior`` of the articles are farm pages; its thresholds move along.

    Raises:
        UsageError: when the share is not between 0 and 1.
        ModelError: when the model does not tell the share that it was calibrated on.
    """
    if not 0 < prior < 1:
        raise UsageError(f"the prior is a share between 0 and 1, not {prior}")
    figures = model.meta.get("figures")
    trained = figures.get("farm_share") if isinstance(figures, Mapping) else None
    if not isinstance(trained, float) or not 0 < trained < 1:
        raise ModelError("the model does not tell the share of farm pages that it was calibrated on; train again")
    shift = log_odds(prior) - log_odds(trained)
    bias = model.bias.copy()
    bias[0] += shift
    limits = {verdict: shifted(limit, shift) for verdict, limit in model.thresholds.items()}
    return replace(model, bias=bias, thresholds=limits)


def scores_of(model: LinearModel, documents: Iterable[Document]) -> tuple[Floats, int]:
    """Scores of the documents that get one, and how many do not."""
    found = [one.score for one in Scorer(model).score_many(documents)]
    told = [score for score in found if score is not None]
    return np.array(told, np.float64), len(found) - len(told)


def adjust(
    model: LinearModel, name: str, texts: Texts, budgets: Mapping[str, float] = BUDGETS, prior: float | None = None
) -> Adjusted:
    """The adjusted copy of a model, under a ``name`` of its own, with what it rests on in its ``meta``.

    Raises:
        UsageError: for a prior or budgets that cannot be, and when no good text gets a score.
        ModelError: see `with_prior`.
    """
    if not 0 < budgets["farm"] <= budgets["suspect"] < 1:
        raise UsageError("the shares of false positives must be 0 < --fpr-farm <= --fpr-suspect < 1")
    moved = model if prior is None else with_prior(model, prior)
    (honest, silent), (farm, mute) = (scores_of(moved, documents) for documents in texts)
    if not len(honest):
        raise UsageError("none of the good texts gets a score: there is nothing to fit thresholds to")
    fitted = {verdict: fit(honest, budget, moved.thresholds[verdict]) for verdict, budget in budgets.items()}
    limits = {verdict: min(one.threshold, fitted["farm"].threshold, 1.0) for verdict, one in fitted.items()}
    found = {verdict: int((farm >= limit).sum()) for verdict, limit in limits.items()}
    told = {
        "from": f"{model.meta.get('name', 'unnamed')}:{model.meta.get('digest', '')[:8]}", "prior": prior,
        "good": len(honest), "bad": len(farm), "abstained": silent + mute, "budgets": dict(budgets), "found": found,
        "flagged": {verdict: one.flagged for verdict, one in fitted.items()},
        "bounds": {verdict: one.bound for verdict, one in fitted.items()},
    }  # fmt: skip
    meta = {key: value for key, value in model.meta.items() if key != "digest"} | {"name": name, "adjusted": told}
    return Adjusted(replace(moved, thresholds=limits, meta=meta), fitted, silent + mute, len(farm), found)


def report(adjusted: Adjusted, budgets: Mapping[str, float] = BUDGETS) -> Iterable[str]:
    """What was fitted, a line for each verdict, and what the texts at hand cannot show."""
    for verdict, one in adjusted.fitted.items():
        limit = adjusted.model.thresholds[verdict]
        yield (
            f"{verdict} from {limit:.4f}: flags {one.flagged} of {one.good} good texts, "
            f"at most {one.bound:.2%} of all such texts (Wilson bound, 95 %)"
        )
        if one.needed:
            yield (
                f"  too few good texts: {one.good} cannot show {budgets[verdict]:.2%} of false positives, {one.needed} "
                "are needed; this is the model's own threshold, or the lowest that flags none of them"
            )
    if adjusted.bad:
        for verdict, count in adjusted.found.items():
            low, high = wilson(count, adjusted.bad)
            yield f"{verdict}: finds {count} of {adjusted.bad} bad texts ({low:.1%} to {high:.1%} of all such texts)"
    if adjusted.abstained:
        yield f"{adjusted.abstained} texts got no score and count for nothing"
