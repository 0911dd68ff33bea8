"""Share: how many of a site's articles are farm pages, told from their scores, with an honest interval.

A score is calibrated over many sites, yet articles of one site err together: all of them are a little too high, or too
low. The logits of honest and of farm articles are taken as normal, with one shift for the whole site that is unknown:

    logit = mean of its class + shift of the site + spread of the article

This is a mixture over the share (adjusting to a prior that changed: Saerens, Latinne and Decaestecker 2002), with the
error rates of the site itself as a random effect, in place of the two fixed rates of Rogan and Gladen (1978). The shift
is integrated out. The interval is the likelihood region of the share, hull of all shares whose integrated likelihood is
above a bound, that holds 95 % of its posterior: among regions of that posterior it is the one that depends least on the
prior (Wasserman 1989; relative belief: Evans and Shakhatreh 2008), and it covers shares near 0 and 1, from which a
region of the highest posterior density strays. The share told is the mean of the posterior within the interval.

Scores are normal only roughly, and with very many of them the small print of their distribution would decide what is a
shift and what a share: so however many there are, they are worth ``MOST`` articles (a coarsened posterior: Miller and
Dunson 2019). ``benchmarks/coverage.py`` shows how often the interval covers the true share (docs/sites.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from quality.views import Floats

FARM_ABOVE, OK_BELOW, FEWEST = 0.5, 0.25, 5  # where the interval must lie for a verdict, and scored articles for any
LEVEL = 0.95  # posterior within the interval
STEPS = 300  # of the share, from 0 to 1
PRIOR = 0.3  # of the Beta(PRIOR, PRIOR) that the share is taken to have: see docs/sites.md
SHIFTS = np.linspace(-4, 4, 65)  # standard deviations of a site's shift over which is summed: fine enough for MOST
MOST = 300  # articles that a site's scores are worth at most
LARGEST = 9.0  # logit, in size: beyond it a score says no more
BIN = 0.1  # width of the bins of logits
ENOUGH = 3  # articles of a class from which a family tells something of the spread


class Spread(NamedTuple):
    """Logits of articles that the model had not seen: means of the classes, deviations within and between families.

    The default is that of the model en-0.1.0 over 115 unseen families, for a model that does not tell its own.
    """

    honest: float = -3.19
    farm: float = 1.34
    within: float = 1.45
    between: float = 1.48
    shift: float = 0.0

    @classmethod
    def of(cls, meta: Mapping[str, Any]) -> Spread:
        """The spread that a model tells, moved as its scores were by ``quality calibrate --prior``.

        >>> Spread.of({}).farm
        1.34
        """
        figures, prior = meta.get("figures", {}), meta.get("adjusted", {}).get("prior")
        told = figures.get("sites", {}).get("spread", {})
        shift = 0.0 if prior is None else _log_odds(prior) - _log_odds(figures["farm_share"])
        return cls(**told)._replace(shift=shift)

    def told(self) -> dict[str, float]:
        """What stands in a model's figures."""
        return {name: value for name, value in self._asdict().items() if name != "shift"}


def _log_odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def logits(scores: Floats) -> Floats:
    """ln(score / (1 - score)), within ±``LARGEST``."""
    with np.errstate(divide="ignore"):
        out: Floats = np.clip(np.log(scores) - np.log1p(-scores), -LARGEST, LARGEST)
    return out


def fit_spread(score: Floats, farm: Sequence[bool] | np.ndarray[Any, Any], families: Sequence[str]) -> Spread:
    """Spread of the scores of unseen articles, by one-way analysis of variance over families (both classes pooled)."""
    logit, farm = logits(score), np.asarray(farm, bool)
    names, place = np.unique(np.asarray(families), return_inverse=True)
    groups = [logit[(place == one) & (farm == kind)] for kind in (False, True) for one in range(len(names))]
    kinds = np.repeat([0, 1], len(names))
    means = float(logit[~farm].mean()), float(logit[farm].mean())
    told = [(group, means[kind]) for group, kind in zip(groups, kinds.tolist(), strict=True) if len(group) >= ENOUGH]
    size = np.array([len(group) for group, _ in told])
    within = sum(float(((group - group.mean()) ** 2).sum()) for group, _ in told) / (size - 1).sum()
    spread = sum(len(group) * float(group.mean() - mean) ** 2 for group, mean in told) / (len(told) - 2)
    between = (spread - within) / ((size.sum() - (size**2).sum() / size.sum()) / (len(told) - 1))
    return Spread(means[0], means[1], float(np.sqrt(within)), float(np.sqrt(max(between, 0.01))))


