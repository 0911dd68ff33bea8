"""Folds of whole families: what is measured on one fold was never seen, not even its source, in the others."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from quality.corpus.load import Article


def folds(articles: Iterable[Article], count: int = 10) -> dict[str, int]:
    """Family -> number of its fold, from 0; the folds have about the same number of articles and of each farm label.

    The largest families are dealt first, each to the fold that it unbalances least; a tie of sizes is broken by the
    digest of the name, so the same articles always give the same folds.

    Raises:
        ValueError: for fewer than two folds.
    """
    if count < 2:
        raise ValueError(f"{count} folds: there must be two at least")
    sizes: dict[str, Counter[str]] = {}
    for article in articles:
        label = article.labels["farm"] if article.labels else "none"
        sizes.setdefault(article.family, Counter()).update(("all", f"farm {label}"))
    totals = sum(sizes.values(), Counter[str]())
    filled = [Counter[str]() for _ in range(count)]
    dealt: dict[str, int] = {}
    for family in sorted(sizes, key=lambda name: (-sizes[name]["all"], _digest(name))):
        dealt[family] = min(range(count), key=lambda fold: _growth(filled[fold], sizes[family], totals))
        filled[dealt[family]] += sizes[family]
    return dealt


def _growth(fold: Counter[str], family: Counter[str], totals: Counter[str]) -> float:
    """Growth of the sum of squared shares that a family brings to a fold."""
    return sum(((fold[kind] + size) ** 2 - fold[kind] ** 2) / totals[kind] ** 2 for kind, size in family.items())


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
