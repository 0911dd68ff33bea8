"""Explain: what every term and signal adds to the logit of ``farm``, and where, for a block of documents at once."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from quality import terms as term_names
from quality.block import Bools, Ints
from quality.distinct import first_equal
from quality.evidence import Explanation, Message
from quality.features import Rows
from quality.model import LinearModel
from quality.signals import SIGNALS
from quality.views import Floats, Views

MORE, LESS, UNKNOWN = range(3)  # what a signal says: above what is usual, below it, or nothing
SAYINGS = 3 * len(SIGNALS)  # before those of the terms, of which each has two


class _Messages(dict[int, Message]):
    """What is said of each term and signal, by the number of the saying; each is made when it is first needed."""

    def __init__(self, model: LinearModel) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, saying: int) -> Message:
        message = self._term(*divmod(saying - SAYINGS, 2)) if saying >= SAYINGS else _signal(*divmod(saying, 3))
        self[saying] = message
        return message

    def _term(self, term: int, farm: int) -> Message:
        name = term_names.name(int(self._model.terms.keys[term]), self._model.lexicon.words)
        usual = "a farm page" if farm else "honest writing"
        return Message("wording", name, f"The wording “{name}” is more usual in {usual}.")


def _signal(place: int, state: int) -> Message:
    signal = SIGNALS[place]
    return Message(signal.axis, signal.name, (signal.more, signal.less, "It cannot be known from this text.")[state])


class _Parts(NamedTuple):
    """Contributions: the document of each, its feature (signals first), its amount, and what is said of it."""

    doc: Ints
    feature: Ints
    amount: Floats
    saying: Ints


class Explainer:
    """Explains what a model says. It keeps what it said of each term, so one of them should do for many blocks."""

    def __init__(self, model: LinearModel) -> None:
        self._model, self._messages = model, _Messages(model)

    def explain(self, views: Views, found: Rows, chosen: Bools, most: int | None = None) -> list[Explanation]:
        """For each document the contributions to its ``farm`` logit, strongest first: all, or the ``most`` strongest.

        Documents that are not ``chosen`` (bool[d]) have none.
        """
        parts = _strongest(_parts(self._model, found), chosen, most)
        first, last, part = _findings(self._model, views, parts)
        order = np.sort(part << 32 | np.arange(len(part))) & 0xFFFFFFFF  # a stable sort, several times faster
        spans = views.block.ranges(first[order], last[order])
        ends = np.append(0, np.cumsum(np.bincount(part, minlength=len(parts.doc))))
        said = [self._messages[saying] for saying in parts.saying.tolist()]
        cuts = np.searchsorted(parts.doc, np.arange(views.block.docs + 1)).tolist()
        return [
            Explanation(one.text, said[a:b], parts.amount[a:b], spans[ends[a] : ends[b]], ends[a + 1 : b + 1] - ends[a])
            for one, (a, b) in zip(views.documents, pairwise(cuts), strict=True)
        ]


def _parts(model: LinearModel, found: Rows) -> _Parts:
    docs, count = found.signals.shape
    signals, terms = model.contributions(found)
    state = np.where(np.isnan(found.raw), UNKNOWN, np.where(found.raw >= model.scale.mean, MORE, LESS))
    return _Parts(
        np.concatenate((np.repeat(np.arange(docs), count), found.counts.doc)),
        np.concatenate((np.tile(np.arange(count), docs), count + found.counts.term)),
        np.concatenate((signals.ravel(), terms)),
        np.concatenate(((3 * np.arange(count) + state).ravel(), SAYINGS + 2 * found.counts.term + (terms > 0))),
    )


def _strongest(parts: _Parts, chosen: Bools, most: int | None) -> _Parts:
    """The parts of the chosen documents, document after document, strongest first, of each no more than ``most``."""
    wanted = np.flatnonzero(chosen[parts.doc])
    wanted = wanted[np.lexsort((-np.abs(parts.amount[wanted]), parts.doc[wanted]))]
    if most is not None:
        doc = parts.doc[wanted]
        wanted = wanted[np.arange(len(doc)) - np.searchsorted(doc, doc) < most]
    return _Parts(parts.doc[wanted], parts.feature[wanted], parts.amount[wanted], parts.saying[wanted])


def _findings(model: LinearModel, views: Views, parts: _Parts) -> tuple[Ints, Ints, Ints]:
    """First and last token of all that the parts rest on, and the part of each."""
    first, size, term = model.terms.occurrences(views.block)
    places = [(first, first + size - 1, term + len(SIGNALS))]
    shown = parts.feature[(parts.amount != 0) & (parts.saying < SAYINGS)]
    for place in np.flatnonzero(np.bincount(shown)).tolist():  # np.unique would import numpy.ma, which takes long
        hits = SIGNALS[place].find(views)
        places.append((hits.first, hits.last, np.full(len(hits.first), place)))
    first, last, feature = (np.concatenate(column) for column in zip(*places, strict=True))
    part = _part_of(parts, views.block.doc[first], feature, len(SIGNALS) + len(model.terms))
    told = np.flatnonzero(part < len(parts.doc))
    told = told[(parts.saying[part[told]] >= SAYINGS) | (parts.amount[part[told]] != 0)]
    return first[told], last[told], part[told]


def _part_of(parts: _Parts, doc: Ints, feature: Ints, features: int) -> Ints:
    """The part of each finding, int64; a number that no part has for those of none."""
    keys = np.concatenate((parts.doc * features + parts.feature, doc * features + feature))
    return first_equal(keys.astype(np.uint64))[len(parts.doc) :]
