"""LinearModel: weights x features = logits, contributions, Score. Score and explanation are one computation.

``logit = bias + sum of contributions`` and ``score = 1 / (1 + exp(-logit))``; calibration is folded into the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from quality.document import Document
from quality.evidence import Evidence
from quality.features import Rows, Scale, Weighed
from quality.lexicon import Lexicon
from quality.phrases import Phrases
from quality.terms import Terms
from quality.views import Floats, Reader, Views

__all__ = ["HEADS", "Evidence", "LinearModel", "Score", "Verdict", "describe"]

HEADS = ("farm", "filler", "repetition", "unsourced")
Verdict = Literal["farm", "suspect", "ok", "abstain"]


@dataclass(frozen=True, slots=True)
class Score:
    """What is said of one document. ``score`` and ``axes`` are None when the verdict is ``abstain``."""

    score: float | None
    verdict: Verdict
    reason: str | None
    axes: Mapping[str, float] | None
    words: int
    links: str
    model: str
    evidence: Sequence[Evidence] = ()
    bias: float | None = None
    logit: float | None = None
    explained: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The object that a record carries under ``quality``."""
        return self.fields() | {"evidence": [one.as_dict() for one in self.evidence]}

    def fields(self) -> dict[str, Any]:
        """The same, with the evidence as it is."""
        out: dict[str, Any] = {
            "score": self.score, "verdict": self.verdict, "reason": self.reason,
            "axes": dict(self.axes) if self.axes is not None else None, "words": self.words, "links": self.links,
            "evidence": self.evidence, "model": self.model,
        }  # fmt: skip
        return out | ({"bias": self.bias, "logit": self.logit} if self.explained else {})


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A trained model: four linear heads over the same features.

    ``weights``: float64[t + s, 4], terms first; ``bias``: float64[4]; ``thresholds``: score from which a document is
    ``farm`` or ``suspect``.
    """

    lexicon: Lexicon
    phrases: Phrases
    terms: Terms
    idf: Floats
    scale: Scale
    weights: Floats
    bias: Floats
    thresholds: Mapping[str, float]
    meta: Mapping[str, Any] = field(default_factory=dict)

    def reader(self) -> Reader:
        """What documents are read with."""
        return Reader(self.lexicon, self.phrases)

    def rows(self, views: Views) -> Rows:
        """Rows of the documents of some views."""
        return Rows(views, Weighed(self.terms, self.idf, self.weights), self.scale)

    def logits(self, found: Rows) -> Floats:
        """float64[d, 4]: the logits of the four heads."""
        dense = self.weights[len(self.terms) :]
        signals = np.multiply(found.signals[:, None, :], dense.T, order="C").sum(axis=2)
        logits: Floats = self.bias + found.judged.logits + signals
        return logits

    def verdict(self, score: float) -> Verdict:
        """Verdict of a score."""
        if score >= self.thresholds["farm"]:
            return "farm"
        return "suspect" if score >= self.thresholds["suspect"] else "ok"

    def contributions(self, found: Rows) -> tuple[Floats, Floats]:
        """What each signal (float64[d, s]) and each term found (float64[n]) adds to its document's ``farm`` logit."""
        weights, dense = self.weights[:, 0], len(self.terms)
        return weights[dense:] * found.signals, weights[found.counts.term] * found.value


def describe(documents: Sequence[Document], model: LinearModel, reader: Reader) -> tuple[Views, Rows]:
    """Views and feature rows of some documents."""
    views = Views(documents, reader)
    return views, model.rows(views)
