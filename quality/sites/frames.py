"""Frames: every sentence of a site's articles as hashes, by which sentences that share their build are found.

A frame is a sentence in which words that are not among the most usual ones (names, numbers, the subject at hand) are
empty slots, several in a row being one: "… is the best … for your …". Equal frames have equal hashes; sums modulo
2**64 of a random number for each place, so two sentences share one by chance with a probability of 2**-64 or so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from quality.block import CLASSES, END, MONEY, NUMBER, PARAGRAPH, PERCENT, POINT, QUESTION, QUOTE, YEAR, Bools, Ints
from quality.document import Document
from quality.lookup import U64
from quality.views import Reader, Views

USUAL = 1000  # words that keep their identity: the most widespread ones of the model's lexicon
HEAD = 6  # places of an opening or a closing that are compared
HEADING = 12  # words of a heading at most
SLOT = "…"
CALENDAR = (
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept "
    "oct nov dec am pm noon first second third fourth fifth st nd rd th"
)
_PLACES = np.random.default_rng(20251125).integers(1, 2**63, 1024).astype(np.uint64) | np.uint64(1)
_NUMERIC = np.isin(np.arange(len(CLASSES)), (NUMBER, YEAR, MONEY, PERCENT))
_DROPPED = np.isin(np.arange(len(CLASSES)), (PARAGRAPH, END, QUOTE))


class Sentences(NamedTuple):
    """Sentences in their order, arrays of one length: ``doc``; ``frame``; ``head``, the frame of its beginning.

    ``exact`` is the same for the same words, ``but_numbers`` for words that differ in numbers and dates only;
    ``fixed`` and ``head_fixed`` count the words that are no slots; ``heading``: whether it stands alone as one;
    ``begin`` and ``end``: its characters.
    """

    doc: Ints
    frame: U64
    head: U64
    exact: U64
    but_numbers: U64
    fixed: Ints
    head_fixed: Ints
    heading: Bools
    begin: Ints
    end: Ints

    @classmethod
    def joined(cls, parts: Sequence[Sentences]) -> Sentences:
        """The sentences of all parts."""
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def sentences(views: Views, number: int) -> Sentences:
    """The sentences of some texts, the first of which has this number."""
    block, of = views.block, views.sentences.of
    at = np.flatnonzero(~_DROPPED[block.kind])
    slot, symbol = _symbols(views, at)
    stays = np.append(True, ~(slot[1:] & slot[:-1] & (of[at[1:]] == of[at[:-1]]))) if len(at) else slot
    framed = at[stays]
    starts, place = _places(of[framed])
    weighted, in_head = symbol[stays] * _PLACES[place], place < HEAD
    which, fixed = of[framed][starts], (block.is_word[framed] & ~slot[stays]).astype(np.int64)
    whole, exact_place = _places(of[at])
    key = block.key[at] + block.kind[at]
    dated = _NUMERIC[block.kind[at]] | _held(block.key[at], _calendar(views.reader))
    begin, end = block.ranges(views.sentences.first[which], views.sentences.last[which]).T
    return Sentences(
        views.sentences.doc[which] + number,
        _sums(weighted, starts), _sums(np.where(in_head, weighted, np.uint64(0)), starts),
        _sums(key * _PLACES[exact_place], whole),
        _sums(np.where(dated, np.uint64(1), key) * _PLACES[exact_place], whole),
        _sums(fixed, starts), _sums(fixed * in_head, starts), _headings(views, framed, starts, which),
        begin, end,
    )  # fmt: skip


def _symbols(views: Views, at: Ints) -> tuple[Bools, U64]:
    """Whether each token is a slot, and its symbol: 1 for a slot, another number for each usual word and mark."""
    block = views.block
    word = block.word[at].astype(np.int64)
    slot = block.is_word[at] & ((word < 0) | (word >= USUAL))
    known = np.where(block.is_word[at], word + len(CLASSES), block.kind[at]) + 2
    return slot, np.where(slot, 1, known).astype(np.uint64)


def _places(of: Ints) -> tuple[Ints, Ints]:
    """Where each sentence starts among some tokens, and the place of each token in its sentence."""
    starts = np.flatnonzero(np.append(True, of[1:] != of[:-1])) if len(of) else np.empty(0, np.int64)
    size = np.diff(np.append(starts, len(of)))
    return starts, np.minimum(np.arange(len(of)) - np.repeat(starts, size), len(_PLACES) - 1)


def _sums(values: Any, starts: Ints) -> Any:
    """Sums over the sentences that start at some places, of the type of the values."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def _headings(views: Views, framed: Ints, starts: Ints, which: Ints) -> Bools:
    """Sentences that are a short paragraph of their own, without a mark at the end but a question mark's."""
    last = views.block.kind[framed[np.append(starts[1:], len(framed)) - 1]] if len(starts) else starts
    pieces, paragraphs = views.sentences, views.paragraphs
    paragraph = paragraphs.of[pieces.first[which]]
    alone = (paragraphs.first[paragraph] == pieces.first[which]) & (paragraphs.last[paragraph] == pieces.last[which])
    short: Bools = alone & (pieces.words[which] <= HEADING) & ((last < POINT) | (last == QUESTION))
    return short


def _held(keys: U64, among: U64) -> Bools:
    """Which keys are among some others, that are sorted."""
    found: Bools = among[np.minimum(np.searchsorted(among, keys), len(among) - 1)] == keys
    return found


@cache
def _calendar(reader: Reader) -> U64:
    return np.unique(Views([Document(CALENDAR)], reader).block.key)


def shown(text: str, reader: Reader, most: int | None = None) -> str:
    """A sentence as its frame, of which at most so many places.

    >>> from quality import store
    >>> shown("Marlow is the best place for your Sunday walk.", store.load().reader())
    '… is the best place for your … walk .'
    """
    views = Views([Document(text)], reader)
    at = np.flatnonzero(~_DROPPED[views.block.kind])
    slot, _ = _symbols(views, at)
    words: list[str] = []
    for span, empty in zip(views.block.spans(at, at), slot.tolist(), strict=True):
        if not (empty and words and words[-1] == SLOT):
            words.append(SLOT if empty else text[slice(*span)])
    cut = words[:most]
    return " ".join(cut) + (f" {SLOT}" if len(cut) < len(words) and cut[-1] != SLOT else "")
