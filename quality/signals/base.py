"""What a signal is: a named value of a document, and the places in the text that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quality.block import Bools, Ints
from quality.phrases import Hits
from quality.views import Floats, Views

Axis = Literal["filler", "repetition", "sourcing", "wording"]
Measure = Callable[[Views], Floats]
Find = Callable[[Views], Hits]


def nowhere(views: Views) -> Hits:
    """For signals of the whole text, which have no single place."""
    del views
    return Hits(np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Signal:
    """``measure`` gives a value a document (float64[d]; NaN where it cannot be known), ``find`` the tokens it counts.

    ``more`` and ``less`` are the sentences told to a reader when the value is above, or below, what is usual.
    ``source`` says where the measure comes from.
    """

    name: str
    axis: Axis
    more: str
    less: str
    source: str
    measure: Measure
    find: Find = nowhere


def rate(views: Views, count: Floats) -> Floats:
    """Square root of the count per 100 words, float64[d].

    The root steadies the variance of counts (Anscombe 1948); 30 words are added to the length so that a single find
    in a short text does not weigh like ten in a long one.
    """
    return np.sqrt(100 * count / (views.block.words + 30))


def mean(views: Views, value: Floats, doc: Ints, usual: float, weight: float) -> Floats:
    """Mean of ``value`` over the pieces of each document, float64[d].

    It is drawn towards ``usual``, the corpus mean, as by ``weight`` pieces more, so that few pieces say little.
    """
    total = np.bincount(doc, value, views.block.docs)
    return (total + weight * usual) / (np.bincount(doc, minlength=views.block.docs) + weight)


def runs(chosen: Bools) -> Hits:
    """Each run of neighbouring chosen tokens as one finding."""
    edges = np.diff(np.concatenate(([False], chosen, [False])).astype(np.int8))
    return Hits(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1)


def per_document(views: Views, tokens: Ints) -> Floats:
    """How many of the tokens lie in each document, float64[d]."""
    return np.bincount(views.block.doc[tokens], minlength=views.block.docs).astype(np.float64)


def phrases(name: str) -> tuple[Measure, Find]:
    """How a signal counts, and finds, the phrases of a list."""
    return lambda views: rate(views, per_document(views, views.hits[name].first)), lambda views: views.hits[name]


def tokens(choose: Callable[[Views], Bools]) -> tuple[Measure, Find]:
    """How a signal counts, and finds, the tokens that ``choose`` gives (bool[n])."""
    return lambda views: rate(views, views.block.count(choose(views))), lambda views: runs(choose(views))
