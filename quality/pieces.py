"""Pieces: a row of tokens parted into sentences, paragraphs or documents, and what is counted in each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quality import kernel


def _counts(chosen: NDArray[np.bool_], first: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.empty(len(first), np.int64)
    kernel.call("counts", chosen.view(np.uint8), len(chosen), first, len(first), counts)
    return counts


@kernel.twin(_counts)
def counts(chosen: NDArray[np.bool_], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many tokens are chosen (bool[n]) in each piece, by the first token of each (int64[m], rising from 0).

    >>> counts(np.array([True, False, True, True]), np.array([0, 2])).tolist()
    [1, 2]
    """
    return np.add.reduceat(chosen, first, dtype=np.int64)


def _parted(starts: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    of, first = np.empty(len(starts), np.int64), np.empty(len(starts), np.int64)
    found = kernel.call("pieces", starts.view(np.uint8), len(starts), of, first)
    return of, first[:found]


@kernel.twin(_parted)
def parted(starts: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The piece of each token (int64[n]), and the first token of each piece, from which tokens begin one.

    The first token always does.

    >>> [one.tolist() for one in parted(np.array([False, False, True]))]
    [[0, 0, 1], [0, 2]]
    """
    of = np.cumsum(starts)
    return of - of[0], np.concatenate(([0], np.flatnonzero(starts[1:]) + 1))
