"""Counted: the numbers of each document that signals and abstention are made of, and where what is counted stands.

What is counted is defined here in NumPy, as functions of the views; the compiled twin (``quality/c/counted.c``) goes
through one document after the other, whose tokens stay near the processor, and counts all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from quality import kernel
from quality.block import (
    CLASSES,
    CLOSE,
    COLON,
    END,
    EXCLAMATION,
    MONEY,
    NUMBER,
    OPEN,
    PARAGRAPH,
    PERCENT,
    POINT,
    QUESTION,
    QUOTE,
    YEAR,
    Bools,
    Ints,
)  # fmt: skip
from quality.distinct import combine, first_equal, first_in_group, in_group
from quality.fold import LETTER
from quality.pieces import counts
from quality.similar import comparable, likeness
from quality.views import Floats, Views

Counted = Mapping[str, Floats]
"""Numbers of each document, float64[d], by the names of ``COUNTS``, of the phrase lists and of the kinds of links."""

RUN = 3  # words; measured against the label: runs of two and of four say less
WINDOW = 200  # words
SETTLED = 6  # content words of a sentence from which it can be made of old ones
OLD = 2 / 3  # share of a sentence's content words used before, from which it restates
NEAR = 3  # tokens between a name and a verb of saying, at most
OPENED = 4  # words of a sentence whose beginning counts
LONG = 5  # words of a sentence that should hold something to check
COMMON = 2000  # the most widespread words of the lexicon
LONGEST = 80  # words of a sentence of prose: lists run on without an end
UNENDED = 5, 0.3  # words of a sentence of prose at least, and the share of function words among them
ENDED = 3, 0.2  # the same where the sentence has an end, which is a sign of prose itself
CLOSING = 3  # marks after the end of a sentence that are looked through
_TRAILS = np.isin(np.arange(len(CLASSES)), (QUOTE, CLOSE, PARAGRAPH, END))
_ENDS = np.isin(np.arange(len(CLASSES)), (POINT, QUESTION, EXCLAMATION, COLON))


def counted(views: Views) -> Counted:
    """All that is counted in each document; NaN for the links of one that may have lost them.

    >>> from quality.document import Document
    >>> from quality.views import Lexicon, Phrases, Reader
    >>> lexicon = Lexicon(["the"])
    >>> counted(Views([Document("The 5 boats.")], Reader(lexicon, Phrases.compile({}, lexicon))))["numbers"].tolist()
    [1.0]
    """
    return {**in_tokens(views), **views.link_counts}


def in_tokens(views: Views) -> Counted:
    """What is counted in the tokens of each document: ``COUNTS``, and the phrases of each list."""
    found = {name: count(views).astype(np.float64) for name, count in COUNTS.items()}
    return found | {name: per_document(views, hits.first) for name, hits in views.hits.items()}


def per_document(views: Views, tokens: Ints) -> Floats:
    """How many of the tokens lie in each document, float64[d]."""
    return np.bincount(views.block.doc[tokens], minlength=views.block.docs).astype(np.float64)


def _sentences(views: Views, chosen: Ints | Bools) -> Ints:
    """How many of the sentences chosen lie in each document."""
    return np.bincount(views.sentences.doc[chosen], minlength=views.block.docs).astype(np.int64)


def _summed(views: Views, chosen: Ints | Bools, value: Floats | Ints) -> Floats:
    """Sum, for each document, of a value of each sentence chosen."""
    return np.bincount(views.sentences.doc[chosen], value, views.block.docs).astype(np.float64)


def amounts(views: Views) -> Bools:
    """bool[n]: signs of money and of percentages."""
    found: Bools = (views.block.kind == MONEY) | (views.block.kind == PERCENT)
    return found


def speakers(views: Views) -> Bools:
    """bool[n]: verbs of saying within three tokens of a name of the same document."""
    doc, verbs = views.block.doc, np.flatnonzero(views.listed("saying"))
    found = np.zeros(len(doc), bool)
    for step in range(-NEAR, NEAR + 1):
        near = np.clip(verbs + step, 0, len(doc) - 1)
        found[verbs] |= views.names[near] & (doc[near] == doc[verbs])
    return found


def bare(views: Views) -> Bools:
    """bool[s]: long sentences without name, figure, quotation or first person."""
    kind = views.block.kind
    figures = (kind == NUMBER) | (kind == YEAR) | amounts(views)
    basis = views.names | figures | views.quoted | views.listed("first_person")
    found: Bools = (views.sentences.words >= LONG) & (counts(basis, views.sentences.first) == 0)
    return found


def _windows(views: Views, words: Ints) -> Ints:
    """Window of each word, as a number that is distinct across documents, int64[w]."""
    doc = views.block.doc[words]
    total = np.bincount(doc, minlength=views.block.docs)
    rank = np.arange(len(words)) - (np.cumsum(total) - total)[doc]
    windows: Ints = doc * (1 << 24) + rank // WINDOW
    return windows


def _repeated_compiled(views: Views) -> Ints:
    words, block = views.words, views.block
    at = np.empty(len(words), np.int64)
    found = kernel.call("repeated", words, len(words), block.key, views.sentences.of, block.doc, RUN, WINDOW, at)
    return at[:found]


@kernel.twin(_repeated_compiled)
def repeated(views: Views) -> Ints:
    """At which words a run begins that stood earlier in its window, within one sentence: indices among the words."""
    words = views.words
    last = max(len(words) - RUN + 1, 0)
    keys, of = views.block.key[words], views.sentences.of[words]
    run = keys[:last]
    for step in range(1, RUN):
        run = combine(run, keys[step : last + step])
    whole = np.flatnonzero(of[:last] == of[len(of) - last :])
    run = in_group(run[whole], _windows(views, words)[whole])
    again: Ints = whole[first_equal(run) != np.arange(len(run))]
    return again


def settled(views: Views) -> Ints:
    """Sentences of six content words or more, int64[m]."""
    return np.flatnonzero(views.content_counts >= SETTLED)


def restating(views: Views) -> Ints:
    """Those of them most of whose content words have a stem that an earlier sentence used, int64[m]."""
    chosen = settled(views)
    return chosen[views.old[chosen] >= OLD]


def _old(views: Views) -> Floats:
    chosen = settled(views)
    return _summed(views, chosen, views.old[chosen])


def _alike(views: Views) -> Floats:
    chosen = comparable(views)
    return _summed(views, chosen, likeness(views, chosen))


def echoing(views: Views) -> tuple[Ints, Ints]:
    """Content words of the last quarter whose stem the first quarter used, and all those of the last quarter."""
    total = views.content_total
    quarter, begin = total // 4, np.cumsum(total) - total
    # The words of all last quarters, by their places among the content words, and the end of the first quarter of each.
    place = np.arange(quarter.sum()) + np.repeat(begin + total - quarter - (np.cumsum(quarter) - quarter), quarter)
    echo = views.first_use[place] < np.repeat(begin + quarter, quarter)
    ending = views.content_words[place]
    return ending[echo], ending


def _keyword(views: Views) -> Floats:
    count, total = np.bincount(views.first_use, minlength=len(views.first_use)), views.content_total
    most, some = np.zeros(views.block.docs), total > 0
    if some.any():
        most[some] = np.maximum.reduceat(count, (np.cumsum(total) - total)[some])
    return most


def openings(views: Views) -> Ints:
    """Sentences that begin with the same two words as an earlier one of the document, int64[m]."""
    words = views.words
    opens = np.flatnonzero(views.opens_sentence[words][:-1])
    key = views.block.key[words]
    first = first_in_group(combine(key[opens], key[opens + 1]), views.block.doc[words[opens]])
    again: Ints = words[opens[first != np.arange(len(first))]]
    return views.sentences.of[again]


def _same_openings(views: Views) -> Ints:
    found = openings(views)
    return _sentences(views, found[views.sentences.words[found] >= OPENED])


def _prose(views: Views) -> Bools:
    """bool[s]: sentences of prose: lists of links, tables and code have pieces without function words."""
    words, function = views.sentences.words, counts(views.listed("function"), views.sentences.first)
    ended = _ended(views)
    least, share = (np.where(ended, *pair) for pair in zip(ENDED, UNENDED, strict=True))
    found: Bools = (words >= least) & (words <= LONGEST) & (function >= share * words)
    return found


def _ended(views: Views) -> Bools:
    """bool[s]: sentences whose last mark, less quotes and brackets that close, ends a sentence, or the document."""
    kind, first, last = views.block.kind, views.sentences.first, views.sentences.last
    for _ in range(CLOSING):
        last = np.where(_TRAILS[kind[last]] & (last > first), last - 1, last)
    ended: Bools = _ENDS[kind[last]] | (kind[views.sentences.last] == END)
    return ended


def _calls(views: Views) -> Bools:
    """bool[n]: opening brackets right after a word, as functions are called in code."""
    block, found = views.block, np.zeros(len(views.block.kind), bool)
    found[1:] = (block.kind[1:] == OPEN) & block.is_word[:-1] & (block.start[1:] == block.end[:-1])
    return found


def _foreign(views: Views) -> Floats:
    """Share of the words of each document that begin with a letter of another script, by their length."""
    block, share = views.block, np.zeros(views.block.docs)
    letters = np.flatnonzero(block.lower == LETTER)
    tokens = np.searchsorted(block.start, letters)
    tokens = tokens[block.start[tokens] == letters]  # those that begin with one
    for doc in np.flatnonzero(np.bincount(block.doc[tokens])).tolist():
        own = slice(block.first[doc], block.first[doc + 1] if doc + 1 < block.docs else None)
        length = (block.end[own] - block.start[own]) * block.is_word[own]
        share[doc] = length[block.lower[block.start[own]] == LETTER].sum() / length.sum()
    return share


def _words(views: Views, chosen: Bools) -> Floats:
    return _summed(views, chosen, views.sentences.words[chosen])


def _tokens(choose: Callable[[Views], Bools]) -> Callable[[Views], Floats]:
    return lambda views: views.block.count(choose(views))


def _listed(name: str) -> Callable[[Views], Floats]:
    return _tokens(lambda views: views.listed(name))


COUNTS: dict[str, Callable[[Views], Floats | Ints]] = {
    "words": lambda views: views.block.words,
    "common": _tokens(lambda views: (views.block.word >= 0) & (views.block.word < COMMON)),
    "function": _listed("function"),
    "first_person": _listed("first_person"),
    "second_person": _listed("second_person"),
    "numbers": _tokens(lambda views: views.block.kind == NUMBER),
    "years": _tokens(lambda views: views.block.kind == YEAR),
    "amounts": _tokens(amounts),
    "calls": _tokens(_calls),
    "names": _tokens(lambda views: views.names),
    "quotations": _tokens(lambda views: views.quoted),
    "speakers": _tokens(speakers),
    "foreign": _foreign,
    "long": lambda views: _sentences(views, views.sentences.words >= LONG),
    "bare": lambda views: _sentences(views, bare(views)),
    "prose": lambda views: _words(views, _prose(views)),
    "whole": lambda views: _words(views, _prose(views) & _ended(views)),
    "opened": lambda views: _sentences(views, views.sentences.words >= OPENED),
    "same_openings": _same_openings,
    "settled": lambda views: _sentences(views, settled(views)),
    "old": _old,
    "restating": lambda views: _sentences(views, restating(views)),
    "comparable": lambda views: _sentences(views, comparable(views)),
    "alike": _alike,
    "ending": lambda views: per_document(views, echoing(views)[1]),
    "echo": lambda views: per_document(views, echoing(views)[0]),
    "keyword": _keyword,
    "repeated": lambda views: per_document(views, views.words[repeated(views)]),
}
"""What is counted in tokens: words of some kind (``foreign``: their share), sentences of some kind (``prose`` and
``whole``: their words; ``old`` and ``alike``: sums of shares), and what returns."""

COMPILED = 28  # the first so many are those of the compiled twin; NumPy counts what is added behind them in any case
