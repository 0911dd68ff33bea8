"""Features: documents in, one named row each out: tf-idf of the terms, and the signals brought to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from quality import kernel
from quality.block import CLASSES, MARKS, padded
from quality.counted import COMPILED, COUNTS, Counted, in_tokens
from quality.signals import SIGNALS
from quality.signals.base import Signal
from quality.terms import Counts, Terms, levels, tfidf
from quality.views import Floats, Views

CLIP = 3.0  # standard deviations: a signal further out says no more than one at this distance


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


class Judged(NamedTuple):
    """What is counted in the tokens of each document, and what its terms add to each of h logits, float64[d, h]."""

    counted: Counted
    logits: Floats


class Weighed(NamedTuple):
    """Terms with what they weigh: ``idf``, float64[t], and ``weights``, float64[t + s, h], the terms' first."""

    terms: Terms
    idf: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of the documents of some views: tf-idf of their terms (sparse part), and signals (dense part).

    Each is made when it is asked for: a score needs fewer of them than its explanation.
    """

    views: Views
    weighed: Weighed
    scale: Scale

    @cached_property
    def counts(self) -> Counts:
        """How often each term stands in each document."""
        return self.weighed.terms.count(self.views.block)

    @cached_property
    def value(self) -> Floats:
        """The tf-idf of each of the counts."""
        return tfidf(self.counts, self.weighed.idf, self.views.block.docs)

    @cached_property
    def judged(self) -> Judged:
        """What is counted in tokens, and what the terms add to the logits."""
        return judge(self)

    @cached_property
    def counted(self) -> Counted:
        """All that is counted in each document."""
        return {**self.judged.counted, **self.views.link_counts}

    @cached_property
    def raw(self) -> Floats:
        """The signals before they are brought to one scale, float64[d, s], NaN where unknown."""
        return measure(self.counted)

    @cached_property
    def signals(self) -> Floats:
        """The signals, float64[d, s]."""
        return self.scale.apply(self.raw)


def _judge(rows: Rows) -> Judged:
    (folded, offset), reader, (terms, idf, weights) = rows.views.text, rows.views.reader, rows.weighed
    names, heads = (*list(COUNTS)[:COMPILED], *reader.phrases.names), weights.shape[1]
    table, logits = np.empty((len(names), len(offset))), np.empty((len(offset), heads))
    first = np.flatnonzero(folded.data == 0) + 1
    kernel.call(
        "judged", padded(folded.data), first, len(offset), MARKS, *reader.lexicon.table, reader.listed,
        len(reader.lexicon), *reader.phrases.table, len(reader.phrases.names), terms.known, len(CLASSES),
        *terms.table, levels(int(np.diff(first).max())), idf, weights, table, logits,
    )  # fmt: skip
    found = dict(zip(names, table, strict=True))
    more = {name: count(rows.views).astype(np.float64) for name, count in list(COUNTS.items())[COMPILED:]}
    return Judged(found | more, logits)


@kernel.twin(_judge)
def judge(rows: Rows) -> Judged:
    """What is counted in the tokens of each document, and what its terms add to the logits.

    The compiled twin goes through one document after the other, whose tokens stay near the processor.
    """
    (doc, term, _), docs = rows.counts, rows.views.block.docs
    heads = [np.bincount(doc, rows.value * head[term], docs) for head in rows.weighed.weights.T.copy()]
    return Judged(in_tokens(rows.views), np.column_stack(heads).astype(np.float64))