class Estimate(NamedTuple):
    """``share`` of farm articles, the posterior's mean within its interval; the bounds ``low`` and ``high`` of that.

    ``posterior``: float64[``STEPS``], the probabilities of the steps of the share.
    """

    share: float
    low: float
    high: float
    posterior: Floats

    def above(self, bound: float) -> float:
        """Probability, in [0, 1], that the share is above ``bound``."""
        return float(min(self.posterior[bound < _MIDDLES].sum(), 1.0))


_MIDDLES = (np.arange(STEPS) + 0.5) / STEPS


class Shares:
    """Estimates shares from scores of one model; made once, it costs about a millisecond a site.

    >>> shares = Shares(Spread())
    >>> good, bad = shares(np.full(20, 0.03)), shares(np.full(20, 0.95))
    >>> good.high < 0.25, bad.low > 0.5
    (True, True)
    """

    def __init__(self, spread: Spread) -> None:
        self.spread = spread
        at = np.arange(-LARGEST, LARGEST + BIN / 2, BIN)[:, None] - SHIFTS * spread.between
        honest, farm = (np.exp(-0.5 * ((at - mean) / spread.within) ** 2) for mean in (spread.honest, spread.farm))
        table = honest[:, None] + _MIDDLES[:, None] * (farm - honest)[:, None]
        table += 1e-12
        self._table = np.log(table, out=table).reshape(len(at), -1)

    def __call__(self, scores: Floats) -> Estimate:
        """Estimate from the scores (float64[n], one or more) of a site's articles, in any order."""
        return self.each(scores[None])[0]

    def each(self, scores: Floats) -> list[Estimate]:
        """Estimates of sites with as many scored articles each, float64[s, n]."""
        likely = self._likelihood(scores)
        joint = likely + (PRIOR - 1) * (np.log(_MIDDLES) + np.log1p(-_MIDDLES))
        posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
        posterior /= posterior.sum(axis=1, keepdims=True)
        return [_estimate(*one) for one in zip(likely, posterior, strict=True)]

    def _likelihood(self, scores: Floats) -> Floats:
        """Logarithm of the likelihood of each step of the share, the shift integrated out: float64[s, ``STEPS``]."""
        sites, articles = scores.shape
        at = np.clip(logits(scores) - self.spread.shift, -LARGEST, LARGEST)
        bins = np.rint((at + LARGEST) / BIN).astype(np.int64)
        used, place = np.unique(bins, return_inverse=True)
        cells = np.arange(sites)[:, None] * len(used) + place.reshape(bins.shape)
        counts = np.bincount(cells.ravel(), minlength=sites * len(used)).reshape(sites, -1)
        joint = (min(1.0, MOST / articles) * counts) @ self._table[used]
        joint = joint.reshape(sites, STEPS, -1) - SHIFTS**2 / 2
        most = joint.max(axis=2, keepdims=True)
        out: Floats = np.log(np.exp(joint - most).sum(axis=2)) + most[..., 0]
        return out


def _estimate(likely: Floats, posterior: Floats) -> Estimate:
    """The hull of the likeliest steps that hold ``LEVEL`` of the posterior, and the mean within it."""
    order = np.argsort(-likely, kind="stable")
    held = order[: 1 + int(np.searchsorted(np.cumsum(posterior[order]), LEVEL - 1e-12))]
    first, last = int(held.min()), int(held.max()) + 1
    within = posterior[first:last]
    share = float(within @ _MIDDLES[first:last] / within.sum())
    return Estimate(share, first / STEPS, last / STEPS, posterior)
