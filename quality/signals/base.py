"""What a signal is: a named value of a document, and the places in the text that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from quality.block import Bools
from quality.counted import Counted
from quality.phrases import Hits
from quality.views import Floats, Views

Axis = Literal["filler", "repetition", "sourcing", "wording"]
Measure = Callable[[Counted], Floats]
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


def rate(name: str) -> Measure:
    """Square root of the number ``name`` per 100 words, float64[d].

    The root steadies the variance of counts (Anscombe 1948); 30 words are added to the length so that a single find
    in a short text does not weigh like ten in a long one.
    """
    return lambda counted: np.sqrt(100 * counted[name] / (counted["words"] + 30))


def mean(total: str, number: str, usual: float, weight: float) -> Measure:
    """Mean over the pieces of each document, of which there are ``number``, from its sum ``total``, float64[d].

    It is drawn towards ``usual``, the corpus mean, as by ``weight`` pieces more, so that few pieces say little.
    """
    return lambda counted: (counted[total] + weight * usual) / (counted[number] + weight)


def root(measure: Measure) -> Measure:
    """The square root of a measure."""
    return lambda counted: np.sqrt(measure(counted))


def runs(chosen: Bools) -> Hits:
    """Each run of neighbouring chosen tokens as one finding."""
    edges = np.diff(np.concatenate(([False], chosen, [False])).astype(np.int8))
    return Hits(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1)


def phrases(name: str) -> tuple[Measure, Find]:
    """How a signal measures, and finds, the phrases of a list."""
    return rate(name), lambda views: views.hits[name]


def tokens(name: str, choose: Callable[[Views], Bools]) -> tuple[Measure, Find]:
    """How a signal measures the tokens counted as ``name``, and finds those that ``choose`` gives (bool[n])."""
    return rate(name), lambda views: runs(choose(views))
