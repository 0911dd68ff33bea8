"""Views of a block of documents: what the signals look at, each computed once and only when asked for.

All arrays are over the block's tokens (n), sentences (s), paragraphs (p) or documents (d).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel, language
from quality.block import (
    CAPITAL,
    CAPITALS,
    CLOSE,
    END,
    EXCLAMATION,
    LOWER,
    PARAGRAPH,
    POINT,
    QUOTE,
    Block,
    Bools,
    Ints,
    Text,
    cut,
)  # fmt: skip
from quality.distinct import first_in_group
from quality.document import Document
from quality.fold import fold
from quality.lexicon import Lexicon
from quality.markup import LINK_KINDS, laid
from quality.phrases import Hits, Phrases
from quality.pieces import counts, parted

Floats = NDArray[np.float64]


class Pieces(NamedTuple):
    """Sentences or paragraphs: ``of`` each token the piece (int64[n]), ``first`` and ``last`` token, ``doc`` and
    ``words`` of each piece (int64[m])."""

    of: Ints
    first: Ints
    last: Ints
    doc: Ints
    words: Ints


class Reader:
    """What is needed to look at text: the lexicon, the compiled phrases, and the word lists.

    ``listed``: uint8[K + 1], the lists that a lexicon id is in, a bit for each; the last entry answers for id -1.
    """

    def __init__(self, lexicon: Lexicon, phrases: Phrases) -> None:
        self.lexicon = lexicon
        self.phrases = phrases
        self.lists = {name: np.uint8(1 << bit) for bit, name in enumerate(language.WORD_LISTS)}
        self.listed = np.zeros(len(lexicon) + 1, np.uint8)
        for name, bit in self.lists.items():
            self.listed[[place for place in lexicon.ids(language.words(name)) if place >= 0]] |= bit


class Views:
    """Tokens, sentences, paragraphs, quotations, names, phrases and links of some documents.

    ``links``: int64[d, 3], how many of each of ``LINK_KINDS`` each has.
    """

    def __init__(self, documents: Sequence[Document], reader: Reader) -> None:
        self.documents = documents
        self.reader = reader
        codes, offset, self.links = laid(documents)
        self.text = Text(fold(codes), offset)

    @cached_property
    def block(self) -> Block:
        """The tokens."""
        return cut(self.text, self.reader.lexicon)

    @cached_property
    def link_counts(self) -> dict[str, Floats]:
        """Links of each kind in each document; NaN where there are none and its format may have lost them."""
        lost = (self.links.sum(axis=1) == 0) & np.array([one.links != "none" for one in self.documents])
        return {kind: np.where(lost, np.nan, self.links[:, place]) for place, kind in enumerate(LINK_KINDS)}

    @cached_property
    def hits(self) -> dict[str, Hits]:
        """Phrases found, by list."""
        return self.reader.phrases.match(self.block)

    def listed(self, name: str) -> Bools:
        """bool[n]: tokens that are a word of the list."""
        return (self._lists & self.reader.lists[name]).astype(bool)

    @cached_property
    def _lists(self) -> NDArray[np.uint8]:
        return self.reader.listed[self.block.word]

    @cached_property
    def sentences(self) -> Pieces:
        """Sentences: they end at a paragraph, and after . ? ! unless an abbreviation or a lower-case word says no."""
        return self._pieces(sentence_starts(self.block, self.listed("abbreviations")))

    @cached_property
    def paragraphs(self) -> Pieces:
        """Paragraphs, headings and list items."""
        edge = (self.block.kind == PARAGRAPH) | (self.block.kind == END)
        return self._pieces(_before(edge))

    def _pieces(self, starts: Bools) -> Pieces:
        of, first = parted(starts)
        last = np.append(first[1:], len(starts)) - 1
        return Pieces(of, first, last, self.block.doc[first], counts(self.block.is_word, first))

    @cached_property
    def words(self) -> Ints:
        """int64[w]: the tokens that are words or numbers."""
        return np.flatnonzero(self.block.is_word)

    @cached_property
    def content(self) -> Bools:
        """bool[n]: words that are no function words and no numbers."""
        content: Bools = (self.block.kind <= CAPITALS) & ~self.listed("function")
        return content

    @cached_property
    def quoted(self) -> Bools:
        """bool[n]: tokens between a pair of quotation marks in one paragraph."""
        return quoted(self.block.kind, self.paragraphs)

    @cached_property
    def opens_sentence(self) -> Bools:
        """bool[n]: the first word of each sentence."""
        return first_words(self.block.is_word, self.sentences.of)

    @cached_property
    def names(self) -> Bools:
        """bool[n]: capitalised words inside a sentence."""
        kind = self.block.kind
        names: Bools = ((kind == CAPITAL) | (kind == CAPITALS)) & ~self.opens_sentence & ~self.listed("function")
        return names

    @cached_property
    def content_words(self) -> Ints:
        """int64[c]: the tokens that are content words."""
        return np.flatnonzero(self.content)

    @cached_property
    def content_of(self) -> Ints:
        """int64[c]: the sentence of each content word."""
        return self.sentences.of[self.content_words]

    @cached_property
    def content_counts(self) -> Ints:
        """int64[s]: content words of each sentence."""
        return np.bincount(self.content_of, minlength=len(self.sentences.first))

    @cached_property
    def content_total(self) -> Ints:
        """int64[d]: content words of each document."""
        return np.bincount(self.sentences.doc, self.content_counts, self.block.docs).astype(np.int64)

    @cached_property
    def old(self) -> Floats:
        """float64[s]: share of the content words of each sentence whose stem an earlier one used."""
        of, total = self.content_of, self.content_counts
        old = np.bincount(of[of[self.first_use] != of], minlength=len(total))
        share: Floats = old / np.maximum(total, 1)
        return share

    @cached_property
    def first_use(self) -> Ints:
        """int64[c]: for each content word the first one of its document with the same stem, as an index among them."""
        at = self.content_words
        return first_in_group(self.block.stem[at], self.block.doc[at])


def _sentence_starts(block: Block, abbreviations: Bools) -> Bools:
    n, starts = len(block.kind), np.empty(len(block.kind), bool)
    flags = abbreviations.view(np.uint8)
    kernel.call("sentence_starts", block.kind, block.start, block.end, flags, n, starts.view(np.uint8))
    return starts


@kernel.twin(_sentence_starts)
def sentence_starts(block: Block, abbreviations: Bools) -> Bools:
    """bool[n]: tokens that begin a sentence; ``abbreviations``: those that are one by their letters."""
    kind = block.kind
    mark = (kind >= POINT) & (kind <= EXCLAMATION)
    stop = mark & ~_before(abbreviations | ((kind == CAPITAL) & (block.end - block.start == 1)))
    touches = np.append(False, block.start[1:] == block.end[:-1])
    closed = ((kind == QUOTE) | (kind == CLOSE)) & touches
    stop |= closed & _before(stop)
    edge = (kind == PARAGRAPH) | (kind == END)
    goes_on = np.append((kind == LOWER) | mark | closed | edge, True)[1:]
    return _before(stop & ~goes_on) | _before(edge)


def _quoted(kind: NDArray[np.uint8], paragraphs: Pieces) -> Bools:
    inside = np.empty(len(kind), bool)
    count = len(paragraphs.first)
    kernel.call("quoted", kind, paragraphs.first, paragraphs.last, count, inside.view(np.uint8))
    return inside


@kernel.twin(_quoted)
def quoted(kind: NDArray[np.uint8], paragraphs: Pieces) -> Bools:
    """bool[n]: tokens between a pair of quotation marks in one paragraph, from the class of each token."""
    marks = np.flatnonzero(kind == QUOTE)
    of = paragraphs.of[marks]
    rank = np.arange(len(marks)) - np.searchsorted(of, of)
    opens = np.flatnonzero((rank[:-1] % 2 == 0) & (of[:-1] == of[1:]))  # an odd mark at the end opens nothing
    edges = np.zeros(len(kind), np.int8)
    edges[marks[opens] + 1] += 1
    edges[marks[opens + 1]] -= 1
    return np.cumsum(edges, dtype=np.int8).view(bool)


def _first_words(is_word: Bools, of: Ints) -> Bools:
    first = np.empty(len(of), bool)
    kernel.call("first_words", is_word.view(np.uint8), of, len(of), first.view(np.uint8))
    return first


@kernel.twin(_first_words)
def first_words(is_word: Bools, of: Ints) -> Bools:
    """bool[n]: the first word of each sentence, from which tokens are words and the sentence of each."""
    where = np.flatnonzero(is_word)
    first = np.zeros(len(of), bool)
    first[where[np.append(True, of[where[1:]] != of[where[:-1]])[: len(where)]]] = True
    return first


def _before(mask: Bools) -> Bools:
    return np.concatenate(([False], mask[:-1]))
