"""Explain: what every term and signal adds to the logit of ``farm``, and where, for a block of documents at once."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.block import CLASSES, Block, Bools, Ints
from quality.distinct import first_equal
from quality.evidence import Columns, Explanation, Spans
from quality.features import Rows
from quality.model import LinearModel
from quality.sayings import LESS, MORE, OF_TERMS, UNKNOWN, Sayings
from quality.signals import SIGNALS
from quality.terms import Terms
from quality.views import Floats, Views


class Parts(NamedTuple):
    """Contributions: the document of each, its amount, what is said of it (pattern and feature, signals first).

    ``times``: how often a term is found; those of signals are told by what they find.
    """

    doc: Ints
    amount: Floats
    pattern: NDArray[np.int32]
    feature: NDArray[np.int32]
    times: Ints

    def at(self, places: Ints) -> Parts:
        """Those at some places."""
        doc, amount, pattern, feature, times = self
        return Parts(doc[places], amount[places], pattern[places], feature[places], times[places])


class Found(NamedTuple):
    """First and last token of what is found, and the part that it belongs to (int64[h] each)."""

    first: Ints
    last: Ints
    part: Ints


class Explainer:
    """Explains what a model says. It keeps the names of all terms, so one of them should do for many blocks."""

    def __init__(self, model: LinearModel) -> None:
        self._model, self._sayings = model, Sayings(model.terms.keys, model.lexicon.words)

    def explain(self, views: Views, found: Rows, chosen: Bools, most: int | None = None) -> list[Explanation]:
        """For each document the contributions to its ``farm`` logit, strongest first: all, or the ``most`` strongest.

        Documents that are not ``chosen`` (bool[d]) have none.
        """
        every = contributions(self._model, found)
        parts = every.at(strongest(every.doc, every.amount, chosen, len(every.doc) if most is None else most))
        hits = signal_hits(views, parts)
        ends = np.cumsum(parts.times + np.bincount(hits.part, minlength=len(parts.doc)))
        spans = placed(self._model.terms, views.block, parts, hits, ends)
        cuts = np.searchsorted(parts.doc, np.arange(views.block.docs + 1)).tolist()
        before = np.append(0, ends)
        return [
            Explanation(
                one.text, self._sayings,
                Columns(
                    parts.pattern[a:b], parts.feature[a:b], parts.amount[a:b], spans[before[a] : before[b]],
                    ends[a:b] - before[a],
                ),
            )
            for one, (a, b) in zip(views.documents, pairwise(cuts), strict=True)
        ]  # fmt: skip


def contributions(model: LinearModel, found: Rows) -> Parts:
    """All that adds to the logits of some documents: signals, document after document, then terms."""
    docs, count = found.signals.shape
    signals, terms = model.contributions(found)
    state = np.where(np.isnan(found.raw), UNKNOWN, np.where(found.raw >= model.scale.mean, MORE, LESS))
    return Parts(
        np.concatenate((np.repeat(np.arange(docs), count), found.counts.doc)),
        np.concatenate((signals.ravel(), terms)),
        np.concatenate(((3 * np.arange(count) + state).ravel(), OF_TERMS + (terms > 0)), dtype=np.int32),
        np.concatenate((np.tile(np.arange(count), docs), count + found.counts.term), dtype=np.int32),
        np.concatenate((np.zeros(docs * count, np.int64), found.counts.times)),
    )


def _strongest(doc: Ints, amount: Floats, chosen: Bools, most: int) -> Ints:
    order = np.empty(len(doc), np.int64)
    found = kernel.call("strongest", doc, amount, len(doc), chosen.view(np.uint8), len(chosen), most, order)
    return order[:found]


@kernel.twin(_strongest)
def strongest(doc: Ints, amount: Floats, chosen: Bools, most: int) -> Ints:
    """The parts of the chosen documents (bool[d]), document after document, strongest first, ``most`` of each at most.

    >>> strongest(np.array([0, 1, 0, 1]), np.array([1.0, 2, -3, 2]), np.array([True, True]), 9).tolist()
    [2, 0, 1, 3]
    """
    wanted = np.flatnonzero(chosen[doc])
    wanted = wanted[np.lexsort((-np.abs(amount[wanted]), doc[wanted]))]
    return wanted[np.arange(len(wanted)) - np.searchsorted(doc[wanted], doc[wanted]) < most]


def signal_hits(views: Views, parts: Parts) -> Found:
    """What the signals among the parts find, where there is more of it than usual and it adds anything.

    Of what is said to be rare, nothing is shown: a quote would speak against the reason.
    """
    more = (parts.pattern < OF_TERMS) & (parts.pattern % 3 == MORE)
    shown = np.flatnonzero(more & (parts.amount != 0))
    part = np.full((views.block.docs, len(SIGNALS)), -1)
    part[parts.doc[shown], parts.feature[shown]] = shown
    found = [Found(*np.zeros((3, 0), np.int64))]
    for place in np.flatnonzero((part >= 0).any(axis=0)).tolist():
        hits = SIGNALS[place].find(views)
        found.append(Found(*hits, part[views.block.doc[hits.first], place]))
    first, last, of = (np.concatenate(column) for column in zip(*found, strict=True))
    told = of >= 0
    return Found(first[told], last[told], of[told])


def _placed(terms: Terms, block: Block, parts: Parts, hits: Found, ends: Ints) -> Spans:
    spans = np.empty((ends[-1] if len(ends) else 0, 2), np.int32)
    cuts = np.searchsorted(parts.doc, np.arange(block.docs + 1))
    kernel.call(
        "placed", block.word, block.kind, block.first, len(block.kind), block.docs, terms.known, len(CLASSES),
        *terms.table, block.start, block.end, block.gaps, len(block.gaps), block.offset, parts.feature, parts.doc, cuts,
        len(SIGNALS), len(terms), *hits, len(hits.part), ends, spans.reshape(-1),
    )  # fmt: skip
    return spans


@kernel.twin(_placed)
def placed(terms: Terms, block: Block, parts: Parts, hits: Found, ends: Ints) -> Spans:
    """Where each part is found, in characters of its text: int32[k, 2], up to ``ends`` (int64[m]) of each part.

    Those of terms are looked for here; those of signals are ``hits``.
    """
    del ends
    first, size, term = terms.occurrences(block)
    found = Found(first, first + size - 1, _part_of(parts, block.doc[first], term + len(SIGNALS), len(terms)))
    first, last, part = (np.concatenate(pair) for pair in zip(found, hits, strict=True))
    told = np.flatnonzero(part < len(parts.doc))
    order = told[np.sort(part[told] << 32 | np.arange(len(told))) & 0xFFFFFFFF]  # a stable sort, several times faster
    return block.ranges(first[order], last[order]).astype(np.int32)


def _part_of(parts: Parts, doc: Ints, feature: Ints, terms: int) -> Ints:
    """The part of each finding, int64; a number that no part has for those of none."""
    features = len(SIGNALS) + terms
    keys = np.concatenate((parts.doc * features + parts.feature, doc * features + feature))
    return first_equal(keys.astype(np.uint64))[len(parts.doc) :]
