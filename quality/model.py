"""LinearModel: weights x features = logits, contributions, Score. Score and explanation are one computation.

``logit = bias + sum of contributions`` and ``score = 1 / (1 + exp(-logit))``; calibration is folded into the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from quality import kernel
from quality import terms as term_names
from quality.document import Document, Span
from quality.features import Rows, Scale, rows
from quality.lexicon import Lexicon
from quality.phrases import Phrases
from quality.signals import SIGNALS
from quality.terms import Terms
from quality.views import Floats, Reader, Views

HEADS = ("farm", "filler", "repetition", "unsourced")
Verdict = Literal["farm", "suspect", "ok", "abstain"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: ``contribution`` is to the logit of ``farm``, signed; ``spans`` are characters of the text given."""

    axis: str
    name: str
    message: str
    contribution: float
    spans: tuple[Span, ...]
    quote: str

    def as_dict(self) -> dict[str, Any]:
        """The evidence as it stands in a record."""
        return {
            "axis": self.axis, "name": self.name, "message": self.message, "contribution": self.contribution,
            "spans": [list(span) for span in self.spans], "quote": self.quote,
        }  # fmt: skip


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
    evidence: tuple[Evidence, ...] = ()
    bias: float | None = None
    logit: float | None = None
    explained: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The object that a record carries under ``quality``."""
        out: dict[str, Any] = {
            "score": self.score, "verdict": self.verdict, "reason": self.reason,
            "axes": dict(self.axes) if self.axes is not None else None, "words": self.words, "links": self.links,
            "evidence": [one.as_dict() for one in self.evidence], "model": self.model,
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

    def logits(self, found: Rows) -> Floats:
        """float64[d, 4]: the logits of the four heads."""
        dense = self.weights[len(self.terms) :]
        signals = np.multiply(found.signals[:, None, :], dense.T, order="C").sum(axis=2)
        logits: Floats = self.bias + term_logits(found, self.weights) + signals
        return logits

    def verdict(self, score: float) -> Verdict:
        """Verdict of a score."""
        if score >= self.thresholds["farm"]:
            return "farm"
        return "suspect" if score >= self.thresholds["suspect"] else "ok"

    def contributions(self, found: Rows) -> Floats:
        """What each signal, and then each term found, adds to the ``farm`` logit of a single document."""
        signals = self.weights[len(self.terms) :, 0] * found.signals[0]
        return np.concatenate([signals, self.weights[found.counts.term, 0] * found.value])

    def explain(self, views: Views, found: Rows, most: int | None = None) -> list[Evidence]:
        """Contributions to the ``farm`` logit of a single document, strongest first: all, or the ``most`` strongest."""
        parts = self.contributions(found)
        first, size, term = self.terms.occurrences(views.block)
        order = np.argsort(term, kind="stable")
        first, last, term = first[order], (first + size - 1)[order], term[order]
        spans, terms = views.block.spans(first, last), found.counts.term
        low, high = np.searchsorted(term, terms).tolist(), np.searchsorted(term, terms, "right").tolist()
        evidence = []
        for place in np.argsort(-np.abs(parts), kind="stable")[:most].tolist():
            one = place - len(SIGNALS)
            if one < 0:
                evidence.append(self._signal(views, place, float(parts[place])))
            else:
                evidence.append(self._term(views, int(terms[one]), spans[low[one] : high[one]], float(parts[place])))
        return evidence

    def _signal(self, views: Views, place: int, contribution: float) -> Evidence:
        signal = SIGNALS[place]
        value = signal.measure(views)[0]
        if np.isnan(value):
            return Evidence(signal.axis, signal.name, "It cannot be known from this text.", contribution, (), "")
        above = value >= self.scale.mean[place]
        spans = views.block.spans(*signal.find(views)) if contribution else []
        message = signal.more if above else signal.less
        return Evidence(signal.axis, signal.name, message, contribution, tuple(spans), quote_of(views, spans))

    def _term(self, views: Views, term: int, spans: list[Span], contribution: float) -> Evidence:
        name = term_names.name(int(self.terms.keys[term]), self.lexicon.words)
        usual = "a farm page" if contribution > 0 else "honest writing"
        message = f"The wording “{name}” is more usual in {usual}."
        return Evidence("wording", name, message, contribution, tuple(spans), quote_of(views, spans))


def _term_logits(found: Rows, weights: Floats) -> Floats:
    counts, out = found.counts, np.empty((len(found.signals), len(HEADS)))
    kernel.call("term_logits", counts.doc, counts.term, found.value, len(counts.doc), weights, len(out), out)
    return out


@kernel.twin(_term_logits)
def term_logits(found: Rows, weights: Floats) -> Floats:
    """float64[d, heads]: what the terms add to the logits; ``weights`` (float64[t + s, heads]) has the terms first."""
    doc, term, docs = found.counts.doc, found.counts.term, len(found.signals)
    return np.column_stack([np.bincount(doc, found.value * head, docs) for head in weights[term].T]).astype(np.float64)


def quote_of(views: Views, spans: Sequence[Span]) -> str:
    """The words of the first span in the text of a single document."""
    return " ".join(views.documents[0].text[slice(*spans[0])].split()) if spans else ""


def describe(documents: Sequence[Document], model: LinearModel, reader: Reader) -> tuple[Views, Rows]:
    """Views and feature rows of some documents."""
    views = Views(documents, reader)
    return views, rows(views, model.terms, model.idf, model.scale)
