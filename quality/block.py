"""Block: many documents laid end to end and cut into tokens, sentences and paragraphs by vectorised passes.

This is the one tokeniser, used to train, to score and to explain. A token is a word or number (with inner apostrophes,
points and commas; a hyphen parts two words), a punctuation mark, the start of a paragraph, or the end of a document.
A run of points or hyphens is one mark, so that "..." and "--" are what their typographic forms are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.document import Span
from quality.fold import DASH, LETTER, SYMBOL, Folded
from quality.lexicon import Lexicon
from quality.pieces import counts

Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]

# Token classes. Words first, so that `kind < POINT` says "word or number".
LOWER, CAPITAL, CAPITALS, NUMBER, YEAR, POINT, QUESTION, EXCLAMATION, COMMA, COLON, SEMICOLON = range(11)
QUOTE, OPEN, CLOSE, MONEY, PERCENT, LONG_DASH, SIGN, PARAGRAPH, END = range(11, 20)
CLASSES = (
    "<low>", "<Cap>", "<CAPS>", "<num>", "<year>", ".", "?", "!", ",", ":", ";",
    '"', "(", ")", "$", "%", "--", "<sign>", "<p>", "<end>",
)  # fmt: skip

MARKS = np.zeros(256, np.uint8)
for _char, _kind in zip(b'.?!,:;"()$%', range(POINT, LONG_DASH), strict=True):
    MARKS[_char] = _kind
MARKS[ord("-")] = MARKS[DASH] = LONG_DASH
MARKS[SYMBOL] = SIGN
MARKS[0] = END
_PAD = 24  # bytes after the text
WRAPPED_LINE = 120  # characters that are seen, less blanks and the targets of links: a longer line was not wrapped
UNWRAPPED = 1 / 3  # share of a document's characters in such lines from which each line is a paragraph
INDENT = 8  # spaces before the mark of a list item or heading


@dataclass(frozen=True, eq=False)
class Block:
    """Tokens of many documents, as arrays over tokens in order of the text (n tokens, d documents).

    ``start`` and ``end``: byte offsets (int64[n]); ``kind``: token class (uint8[n]); ``word``: lexicon id or -1
    (int32[n]); ``key``, ``stem``: the same number for the same word or stem (uint64[n]); ``doc``: document of each
    token (int64[n]). Every document ends with one END token. ``offset``: where each document begins (int64[d]), in
    characters; ``gaps``: how many bytes stand before each character left out (int64).
    """

    docs: int
    start: Ints
    end: Ints
    kind: Bytes
    word: NDArray[np.int32]
    key: NDArray[np.uint64]
    stem: NDArray[np.uint64]
    doc: Ints
    lower: Bytes
    gaps: Ints
    offset: Ints

    @cached_property
    def is_word(self) -> Bools:
        """bool[n]: words and numbers."""
        return self.kind < POINT

    @cached_property
    def words(self) -> NDArray[np.float64]:
        """float[d]: words and numbers of each document."""
        return self.count(self.is_word)

    def count(self, chosen: Bools) -> NDArray[np.float64]:
        """float[d]: how many tokens of each document are chosen."""
        return counts(chosen, self.first).astype(np.float64)

    @cached_property
    def first(self) -> Ints:
        """int64[d]: first token of each document."""
        return np.concatenate(([0], np.flatnonzero(self.kind == END)[:-1] + 1)).astype(np.int64)

    def spans(self, first: Ints, last: Ints) -> list[Span]:
        """Characters of its document's text from each of the tokens ``first`` to its ``last``, both included."""
        return [Span(*span) for span in self.ranges(first, last).tolist()]

    def ranges(self, first: Ints, last: Ints) -> Ints:
        """The same spans as an array, int64[m, 2].

        The starts of paragraphs and the end of the document that close a run are left out.
        """
        last = np.maximum(self._text_before[last], first)
        shift, begin, end = self.offset[self.doc[first]], self.start[first], self.end[last]
        begin, end = (at + np.searchsorted(self.gaps, at, side="right") for at in (begin, end))
        return np.column_stack((begin - shift, end - shift))

    @cached_property
    def _text_before(self) -> Ints:
        """int64[n]: the last token up to each that is no start of a paragraph and no end of a document."""
        at = np.arange(len(self.kind))
        text: Ints = np.maximum.accumulate(np.where(self.kind < PARAGRAPH, at, 0))
        return text


