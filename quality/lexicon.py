"""Lexicon: the words that a model knows, found by their letters for whole blocks of text at once.

A word of up to 16 bytes is two 64-bit integers; longer words are unknown by definition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality.lookup import I32, U64, Bytes, Lookup

STEM = 6  # bytes of a word's stem
LONGEST = 16  # bytes of a word that can be known
_MASKS = np.array([(1 << (8 * length)) - 1 for length in range(8)] + [(1 << 64) - 1], np.uint64)
_SECOND = np.uint64(0xC2B2AE3D27D4EB4F)  # an odd constant (from xxHash) that spreads the second half of a word


class Found(NamedTuple):
    """``ids``: int32, -1 for unknown words. ``keys``: uint64, the same for equal words (their first 16 bytes).

    ``stems``: uint64, the same for words that share their first six bytes, a crude but fast stem.
    """

    ids: NDArray[np.int32]
    keys: U64
    stems: U64


def _join(first: U64, second: U64) -> U64:
    return first ^ (second * _SECOND)


def _halves(words: Sequence[str]) -> tuple[U64, U64]:
    packed = np.frombuffer(b"".join(word.encode("ascii").ljust(LONGEST, b"\0") for word in words), "<u8")
    return packed[0::2].astype(np.uint64), packed[1::2].astype(np.uint64)


def fits(word: str) -> bool:
    """Whether a word can be in a lexicon: ASCII, lower case, at most 16 bytes.

    >>> fits("said"), fits("counterproductively"), fits("Said")
    (True, False, False)
    """
    return word.isascii() and 0 < len(word) <= LONGEST and word == word.lower()


class Lexicon:
    """Distinct words in a fixed order; a word's id is its place.

    >>> Lexicon(["the", "said"]).ids(["said", "unseen"])
    [1, -1]
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._place = {word: place for place, word in enumerate(self.words)}
        first, second = _halves(self.words)
        self._lookup = Lookup(_join(first, second))
        self._second = np.append(second, np.uint64(0))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def table(self) -> tuple[U64, I32, Bytes, int, int, U64]:
        """The table of the words' keys, and the second halves of the words, as the compiled kernel takes them."""
        return (*self._lookup.table, self._second)

    def ids(self, words: Iterable[str]) -> list[int]:
        """Ids of words given as text, -1 for unknown ones."""
        return [self._place.get(word, -1) for word in words]

    def find(self, lower: NDArray[np.uint8], start: NDArray[np.int64], length: NDArray[np.int64]) -> Found:
        """Ids and keys of the words at ``start`` with ``length`` bytes in the lower-case bytes ``lower``.

        The id is -1 for an unknown word. ``lower`` must hold 16 bytes more than the last word's end.
        """
        at = np.ndarray((len(lower) - 7,), "<u8", lower, 0, (1,))  # the eight bytes from every offset on
        first = at[start] & _MASKS[np.minimum(length, 8)]
        second = np.zeros(len(start), np.uint64)
        long = np.flatnonzero(length > 8)
        second[long] = at[start[long] + 8] & _MASKS[np.minimum(length[long] - 8, 8)]
        keys = _join(first, second)
        ids = self._lookup.find(keys)
        # The joined key is a hash for words over eight bytes: the second half settles it exactly.
        ids[(self._second[ids] != second) | (length > LONGEST)] = -1
        return Found(ids, keys, first & _MASKS[STEM])
