"""Compare: what another model says of the same articles, which change most, and which contributions make them.

Contributions add up to logits, so the change of a logit is the sum of the changes of its contributions: by the name of
a term or signal, whatever its place in either model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from quality.document import Document
from quality.model import Score
from quality.scorer import Scorer

BIAS = "bias"


class Change(NamedTuple):
    """Both scores of one article, and by how much each contribution to the logit differs, strongest first."""

    document: Document
    before: Score
    after: Score
    causes: tuple[tuple[str, float], ...]

    @property
    def moved(self) -> float:
        """Change of the score; 0 unless both models give one."""
        if self.before.score is None or self.after.score is None:
            return 0.0
        return self.after.score - self.before.score


class Comparison(NamedTuple):
    """``articles`` compared, those with a ``scored`` by both, and how the two models agree on them.

    ``verdicts`` counts articles by their verdict before and after. ``changes`` are the articles that changed most.
    ``causes`` is the mean size of the change of each contribution over ``changes``, largest first.
    """

    articles: int
    scored: int
    rank_correlation: float | None
    mean: float
    verdicts: Mapping[tuple[str, str], int]
    changes: Sequence[Change]
    causes: Sequence[tuple[str, float]]


def contributions(score: Score) -> dict[str, float]:
    """Contribution of each term and signal to the logit of ``farm``, and the bias."""
    wording = {one.name: one.contribution for one in score.evidence if one.axis == "wording"}
    signals = {f"signal:{one.name}": one.contribution for one in score.evidence if one.axis != "wording"}
    return wording | signals | {BIAS: score.bias or 0.0}


def causes(before: Score, after: Score) -> tuple[tuple[str, float], ...]:
    """How much each contribution differs between two explained scores, strongest first; their sum is the logit's."""
    old, new = contributions(before), contributions(after)
    differ = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in sorted(old.keys() | new.keys())}
    return tuple(sorted(((name, by) for name, by in differ.items() if by), key=lambda one: -abs(one[1])))


def compare(before: Scorer, after: Scorer, documents: Iterable[Document], most: int = 10) -> Comparison:
    """Compare two models on some articles, and explain the ``most`` changed ones."""
    texts = list(documents)
    pairs = list(zip(before.score_many(texts), after.score_many(texts), strict=True))
    told = [(a.score, b.score) for a, b in pairs if a.score is not None and b.score is not None]
    plain = [Change(text, a, b, ()) for text, (a, b) in zip(texts, pairs, strict=True)]
    changed = [one for one in sorted(plain, key=lambda one: -abs(one.moved)) if one.moved][:most]
    changes = [_explained(one, before, after) for one in changed]
    return Comparison(
        len(texts), len(told), _rank_correlation(told),
        float(np.mean([abs(b - a) for a, b in told])) if told else 0.0,
        Counter((a.verdict, b.verdict) for a, b in pairs), changes, _mean_causes(changes),
    )  # fmt: skip


def _explained(change: Change, before: Scorer, after: Scorer) -> Change:
    old, new = (scorer.score(change.document, explain=True) for scorer in (before, after))
    return Change(change.document, old, new, causes(old, new))


def _mean_causes(changes: Sequence[Change]) -> list[tuple[str, float]]:
    total: defaultdict[str, float] = defaultdict(float)
    for change in changes:
        for name, by in change.causes:
            total[name] += abs(by) / len(changes)
    return sorted(total.items(), key=lambda one: (-one[1], one[0]))


def _rank_correlation(told: Sequence[tuple[float, float]]) -> float | None:
    from scipy.stats import spearmanr

    old, new = np.array(told).reshape(-1, 2).T
    if len(old) < 3 or np.ptp(old) == 0 or np.ptp(new) == 0:
        return None
    return float(spearmanr(old, new)[0])


def report(found: Comparison, causes: int = 5) -> Iterable[str]:
    """The comparison in plain lines."""
    told = "-" if found.rank_correlation is None else f"{found.rank_correlation:.4f}"
    yield f"{found.scored} of {found.articles} articles scored by both"
    yield f"rank correlation {told}, mean change {found.mean:.4f}"
    moved = {pair: count for pair, count in found.verdicts.items() if pair[0] != pair[1]}
    yield f"{sum(moved.values())} verdicts change" + (":" if moved else "")
    for (old, new), count in sorted(moved.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {old} -> {new}: {count}"
    for change in found.changes:
        yield ""
        yield f"{change.document.id or change.document.source}: {_told(change.before)} -> {_told(change.after)}"
        yield from (f"  {by:+.3f} {name}" for name, by in change.causes[:causes])
    if found.causes:
        yield ""
        yield "What differs in these, on average (logits):"
        yield from (f"  {by:.3f} {name}" for name, by in found.causes[: 2 * causes])


def _told(score: Score) -> str:
    return f"{score.score:.3f} {score.verdict}" if score.score is not None else f"abstain ({score.reason})"
