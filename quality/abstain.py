"""Abstain: when no score should be given, and the reason, for all documents of a block at once.

The cut-offs were measured on public texts. "not an article" takes 0.7 % of 1,911 labelled English articles, 1.5 % of
648 whole ones and 0.4 % of 1,450 raw Markdown and text files; it catches 97 % of 147 lists of links from English pages
and 87 % of 329 files of source code and data. "not English" or "too short" was said of 536 of 545 French and Arabic
pages, "not English" of no English article. Of 75 saved pages (31 English articles, 22 in other languages, 17 that are
none, 5 in doubt) no English article was lost and 16 of the 17 others caught; of 14 skipped rows of the corpus 13.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from quality.block import CLASSES, CLOSE, COLON, END, EXCLAMATION, PARAGRAPH, POINT, QUESTION, QUOTE, Bools, Ints
from quality.document import Document
from quality.fold import LETTER
from quality.markup import prose
from quality.pieces import counts
from quality.views import Floats, Views

REASONS = ("too short", "not English", "not an article", "bad extraction")

SHORTEST = 80  # words of prose (corpus/GUIDE.md: "under about 80 words of prose" is no article)
FOREIGN = 0.4  # share of words in another script from which no language needs to be told
COMMON = 2000  # the most widespread words of the lexicon
ENGLISH = 0.35  # share of words that are among them: 263 texts in other languages had at most 0.31
DOUBTFUL = 0.22  # share of function words: 99.8 % of English articles have more, French and Arabic ones under 0.1
CERTAIN = 0.95  # probability, from py3langid, that a text is of another language
SENTENCE = range(5, 81)  # words of a sentence of prose: lists run on without an end
FUNCTION = 0.3  # function words among the words of a sentence of prose
PROSE = 0.45  # share of a document's words that stand in such sentences
FEW, HALF = 100, 0.48  # words in whole sentences, which are too few if they are also under one half of all
CLOSING = 3  # marks after the end of a sentence that are looked through
_TRAILS = np.isin(np.arange(len(CLASSES)), (QUOTE, CLOSE, PARAGRAPH, END))
_ENDS = np.isin(np.arange(len(CLASSES)), (POINT, QUESTION, EXCLAMATION, COLON))
_NO_LANGUAGE = "zxx"  # what py3langid calls code and numbers
SAMPLE = 5000  # characters shown to py3langid
EXTRACTED = 0.5  # a reader's confidence below which its text may not be the page's article (quality/readers/html.py)


def reasons(views: Views) -> list[str | None]:
    """For each document the reason why it gets no score, or None.

    >>> from quality.views import Lexicon, Phrases, Reader
    >>> lexicon = Lexicon(["the"])
    >>> reasons(Views([Document("Too few words.")], Reader(lexicon, Phrases.compile({}, lexicon))))
    ['too short']
    """
    foreign = _foreign(views) >= FOREIGN
    short = views.block.words < SHORTEST
    prose, whole = _prose(views)
    few = (whole < FEW) & (whole < HALF * views.block.words)
    listing = (prose < PROSE * views.block.words) | few
    known = _share(views.block.count((views.block.word >= 0) & (views.block.word < COMMON)), views.block.words)
    doubtful = ~foreign & ~short & listing & (_function(views) < DOUBTFUL) & (known < ENGLISH)
    foreign[doubtful] = [_in_other_language(views.documents[doc]) for doc in np.flatnonzero(doubtful).tolist()]
    confidence = [one.extraction for one in views.documents]
    poor = np.array([one is not None and one < EXTRACTED for one in confidence], bool)
    which = np.select([foreign, short, listing, poor], [1, 0, 2, 3], -1)
    return [REASONS[one] if one >= 0 else None for one in which]


def _share(part: Floats | Ints, whole: Floats | Ints) -> Floats:
    share: Floats = part / np.maximum(whole, 1)
    return share


def _foreign(views: Views) -> Floats:
    """Share of the words of each document that begin with a letter of another script, by their length."""
    block, share = views.block, np.zeros(views.block.docs)
    letters = np.flatnonzero(block.lower == LETTER)
    tokens = np.searchsorted(block.start, letters)
    tokens = tokens[block.start[tokens] == letters]  # those that begin with one
    for doc in np.unique(block.doc[tokens]).tolist():
        own = slice(block.first[doc], block.first[doc + 1] if doc + 1 < block.docs else None)
        length = (block.end[own] - block.start[own]) * block.is_word[own]
        share[doc] = length[block.lower[block.start[own]] == LETTER].sum() / length.sum()
    return share


def _function(views: Views) -> Floats:
    """Share of function words among the words of each document."""
    return _share(views.block.count(views.listed("function")), views.block.words)


def _prose(views: Views) -> tuple[Floats, Floats]:
    """Words of each document that stand in sentences of prose, and in those of them that are whole (float64[d] each).

    Lists of links, tables and code have pieces without function words, or without an end. A sentence is whole when a
    full stop, question mark, exclamation mark or colon ends it (items of a list seldom have one), or the document,
    which may have been cut.
    """
    sentences, docs = views.sentences, views.block.docs
    function = counts(views.listed("function"), sentences.first)
    words = sentences.words
    real = (words >= SENTENCE.start) & (words < SENTENCE.stop) & (function >= FUNCTION * words)
    prose = np.bincount(sentences.doc, words * real, docs)
    whole = np.bincount(sentences.doc, words * (real & _ended(views)), docs)
    return prose.astype(np.float64), whole.astype(np.float64)


def _ended(views: Views) -> Bools:
    """bool[s]: sentences whose last mark, less quotes and brackets that close, ends a sentence."""
    kind, first, last = views.block.kind, views.sentences.first, views.sentences.last
    for _ in range(CLOSING):
        last = np.where(_TRAILS[kind[last]] & (last > first), last - 1, last)
    ended: Bools = _ENDS[kind[last]] | (kind[views.sentences.last] == END)
    return ended


def _in_other_language(document: Document) -> bool:
    language, probability = _identifier()(prose(document).text[:SAMPLE])
    return language not in ("en", _NO_LANGUAGE) and probability >= CERTAIN


@cache
def _identifier() -> Callable[[str], tuple[str, float]]:
    """Tells a text's language and how probable it is; loaded only for doubtful texts, as it takes 0.7 s."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    loaded = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    classify: Callable[[str], tuple[str, float]] = loaded.classify
    return classify