def _before(mask: Bools) -> Bools:
    return np.concatenate(([False], mask[:-1]))


def _join_inner(data: Bytes, word: Bools, digit: Bools) -> Bools:
    """Marks inside words, joined to them in ``word``; returns where a hyphen parts two words."""
    inner = np.flatnonzero((data == 39) | (data == 46) | (data == 44) | (data == 45))
    inner = inner[(inner > 0) & (inner < len(data) - 1)]
    inner = inner[word[inner - 1] & word[inner + 1]]
    mark, before, after = data[inner], digit[inner - 1], digit[inner + 1]
    joins = (mark == 39) | ((mark == 46) & (before == after)) | ((mark == 44) & before & after)
    word[inner[joins]] = True
    hyphen = np.zeros(len(data), bool)
    hyphen[inner[mark == 45]] = True
    return hyphen


def _numbered(data: Bytes, breaks: Ints) -> Bools:
    """After which line breaks an item of a numbered list stands: one or two digits, a point or bracket, a space."""
    one, two, three, four = (data[breaks + step] for step in range(1, 5))
    long = two - 48 < 10
    point, space = np.where(long, three, two), np.where(long, four, three)
    found: Bools = (one - 48 < 10) & ((point == 46) | (point == 41)) & (space == 32)
    return found


class _Lines(NamedTuple):
    """``at``: the line break before each paragraph. ``bullets``: the marks of list items, which are no tokens."""

    at: Ints
    bullets: Ints


def _line_starts(data: Bytes, visible: Bools, ends: Ints) -> _Lines:
    """Where paragraphs begin.

    A paragraph starts after a blank line, at a list item or heading, after a heading, and at every line of a document
    much of which stands in lines longer than a page is wide (there nothing was wrapped).
    """
    breaks = np.flatnonzero((data == 10) | (data == 0))[:-1]
    if not breaks.size:
        return _Lines(breaks, breaks)
    edges = np.append(breaks, len(data))
    unseen = np.searchsorted(np.flatnonzero(~visible), edges)  # which is less than what is seen
    length = np.diff(edges) - np.diff(unseen)
    full = length > 0
    content = breaks[full]
    blank_before = np.concatenate(([True], ~full[:-1]))[full]
    of_doc = np.searchsorted(ends, content, side="right")
    unwrapped = _unwrapped(length, np.searchsorted(ends, breaks, side="right"))
    at = content + 1
    for _ in range(INDENT):
        at = at + (data[at] == 32)
    mark, after = data[at], data[at + 1]
    heading = mark == 35
    bullet = ((mark == 42) | (mark == 45) | (mark == 43)) & (after == 32)
    item = bullet | _numbered(data, at - 1)
    starts = blank_before | heading | item | _before(heading) | unwrapped[of_doc] | (data[content] == 0)
    return _Lines(content[starts], at[bullet])


def _unwrapped(length: Ints, doc: Ints) -> Bools:
    """For each document whether its paragraphs are lines, from the length and the document of each line."""
    long = np.bincount(doc, length * (length > WRAPPED_LINE))
    share: Bools = long > UNWRAPPED * np.bincount(doc, length)
    return share


class Text(NamedTuple):
    """Texts of d documents end to end, folded. ``offset``: where each begins among the characters, int64[d]."""

    folded: Folded
    offset: Ints


