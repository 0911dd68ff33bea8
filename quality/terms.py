"""Terms: masked n-grams of tokens, the one definition used to train, to score and to explain.

A word that many independent families of sources use keeps its identity; any other word, and every mark, is only its
token class (``<low>``, ``<Cap>``, ``<num>``, ``,``, ``<p>`` ...). A model that sees no topic words cannot learn which
site or subject a text comes from. Symbols are small integers, so an n-gram of up to three packs into one exact
64-bit key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.block import CLASSES, END, Block, Ints
from quality.distinct import first_equal
from quality.lookup import I32, U64, Bytes, Lookup

SYMBOL_BITS = 16
MOST_KNOWN = (1 << SYMBOL_BITS) - 1 - len(CLASSES)  # words that keep their identity, at most
LONGEST = 2  # tokens of the longest n-gram; trigrams were measured and add nothing on unseen families
Floats = NDArray[np.float64]


class Counts(NamedTuple):
    """How often each term stands in each document: parallel arrays, in the order of first use within a document."""

    doc: Ints
    term: Ints
    times: Ints


def symbols(block: Block, known: int) -> Ints:
    """Symbol of each token, int64[n]: its class, or ``len(CLASSES)`` + id for one of the ``known`` first words."""
    return np.where((block.word >= 0) & (block.word < known), block.word + len(CLASSES), block.kind).astype(np.int64)


def pack(symbol: Ints, size: int) -> U64:
    """Keys of the n-grams of ``size`` symbols that begin at each token but the last ``size - 1``."""
    keys = (symbol[: len(symbol) - size + 1] + 1).astype(np.uint64)
    for step in range(1, size):
        keys = keys << np.uint64(SYMBOL_BITS) | (symbol[step : len(symbol) - size + 1 + step] + 1).astype(np.uint64)
    return keys


def name(key: int, words: Sequence[str]) -> str:
    """A term as a person reads it.

    >>> name((20 + 1) << 16 | (5 + 1), ["said"])
    'said .'
    """
    parts = []
    while key:
        symbol = (key & 0xFFFF) - 1
        parts.append(CLASSES[symbol] if symbol < len(CLASSES) else words[symbol - len(CLASSES)])
        key >>= SYMBOL_BITS
    return " ".join(reversed(parts))


class Terms:
    """The terms of a model: ``keys`` (uint64[t], packed symbols) over the ``known`` first words of its lexicon."""

    def __init__(self, keys: U64, known: int) -> None:
        self.keys, self.known = keys, known
        self._lookup = Lookup(keys)
        singles = np.arange(len(CLASSES) + known)
        self._single = self._lookup.find((singles + 1).astype(np.uint64))

    def __len__(self) -> int:
        return len(self.keys)

    def occurrences(self, block: Block) -> tuple[Ints, Ints, Ints]:
        """First token, size and term of every occurrence of a term, n-grams of one size after the other."""
        first, term = zip(*self._found(block), strict=True)
        size = np.repeat(np.arange(1, LONGEST + 1), [len(one) for one in first])
        return np.concatenate(first), size, np.concatenate(term).astype(np.int64)

    def _found(self, block: Block) -> Iterator[tuple[Ints, I32]]:
        """First token and term of every occurrence, for each size of n-grams."""
        symbol = symbols(block, self.known)
        single = self._single[symbol]
        at = np.flatnonzero(single >= 0)
        yield at, single[at]
        for size in range(2, LONGEST + 1):
            yield self._lookup.found(pack(symbol, size))

    @property
    def table(self) -> tuple[I32, U64, I32, Bytes, int, int]:
        """Terms as the compiled kernel takes them: the one of each symbol, or -1, and those of two symbols."""
        return self._single, *self._lookup.table

    def _count(self, block: Block) -> Counts:
        n = len(block.kind)
        doc, term, times = (np.empty(LONGEST * n + 1, np.int64) for _ in range(3))
        found = kernel.call(
            "count", block.word, block.kind, block.first, n, block.docs, self.known, len(CLASSES), *self.table,
            doc, term, times,
        )  # fmt: skip
        return Counts(doc[:found], term[:found], times[:found])

    @kernel.twin(_count)
    def count(self, block: Block) -> Counts:
        """Counts of the terms in each document of the block."""
        doc, term = zip(*((block.doc[first], term) for first, term in self._found(block)), strict=True)
        docs, terms = np.concatenate(doc), np.concatenate(term).astype(np.int64)
        same = first_equal((docs * len(self.keys) + terms).view(np.uint64))
        count = np.bincount(same)
        chosen = np.flatnonzero(count > 0)
        return Counts(docs[chosen], terms[chosen], count[chosen])


@lru_cache(maxsize=1)
def _levels(bits: int) -> Floats:
    return np.append(1.0, 1 + np.log(np.arange(1, 1 << bits)))


def levels(most: int) -> Floats:
    """1 + ln of each number of times up to ``most`` at least, float64; the first, of 0, is unused."""
    return _levels(max(16, most.bit_length()))


def _tfidf(counts: Counts, idf: Floats, docs: int) -> Floats:
    value = np.empty(len(counts.doc))
    kernel.call(
        "tfidf", *counts, len(value), levels(int(counts.times.max(initial=1))), idf, docs, np.empty(docs), value
    )
    return value


@kernel.twin(_tfidf)
def tfidf(counts: Counts, idf: Floats, docs: int) -> Floats:
    """Weight of each count: (1 + ln times) x idf, divided by the document's Euclidean norm.

    This is scikit-learn's ``TfidfTransformer(sublinear_tf=True)``.
    """
    value = levels(int(counts.times.max(initial=1)))[counts.times] * idf[counts.term]
    norm = np.sqrt(np.bincount(counts.doc, value * value, docs))
    return value / np.where(norm > 0, norm, 1)[counts.doc]


def possible(keys: U64, known: int) -> NDArray[np.bool_]:
    """Which keys are n-grams of at most ``LONGEST`` symbols of classes and of the ``known`` first words, and go on past
    no end of a document.

    >>> possible(np.array([1, 0, 23, 1 << 16, 1 << 32 | 1 << 16 | 1, END + 1 << 16 | 1], np.uint64), 1).tolist()
    [True, False, False, False, False, False]
    """
    out = keys >> np.uint64(SYMBOL_BITS * LONGEST) == 0
    begun = np.zeros(len(keys), bool)
    for step in range(LONGEST - 1, -1, -1):
        symbol = (keys >> np.uint64(SYMBOL_BITS * step)) & np.uint64((1 << SYMBOL_BITS) - 1)
        out &= (symbol <= len(CLASSES) + known) & ~(begun & (symbol == 0)) & ((symbol != END + 1) | (step == 0))
        begun |= symbol > 0
    possible: NDArray[np.bool_] = out & begun
    return possible


def end_free(keys: U64) -> NDArray[np.bool_]:
    """Which keys hold no document end."""
    out = np.ones(len(keys), bool)
    for step in range(LONGEST):
        out &= (keys >> np.uint64(SYMBOL_BITS * step)) & np.uint64(0xFFFF) != END + 1
    return out
