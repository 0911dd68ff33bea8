"""Phrases: every phrase of every list found in a block at once, by walking one trie with whole arrays of tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.block import Block, Bools, Ints
from quality.language import Phrase
from quality.lexicon import Lexicon
from quality.lookup import I32, U64, Bytes, Lookup

WORD_BITS = 20


class Hits(NamedTuple):
    """Runs of tokens, by their first and last token (int64[m] each), in order of the text."""

    first: Ints
    last: Ints


class Phrases:
    """A trie over word ids. ``steps``: uint64[s], parent state << 20 | word id; state i + 1 is reached by step i.

    ``lists``: uint32[s + 1], a bit for each list in which the way to a state is a whole phrase.
    ``words``: size of the lexicon.
    """

    def __init__(self, names: Sequence[str], steps: NDArray[np.uint64], lists: NDArray[np.uint32], words: int) -> None:
        self.names = tuple(names)
        self.steps, self.lists = steps, lists
        self._lookup = Lookup(steps)
        opening = np.flatnonzero(steps < 1 << WORD_BITS)
        # State after the first word, by its id; the last entry answers for id -1.
        self._start = np.zeros(words + 1, np.int32)
        self._start[steps[opening].astype(np.int64)] = opening + 1

    @classmethod
    def compile(cls, lists: Mapping[str, Sequence[Phrase]], lexicon: Lexicon) -> Phrases:
        """Trie of the phrases whose words are all in the lexicon."""
        step: dict[tuple[int, int], int] = {}
        marks: dict[int, int] = {}
        for bit, phrases in enumerate(lists.values()):
            for ids in filter(lambda ids: min(ids) >= 0, map(lexicon.ids, phrases)):
                state = 0
                for word in ids:
                    state = step.setdefault((state, word), len(step) + 1)
                marks[state] = marks.get(state, 0) | 1 << bit
        steps = np.array([state << WORD_BITS | word for state, word in step], np.uint64)
        final = np.array([marks.get(state, 0) for state in range(len(step) + 1)], np.uint32)
        return cls(tuple(lists), steps, final, len(lexicon))

    @property
    def table(self) -> tuple[I32, int, NDArray[np.uint32], U64, I32, Bytes, int, int]:
        """The trie as the compiled kernel takes it: states after first words, how many, the lists, and the steps."""
        return self._start, len(self._start) - 1, self.lists, *self._lookup.table

    def _match(self, block: Block) -> dict[str, Hits]:
        n, room, found = len(block.word), 0, len(block.word) // 16
        while found >= room:  # once, or a second time with the room that is needed
            room = found + 1
            of, first, last = (np.empty(room, np.int64) for _ in range(3))
            found = kernel.call(
                "match", block.word, n, *self.table, len(self.names), room, of, first, last,
            )  # fmt: skip
        places = [np.flatnonzero(of[:found] == place) for place in range(len(self.names))]
        return {name: Hits(first[at], last[at]) for name, at in zip(self.names, places, strict=True)}

    @kernel.twin(_match)
    def match(self, block: Block) -> dict[str, Hits]:
        """For each list the longest phrase at every token where one begins, left to right, none inside another."""
        first, last, marks = self._walk(block)
        hit, bit = np.nonzero(marks[:, None] >> np.arange(len(self.names), dtype=np.uint32) & np.uint32(1))
        order = np.lexsort((last[hit], first[hit], bit))
        first, last, bit = first[hit[order]], last[hit[order]], bit[order]
        # One line for all lists: each list's tokens come after those of the list before it.
        line = bit * len(block.kind)
        longest = np.append((first + line)[1:] != (first + line)[:-1], True)[: len(first)]
        first, last, bit, line = first[longest], last[longest], bit[longest], line[longest]
        apart = _apart(first + line, last + line)
        first, last, bit = first[apart], last[apart], bit[apart]
        cuts = np.searchsorted(bit, np.arange(len(self.names) + 1)).tolist()
        return {name: Hits(first[a:b], last[a:b]) for name, a, b in zip(self.names, cuts, cuts[1:], strict=False)}

    def _walk(self, block: Block) -> tuple[Ints, Ints, NDArray[np.uint32]]:
        """First and last token of every phrase in the block, and the lists that it is in."""
        opened = self._start[block.word]
        at = np.flatnonzero(opened)
        state, origin, found = opened[at].astype(np.int64), at, []
        while at.size:
            marks = self.lists[state]
            ends = np.flatnonzero(marks)
            found.append((origin[ends], at[ends], marks[ends]))
            at = at + 1  # a document's END token is no word, so no phrase crosses it
            word = block.word[at]
            alive = np.flatnonzero(word >= 0)
            keys = state[alive].astype(np.uint64) << np.uint64(WORD_BITS) | word[alive].astype(np.uint64)
            moved, step = self._lookup.found(keys)
            state, alive = step.astype(np.int64) + 1, alive[moved]
            origin, at = origin[alive], at[alive]
        empty = np.zeros(0, np.int64)
        parts = zip(*(found or [(empty, empty, empty.astype(np.uint32))]), strict=True)
        first, last, marks = (np.concatenate(part) for part in parts)
        return first, last, marks.astype(np.uint32)


def _apart(first: Ints, last: Ints) -> Bools:
    """Which of the runs, in order of their first token, begin inside none that stays."""
    stays, left = np.zeros(len(first), bool), np.arange(len(first))
    while left.size:
        begin, end = first[left], last[left]
        free = begin > np.append(-1, np.maximum.accumulate(end))[:-1]
        stays[left[free]] = True
        # What begins inside a run that goes may stay itself: the next round tells.
        left = left[begin > np.maximum.accumulate(np.where(free, end, -1))]
    return stays
