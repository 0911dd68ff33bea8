"""Features: documents in, one named row each out: tf-idf of the terms, and the signals brought to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from quality.signals import SIGNALS
from quality.signals.base import Signal
from quality.terms import Counts, Terms, tfidf
from quality.views import Floats, Views

CLIP = 3.0  # standard deviations: a signal further out says no more than one at this distance


class Rows(NamedTuple):
    """``counts`` with their tf-idf ``value`` (sparse part), and ``signals`` (float64[d, s], dense part).

    ``raw``: the signals before they were brought to one scale, NaN where unknown.
    """

    counts: Counts
    value: Floats
    signals: Floats
    raw: Floats


class Scale(NamedTuple):
    """Mean and standard deviation of each signal over the training articles, float64[s] each."""

    mean: Floats
    deviation: Floats

    def apply(self, raw: Floats) -> Floats:
        """Signals in standard deviations from the mean, within ±3; an unknown signal (NaN) is at the mean."""
        scaled = np.clip((raw - self.mean) / self.deviation, -CLIP, CLIP)
        return np.where(np.isnan(scaled), 0.0, scaled)


def measure(views: Views, signals: Sequence[Signal] = SIGNALS) -> Floats:
    """Raw signals, float64[d, s]; NaN where a signal is unknown."""
    return np.column_stack([signal.measure(views) for signal in signals])


def rows(views: Views, terms: Terms, idf: Floats, scale: Scale) -> Rows:
    """The rows of all documents of the views."""
    counts = terms.count(views.block)
    raw = measure(views)
    return Rows(counts, tfidf(counts, idf, views.block.docs), scale.apply(raw), raw)
