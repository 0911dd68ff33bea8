"""Alike: articles that are nearly the same as another of their site, by MinHash (Broder 1997).

One hash of each run of words, and its minimum in each of 128 bins (one permutation hashing: Li, Owen and Zhang 2012).
Of the bins that either of two texts fills, the share that hold the same minimum estimates the share of runs that they
have in common.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality.block import Ints
from quality.distinct import combine
from quality.lookup import U64
from quality.views import Floats, Views

RUN = 4  # words of a run
BITS = 7  # of a hash that choose its bin; the estimate is good to ±0.05
BINS = 1 << BITS
NEAR = 0.5  # share of runs in common from which texts are nearly the same
FEWEST = 40  # runs of a text that can be compared
EMPTY = np.uint64(2**64 - 1)  # stands for the minimum of a bin without a run


def minima(views: Views) -> U64:
    """The smallest hash of each text in each bin, uint64[d, ``BINS``]; all are ``EMPTY`` for texts too short."""
    block = views.block
    words = np.flatnonzero(block.is_word)
    last = max(len(words) - RUN + 1, 0)
    keys, doc = block.key[words], block.doc[words]
    run = keys[:last]
    for step in range(1, RUN):
        run = combine(run, keys[step : last + step])
    whole = doc[:last] == doc[len(doc) - last :]
    run, of = run[whole], doc[:last][whole]
    enough = np.bincount(of, minlength=block.docs)[of] >= FEWEST
    run, of = run[enough], of[enough]
    place = of * BINS + (run >> np.uint64(64 - BITS)).astype(np.int64)
    out = np.full(block.docs * BINS, EMPTY)
    np.minimum.at(out, place, run)
    return out.reshape(-1, BINS)


def nearest(hashes: U64) -> tuple[Ints, Floats]:
    """For each text the one most like it (-1 for none), and the share of runs that they have in common."""
    other, share = np.full(len(hashes), -1), np.zeros(len(hashes))
    filled: NDArray[np.bool_] = hashes != EMPTY
    for number in np.flatnonzero(filled.any(axis=1)).tolist():
        same = ((hashes == hashes[number]) & filled[number]).sum(axis=1)
        likeness = same / np.maximum((filled | filled[number]).sum(axis=1), 1)
        likeness[number] = 0
        best = int(np.argmax(likeness))
        if likeness[best]:
            other[number], share[number] = best, float(likeness[best])
    return other, share
