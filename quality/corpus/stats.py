"""Count the corpus: articles, families, labels, licences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quality.corpus.load import Article
from quality.corpus.rows import AXES


def stats(articles: Sequence[Article], listed: int = 0) -> dict[str, Any]:
    """Counts of a loaded corpus, ready for JSON; ``listed`` is the number of public articles in ``web.jsonl``.

    Under ``labels`` each origin and axis has five counts: the articles with label 0 to 4.
    """
    origins: dict[str, list[Article]] = {"web": [], "written": []}
    for article in articles:
        origins[article.origin].append(article)
    return {
        "articles": len(articles),
        "not fetched": max(0, listed - len(origins["web"])),
        "labelled": sum(article.labels is not None for article in articles),
        "skipped": sum(article.skip is not None for article in articles),
        "families": len({article.family for article in articles}),
        "sources": len({article.source for article in articles}),
        "words": sum(len(article.text.split()) for article in articles),
        "labels": {origin: _labels(group) for origin, group in origins.items()},
        "pools": _counts(article.pool for article in articles),
        "genres": _counts(article.genre for article in articles if article.genre),
        "licences": _counts(article.licence for article in articles),
    }


def _labels(articles: Sequence[Article]) -> dict[str, list[int]]:
    counts = {axis: [0] * 5 for axis in AXES}
    for article in articles:
        for axis, value in (article.labels or {}).items():
            counts[axis][value] += 1
    return counts


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def table(counts: Mapping[str, Any]) -> str:
    """The counts as text for a terminal, one a line."""
    lines = [f"{name:<12}{value:>9,}" for name, value in counts.items() if isinstance(value, int)]
    for origin, axes in counts["labels"].items():
        lines += ["", f"{'labels: ' + origin:<20}" + "".join(f"{label:>7}" for label in range(5))]
        lines += [f"  {axis:<18}" + "".join(f"{number:>7,}" for number in row) for axis, row in axes.items()]
    for name in ("pools", "genres", "licences"):
        lines += ["", name, *(f"{number:>7,}  {key}" for key, number in counts[name].items())]
    return "\n".join(lines)
