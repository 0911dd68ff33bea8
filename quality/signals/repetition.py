"""Repetition: what is said again, in the same words or in others.

Runs of words are compared in windows of 200 words, so that a long text is not called repetitive for being long.
"""

from __future__ import annotations

import numpy as np

from quality import kernel
from quality.block import Ints
from quality.distinct import combine, first_equal, first_in_group, in_group
from quality.phrases import Hits
from quality.signals.base import Signal, mean, per_document, rate, runs
from quality.similar import comparable, likeness
from quality.views import Floats, Views

RUN = 3  # words; measured against the label: runs of two and of four say less
WINDOW = 200  # words
OLD = 2 / 3  # share of a sentence's content words used before, from which it restates
ALIKE = 0.5  # cosine from which two sentences say the same
_GUIDE = "corpus/GUIDE.md, repetition"


def _windows(views: Views, words: Ints) -> Ints:
    """Window of each word, as a number that is distinct across documents, int64[w]."""
    doc = views.block.doc[words]
    total = np.bincount(doc, minlength=views.block.docs)
    rank = np.arange(len(words)) - (np.cumsum(total) - total)[doc]
    windows: Ints = doc * (1 << 24) + rank // WINDOW
    return windows


def _repeated_compiled(views: Views) -> tuple[Ints, Ints]:
    words, block = views.words, views.block
    at = np.empty(len(words), np.int64)
    found = kernel.call("repeated", words, len(words), block.key, views.sentences.of, block.doc, RUN, WINDOW, at)
    return words, at[:found]


@kernel.twin(_repeated_compiled)
def _repeated(views: Views) -> tuple[Ints, Ints]:
    """Words of the block, and at which of them a run begins that stood earlier in its window, within one sentence."""
    words = views.words
    last = max(len(words) - RUN + 1, 0)
    keys, of = views.block.key[words], views.sentences.of[words]
    run = keys[:last]
    for step in range(1, RUN):
        run = combine(run, keys[step : last + step])
    whole = np.flatnonzero(of[:last] == of[len(of) - last :])
    run = in_group(run[whole], _windows(views, words)[whole])
    return words, whole[first_equal(run) != np.arange(len(run))]


def _repeated_phrases(views: Views) -> Floats:
    words, at = _repeated(views)
    return rate(views, per_document(views, words[at]))


def _find_repeated(views: Views) -> Hits:
    words, at = _repeated(views)
    chosen = np.zeros(len(views.block.kind), bool)
    for step in range(RUN):
        chosen[words[at + step]] = True
    return runs(chosen)


def _old(views: Views) -> tuple[Ints, Floats]:
    """Sentences of six content words or more, and the share of those words whose stem an earlier sentence used."""
    chosen = np.flatnonzero(views.content_counts >= 6)
    return chosen, views.old[chosen]


def _old_words(views: Views) -> Floats:
    sentence, share = _old(views)
    return mean(views, share, views.sentences.doc[sentence], 0.35, 3)


def _restating(views: Views) -> Floats:
    sentence, share = _old(views)
    return np.sqrt(mean(views, (share >= OLD).astype(np.float64), views.sentences.doc[sentence], 0.1, 3))


def _sentences(views: Views, chosen: Ints) -> Hits:
    return Hits(views.sentences.first[chosen], views.sentences.last[chosen])


def _find_restating(views: Views) -> Hits:
    sentence, share = _old(views)
    return _sentences(views, sentence[share >= OLD])


def _alike(views: Views) -> Floats:
    chosen = comparable(views)
    return mean(views, likeness(views, chosen), views.sentences.doc[chosen], 0.25, 3)


def _find_alike(views: Views) -> Hits:
    chosen = comparable(views)
    return _sentences(views, chosen[likeness(views, chosen) >= ALIKE])


def _echoing(views: Views) -> tuple[Ints, Ints]:
    """Content words of the last quarter whose stem the first quarter used, and all those of the last quarter."""
    total = views.content_total
    quarter, begin = total // 4, np.cumsum(total) - total
    # The words of all last quarters, by their places among the content words, and the end of the first quarter of each.
    place = np.arange(quarter.sum()) + np.repeat(begin + total - quarter - (np.cumsum(quarter) - quarter), quarter)
    echo = views.first_use[place] < np.repeat(begin + quarter, quarter)
    ending = views.content_words[place]
    return ending[echo], ending


def _echo(views: Views) -> Floats:
    """Share of the words of the last quarter that stood in the first: the ending that is the opening."""
    echo, ending = _echoing(views)
    return (per_document(views, echo) + 2) / (per_document(views, ending) + 12)


def _density(views: Views) -> Floats:
    """Share of the words taken by the one content word used most (keyword density)."""
    count, total = np.bincount(views.first_use, minlength=len(views.first_use)), views.content_total
    most, some = np.zeros(views.block.docs), total > 0
    if some.any():
        most[some] = np.maximum.reduceat(count, (np.cumsum(total) - total)[some])
    return rate(views, most)


def _openings(views: Views) -> Ints:
    """Sentences that begin with the same two words as an earlier one of the document."""
    words = views.words
    opens = np.flatnonzero(views.opens_sentence[words][:-1])
    key = views.block.key[words]
    first = first_in_group(combine(key[opens], key[opens + 1]), views.block.doc[words[opens]])
    again: Ints = words[opens[first != np.arange(len(first))]]
    return views.sentences.of[again]


def _same_openings(views: Views) -> Floats:
    sentences = views.sentences
    again = np.zeros(len(sentences.first))
    again[_openings(views)] = 1
    real = sentences.words > 3
    return np.sqrt(mean(views, again[real], sentences.doc[real], 0.1, 3))


SIGNALS = (
    Signal(
        "repeated_phrases", "repetition", "Phrases come again.", "Hardly a phrase returns.",
        "repeated n-grams after Rae et al. 2021 (Gopher), table A1; here three words, in windows of 200",
        _repeated_phrases, _find_repeated,
    ),
    Signal(
        "old_words", "repetition", "Its sentences are made of words that it has used before.",
        "Its sentences bring new words.", _GUIDE, _old_words,
    ),
    Signal(
        "restating", "repetition", "Sentences say again what was said, in much the same words.",
        "Hardly a sentence says again what was said.", _GUIDE, _restating, _find_restating,
    ),
    Signal(
        "alike", "repetition", "Sentences resemble earlier ones.", "No sentence resembles an earlier one.",
        "cosine of TF-IDF vectors of sentences (Salton and Buckley 1988), coarse weights", _alike, _find_alike,
    ),
    Signal(
        "echo", "repetition", "Its ending returns to the words of its opening.",
        "Its ending brings other words than its opening.", _GUIDE,
        _echo, lambda views: Hits(_echoing(views)[0], _echoing(views)[0]),
    ),
    Signal(
        "density", "repetition", "One keyword returns all the time.", "No word dominates.",
        "keyword density, as search engines' guidelines describe stuffing", _density,
    ),
    Signal(
        "same_openings", "repetition", "Sentences begin with the same words.", "Sentences begin in different ways.",
        _GUIDE, _same_openings, lambda views: _sentences(views, _openings(views)),
    ),
)  # fmt: skip