def _cut_compiled(text: Text, lexicon: Lexicon) -> Block:
    folded, size = text.folded, len(text.folded.data)
    data = padded(folded.data)
    most = kernel.call("most_tokens", data, size)
    lower, kind = np.empty(len(data), np.uint8), np.empty(most, np.uint8)
    start, end, doc = (np.empty(most, np.int64) for _ in range(3))
    word, key, stem = np.empty(most, np.int32), np.empty(most, np.uint64), np.empty(most, np.uint64)
    n = kernel.call("cut", data, size, MARKS, *lexicon.table, lower, start, end, kind, word, key, stem, doc)
    return Block(
        docs=len(text.offset), start=start[:n], end=end[:n], kind=kind[:n], word=word[:n], key=key[:n], stem=stem[:n],
        doc=doc[:n], lower=lower, gaps=folded.gaps, offset=text.offset,
    )  # fmt: skip


def padded(data: Bytes) -> Bytes:
    """Bytes with more of them at the end, so that a word's 16 bytes can be read anywhere."""
    return np.concatenate((data, np.zeros(_PAD, np.uint8)))


@kernel.twin(_cut_compiled)
def cut(text: Text, lexicon: Lexicon) -> Block:
    """Cut texts into one block of tokens.

    >>> from quality.fold import codes_of, fold
    >>> text = Text(fold(codes_of("\\0It cost $3.50, he said.\\0")), np.array([1]))
    >>> block = cut(text, Lexicon(["said"]))
    >>> block.word.tolist()
    [-1, -1, -1, -1, -1, -1, 0, -1, -1]
    >>> block.spans(np.array([6]), np.array([6]))
    [Span(start=18, end=22)]
    """
    folded, data = text.folded, padded(text.folded.data)
    ends = np.flatnonzero(folded.data == 0)[1:]
    digit = data - 48 < 10
    word = ((data | 32) - 97 < 26) | (data == LETTER) | digit
    hyphen = _join_inner(data, word, digit)
    other = np.flatnonzero(~(word | hyphen | (data == 32)))
    marks = MARKS[data[other]]
    chosen = (marks > 0) & (other <= ends[-1]) & (other > 0)
    other = other[chosen]
    # Of a run of points or hyphens the last stays, so that what follows touches it.
    again = ((data[other] == 46) | (data[other] == 45)) & (data[other] == data[other + 1])
    other = other[~again]
    visible = word.copy()
    visible[other[data[other] != 0]] = True
    lines = _line_starts(data, visible, ends)
    starts = word & ~_before(word)
    starts[other] = True
    starts[lines.bullets] = False
    inside = data[lines.at] == 10
    starts[lines.at[inside]] = True
    at = np.flatnonzero(starts)
    is_word = word[at]
    end = np.flatnonzero((word & ~np.append(word[1:], False)) | (starts & ~word)) + 1  # one for each start
    kind = MARKS[data[at]]
    kind[data[at] == 10] = PARAGRAPH
    ids, (keys, stems) = np.full(len(at), -1, np.int32), np.zeros((2, len(at)), np.uint64)
    where = np.flatnonzero(is_word)
    lower = data | (((data - 65) < 26).view(np.uint8) * np.uint8(32))
    ids[where], keys[where], stems[where] = lexicon.find(lower, at[where], end[where] - at[where])
    kind[where] = _word_kinds(data, at[where], end[where])
    ending = kind == END
    return Block(
        docs=len(text.offset), start=at, end=end, kind=kind, word=ids, key=keys, stem=stems,
        doc=np.cumsum(ending) - ending, lower=lower, gaps=folded.gaps, offset=text.offset,
    )  # fmt: skip


def _word_kinds(data: Bytes, start: Ints, end: Ints) -> Bytes:
    first, length = data[start], end - start
    upper = first - 65 < 26
    kind = upper.astype(np.uint8) * CAPITAL
    kind[upper & (length > 1) & (data[end - 1] - 65 < 26)] = CAPITALS
    numeric = np.flatnonzero(first - 48 < 10)
    kind[numeric] = NUMBER
    four = numeric[length[numeric] == 4]
    one, two = data[start[four]], data[start[four] + 1]
    year = ((one == 49) & (two == 57)) | ((one == 50) & (two == 48))  # 19.. and 20..
    kind[four[year & (data[start[four] + 2] - 48 < 10) & (data[start[four] + 3] - 48 < 10)]] = YEAR
    return kind
