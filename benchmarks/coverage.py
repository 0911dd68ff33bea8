"""How often the interval of a site covers its true share of farm pages, by simulation.

Two kinds of sites are drawn. ``model``: logits as `quality.share` takes them, normal with a normal shift. ``measured``:
the shift of a site is that of an unseen family of the corpus, and each article's deviation that of an unseen article
from its family's mean. The corpus' public articles must be at hand (`quality corpus fetch`).
Of 2,000 sites a share of 95 % is known to 0.5 % (standard error).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from quality import store
from quality.calibrate import FARM
from quality.evaluate import cross_fitted
from quality.release import Data, fold_of
from quality.share import Shares, Spread, fit_spread, logits
from quality.train import Settings, cross_validate

SHARES = (0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 1)
ARTICLES = (5, 7, 10, 20, 50, 100, 300)
BLOCK = 100  # sites estimated at once
LEAST = 8  # articles of a class from which a family's shift is taken
Draw = Callable[[np.ndarray], np.ndarray]


def unseen(corpus: Path, cache: Path | None) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Scores of the corpus' articles by models that had not seen their family, whether each is farm, the families."""
    data = Data(corpus, cache)
    sample, extra = data.tested()
    fold = fold_of(sample, data.articles)
    found = cross_validate(sample, fold, Settings(**store.load().meta["settings"]), extra)
    return cross_fitted(found, sample.labels, fold)[:, 0], sample.labels[:, 0] >= FARM, list(sample.families)


def by_model(spread: Spread, random: np.random.Generator) -> Draw:
    def draw(farm: np.ndarray) -> np.ndarray:
        shift = random.normal(0, spread.between, (len(farm), 1))
        return np.where(farm, spread.farm, spread.honest) + shift + random.normal(0, spread.within, farm.shape)

    return draw


def by_families(
    spread: Spread, random: np.random.Generator, score: np.ndarray, farm: np.ndarray, families: list[str]
) -> Draw:
    logit, of = logits(score), np.array(families)
    groups = [(kind, logit[(of == name) & (farm == kind)]) for name in sorted(set(families)) for kind in (False, True)]
    groups = [(kind, group) for kind, group in groups if len(group) >= LEAST]
    shifts, apart = [], []
    for kind, group in groups:
        # The mean of few articles varies more than the shift does, and their deviations from it vary less than theirs.
        part = spread.between**2 / (spread.between**2 + spread.within**2 / len(group))
        shifts.append((group.mean() - (spread.farm if kind else spread.honest)) * np.sqrt(part))
        apart.append((group - group.mean()) * np.sqrt(len(group) / (len(group) - 1)))
    pool = np.concatenate(apart)

    def draw(is_farm: np.ndarray) -> np.ndarray:
        means = np.where(is_farm, spread.farm, spread.honest)
        return means + random.choice(shifts, (len(is_farm), 1)) + random.choice(pool, is_farm.shape)

    return draw


def coverage(shares: Shares, draw: Draw, random: np.random.Generator, articles: int, sites: int) -> list[float]:
    """Share of intervals that hold the true share, for each of ``SHARES``."""
    out = []
    for share in SHARES:
        held = 0
        for at in range(0, sites, BLOCK):
            logit = draw(random.random((min(BLOCK, sites - at), articles)) < share)
            held += sum(one.low <= share <= one.high for one in shares.each(1 / (1 + np.exp(-logit))))
        out.append(held / sites)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--sites", type=int, default=2000, help="sites drawn for each share and number of articles")
    parser.add_argument("--articles", type=int, nargs="+", default=ARTICLES, help="scored articles of a site")
    options = parser.parse_args()
    score, farm, families = unseen(options.corpus, options.cache)
    spread = fit_spread(score, farm, families)
    print(f"spread: {spread}\n")
    shares, random = Shares(spread), np.random.default_rng(20251125)
    kinds = {"model": by_model(spread, random), "measured": by_families(spread, random, score, farm, families)}
    print(f"| sites | articles | mean | lowest | {' | '.join(f'{share:.0%}' for share in SHARES)} |")
    print(f"|---|---|---|---|{'---|' * len(SHARES)}")
    for name, draw in kinds.items():
        for articles in options.articles:
            found = coverage(shares, draw, random, articles, options.sites)
            cells = " | ".join(f"{one:.1%}" for one in found)
            print(f"| {name} | {articles} | {np.mean(found):.1%} | {min(found):.1%} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
