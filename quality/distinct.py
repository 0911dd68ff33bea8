"""Equal keys found without sorting: each element is told which element stands for all that are equal to it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.lookup import U64

_SALT = np.uint64(0xD6E8FEB86659FD93)
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)  # odd, well mixed


def _first_equal(keys: U64) -> NDArray[np.int64]:
    first = np.empty(len(keys), np.int64)
    kernel.call("first_equal", keys, len(keys), first)
    return first


@kernel.twin(_first_equal)
def first_equal(keys: U64) -> NDArray[np.int64]:
    """For each of ``keys`` (uint64[m]) the index of the first element with the same key, int64[m].

    Every key is written into a table at its hash, last to first, so that the first of equal keys stays. Elements that
    find another key there (a collision) try again with another hash; sorting would cost several times as much.

    >>> first_equal(np.array([5, 6, 5, 5], np.uint64)).tolist()
    [0, 1, 0, 0]
    """
    count = len(keys)
    bits = max(6, (2 * count).bit_length())
    table = np.empty(1 << bits, np.int32 if count < 1 << 31 else np.int64)  # small, to stay near the processor
    first = _placed(keys, np.arange(count, dtype=table.dtype), table, 0)
    pending = np.flatnonzero(keys[first] != keys)
    round_ = 1
    while pending.size:
        first[pending] = found = _placed(keys[pending], pending, table, round_)
        pending = pending[keys[found] != keys[pending]]
        round_ += 1
    return first.astype(np.int64)


def _placed(keys: U64, index: NDArray[Any], table: NDArray[Any], round_: int) -> NDArray[Any]:
    """For each key the first index that was written to its place."""
    slot = _slots(keys, round_, len(table).bit_length() - 1)
    # Copies, because only with plain arrays is the last of several values for one slot the one that stays.
    table[slot[::-1].copy()] = index[::-1].copy()
    return table[slot]


def _first_in_group(keys: U64, group: NDArray[np.int64]) -> NDArray[np.int64]:
    first = np.empty(len(keys), np.int64)
    kernel.call("first_in_group", keys, group, len(keys), first)
    return first


@kernel.twin(_first_in_group)
def first_in_group(keys: U64, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each key the index of the first element of the same group (a document) with the same key, int64[m].

    Groups are numbered from 0 and stand one after the other.

    >>> first_in_group(np.array([5, 5, 5], np.uint64), np.array([0, 1, 1])).tolist()
    [0, 1, 1]
    """
    return first_equal(in_group(keys, group))


def in_group(keys: U64, group: NDArray[np.int64]) -> U64:
    """Keys that are equal only within one group (a document, a window)."""
    return keys ^ (group.astype(np.uint64) + np.uint64(1)) * _SALT


def _slots(keys: U64, round_: int, bits: int) -> NDArray[np.int64]:
    multiplier = np.uint64(_MULTIPLIERS[round_ % len(_MULTIPLIERS)])
    mixed = (keys ^ (keys >> np.uint64(29 + round_ // len(_MULTIPLIERS)))) * multiplier
    return (mixed >> np.uint64(64 - bits)).view(np.int64)


def combine(left: U64, right: U64) -> U64:
    """One key for each pair of keys: a hash, so that two pairs share it with probability 2**-64."""
    mixed = (left ^ (left >> np.uint64(31))) * np.uint64(_MULTIPLIERS[1]) + right
    return (mixed ^ (mixed >> np.uint64(33))) * np.uint64(_MULTIPLIERS[2])
