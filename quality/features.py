"""Features: documents in, one named row each out: tf-idf of the terms, and the signals brought to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from quality.block import Block
from quality.counted import Counted, counted
from quality.signals import SIGNALS
from quality.signals.base import Signal
from quality.terms import Counts, Terms, tfidf
from quality.views import Floats, Views

CLIP = 3.0  # standard deviations: a signal further out says no more than one at this distance


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of some documents: tf-idf of their ``terms`` (sparse part), and ``signals`` (float64[d, s], dense part).

    ``raw``: the signals before they were brought to one scale, NaN where unknown; ``counted``: what they are made of.
    """

    block: Block
    terms: Terms
    idf: Floats
    signals: Floats
    raw: Floats
    counted: Counted

    @cached_property
    def counts(self) -> Counts:
        """How often each term stands in each document."""
        return self.terms.count(self.block)

    @cached_property
    def value(self) -> Floats:
        """The tf-idf of each of the counts."""
        return tfidf(self.counts, self.idf, self.block.docs)


class Scale(NamedTuple):
    """Mean and standard deviation of each signal over the training articles, float64[s] each."""

    mean: Floats
    deviation: Floats

    def apply(self, raw: Floats) -> Floats:
        """Signals in standard deviations from the mean, within ±3; an unknown signal (NaN) is at the mean."""
        scaled = np.clip((raw - self.mean) / self.deviation, -CLIP, CLIP)
        return np.where(np.isnan(scaled), 0.0, scaled)


def measure(found: Counted, signals: Sequence[Signal] = SIGNALS) -> Floats:
    """Raw signals, float64[d, s]; NaN where a signal is unknown."""
    return np.column_stack([signal.measure(found) for signal in signals])


def rows(views: Views, terms: Terms, idf: Floats, scale: Scale) -> Rows:
    """The rows of all documents of the views."""
    found = counted(views)
    raw = measure(found)
    return Rows(views.block, terms, idf, scale.apply(raw), raw, found)
