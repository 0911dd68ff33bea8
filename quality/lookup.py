"""Lookup: an exact map from 64-bit keys to small integers, for whole arrays of keys at once.

An open-addressed hash table in flat NumPy arrays. Words, n-grams and the steps of phrases are all found through it, so
that finding them costs a few vectorised passes rather than Python work for each.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
Bytes = NDArray[np.uint8]

# Knuth's multiplicative hashing ("The Art of Computer Programming", vol. 3, 6.4): 2**64 divided by the golden ratio.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(32)
CROWDED = 1000  # places that a key may lie from its own: in a table one quarter full a chance of 2**-400


class Lookup:
    """Maps each of ``keys`` (uint64, distinct) to its index; every other key to -1.

    Raises:
        ValueError: for keys that were chosen to lie in one place, as it would take time by their square.

    >>> Lookup(np.array([7, 9], np.uint64)).find(np.array([9, 8, 7], np.uint64)).tolist()
    [1, -1, 0]
    """

    def __init__(self, keys: U64) -> None:
        bits = max(4, int(np.ceil(np.log2(max(1, len(keys)) * 2.5))))
        self._shift = np.uint64(64 - bits)
        self._last = (1 << bits) - 1
        # One entry more than there are keys: the last one answers for empty slots. The last slot is always empty.
        self._keys = np.append(keys, np.uint64(0))
        self._slots = np.full((1 << bits) + 1, len(keys), np.int32)
        self._fill(keys)

    @property
    def table(self) -> tuple[U64, I32, Bytes, int, int]:
        """Keys, slots, ``marks``, what an empty slot holds, and bits of a slot's number: for the compiled kernel."""
        return self._keys, self._slots, self._marks, len(self._keys) - 1, 64 - int(self._shift)

    @cached_property
    def _halves(self) -> NDArray[np.bool_]:
        """For each half of a slot whether some key has its own place there (Bloom 1970, with one hash)."""
        halves = np.zeros(2 * len(self._slots), bool)
        halves[self._mixed(self._keys[:-1]) >> (self._shift - np.uint64(1))] = True
        return halves

    @cached_property
    def _marks(self) -> Bytes:
        return np.packbits(self._halves, bitorder="little")

    @staticmethod
    def _mixed(keys: U64) -> U64:
        mixed: U64 = (keys ^ (keys >> _MIX)) * _MULTIPLIER
        return mixed

    def _fill(self, keys: U64) -> None:
        pending = np.arange(len(keys), dtype=np.int32)
        slot = (self._mixed(keys) >> self._shift).view(np.int64)
        for _ in range(CROWDED):
            if not pending.size:
                return
            free = self._slots[slot] == len(keys)
            # Of several keys on one free slot the last write stays; the others move on.
            self._slots[slot[free]] = pending[free]
            moved = self._slots[slot] != pending
            pending, slot = pending[moved], (slot[moved] + 1) & self._last
        raise ValueError(f"{len(pending)} keys of {len(keys)} crowd in one place")

    def find(self, keys: U64) -> I32:
        """Index of each key, int32 of the same shape; -1 for a key that is not in the table."""
        none = len(self._keys) - 1
        slot = (self._mixed(keys) >> self._shift).view(np.int64)
        index = self._slots[slot]
        wrong = np.flatnonzero((self._keys[index] != keys) & (index != none))
        while wrong.size:
            slot[wrong] = (slot[wrong] + 1) & self._last
            index[wrong] = self._slots[slot[wrong]]
            at = index[wrong]
            wrong = wrong[(self._keys[at] != keys[wrong]) & (at != none)]
        index[index == none] = -1
        return index

    def found(self, keys: U64) -> tuple[NDArray[np.int64], I32]:
        """Which of ``keys`` (uint64[m]) are there, and the index of each of these: faster where few are.

        >>> [one.tolist() for one in Lookup(np.array([7, 9], np.uint64)).found(np.array([9, 8, 7], np.uint64))]
        [[0, 2], [1, 0]]
        """
        half = (self._mixed(keys) >> (self._shift - np.uint64(1))).view(np.int64)
        at = np.flatnonzero(self._halves[half])
        index = self.find(keys[at])
        there = np.flatnonzero(index >= 0)
        return at[there], index[there]
