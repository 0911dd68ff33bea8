"""Alike: articles that are nearly the same as another of their site, by MinHash (Broder 1997).

The share of minima that two texts have in common estimates the share of runs of words that they have in common.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quality.block import Ints
from quality.distinct import combine
from quality.document import Document
from quality.lookup import U64
from quality.views import Reader, Views

RUN = 4  # words of a run
MINIMA = 64  # random orders; the estimate is good to ±0.06
NEAR = 0.5  # share of runs in common from which texts are nearly the same
FEWEST = 40  # runs of a text that can be compared
CHUNK = 32  # texts looked at together
_ORDERS = np.random.default_rng(20251126).integers(1, 2**63, (MINIMA, 2)).astype(np.uint64) | np.uint64(1)


def minima(texts: Sequence[Document], reader: Reader) -> U64:
    """The smallest hash of each text in each order, uint64[d, ``MINIMA``]; 0 for texts that are too short."""
    out = np.zeros((len(texts), MINIMA), np.uint64)
    for at in range(0, len(texts), CHUNK):
        block = Views(texts[at : at + CHUNK], reader).block
        words = np.flatnonzero(block.is_word)
        keys, doc = block.key[words], block.doc[words]
        for number in range(block.docs):
            out[at + number] = _minima(keys[doc == number])
    return out


def _minima(keys: U64) -> U64:
    last = max(len(keys) - RUN + 1, 0)
    if last < FEWEST:
        return np.zeros(MINIMA, np.uint64)
    run = keys[:last]
    for step in range(1, RUN):
        run = combine(run, keys[step : last + step])
    run = np.unique(run)
    smallest = [int((((run ^ (run >> np.uint64(31))) * one + two) >> np.uint64(8)).min()) for one, two in _ORDERS]
    return np.array(smallest, np.uint64)


def nearest(hashes: U64) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """For each text the one most like it (-1 for none), and the share of runs that they have in common."""
    other, share = np.full(len(hashes), -1), np.zeros(len(hashes))
    told = hashes.any(axis=1)
    for number in np.flatnonzero(told).tolist():
        same = (hashes == hashes[number]).mean(axis=1) * told
        same[number] = 0
        other[number], share[number] = int(np.argmax(same)), float(same.max())
    return np.where(share > 0, other, -1), share
