"""Abstain: when no score should be given, and the reason, for all documents of a block at once.

The cut-offs were measured on public texts by benchmarks/abstain.py. "not an article" takes 0.2 % of 1,911 labelled
English articles, 0.9 % of 648 whole ones and none of 120 whole web pages; it catches 97 % of 147 lists of links from
English pages and 99 % of 168 files of source code. Of 75 saved pages of all kinds (30 English articles, 21 in other
languages, 18 that are none, 6 in doubt) no English article was lost and 17 of the 18 others caught; of 14 skipped rows
of the corpus 13. "not English" was said of no English article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from quality.counted import Counted
from quality.document import Document
from quality.markup import prose
from quality.views import Floats

REASONS = ("too short", "not English", "not an article", "bad extraction")

SHORTEST = 80  # words of prose (corpus/GUIDE.md: "under about 80 words of prose" is no article)
FOREIGN = 0.4  # share of words in another script from which no language needs to be told
ENGLISH = 0.35  # share of words that are among the most widespread ones: 263 texts in other languages had at most 0.31
DOUBTFUL = 0.22  # share of function words: 99.8 % of English articles have more, French and Arabic ones under 0.1
CERTAIN = 0.95  # probability, from py3langid, that a text is of another language
PROSE = 0.45  # share of a document's words that stand in such sentences
FEW, HALF = 100, 0.48  # words in whole sentences, which are too few if they are also under one half of all
CODE = 0.03  # calls, such as `f(`, a word: 4,300 articles have at most 0.026, nine in ten files of Python more
_NO_LANGUAGE = "zxx"  # what py3langid calls code and numbers
SAMPLE = 5000  # characters shown to py3langid
EXTRACTED = 0.5  # a reader's confidence below which its text may not be the page's article (quality/readers/html.py)


def reasons(documents: Sequence[Document], counted: Counted) -> list[str | None]:
    """For each document the reason why it gets no score, or None.

    Lists of links, tables and code have pieces without function words, or without an end: of the words of sentences of
    prose too few are ``whole``, which a full stop, question mark, exclamation mark or colon ends (items of a list
    seldom have one), or the document, which may have been cut.

    >>> from quality.counted import counted
    >>> from quality.views import Lexicon, Phrases, Reader, Views
    >>> lexicon, documents = Lexicon(["the"]), [Document("Too few words.")]
    >>> reasons(documents, counted(Views(documents, Reader(lexicon, Phrases.compile({}, lexicon)))))
    ['too short']
    """
    words, whole = counted["words"], counted["whole"]
    foreign, short = counted["foreign"] >= FOREIGN, words < SHORTEST
    few = (whole < FEW) & (whole < HALF * words)
    listing = (counted["prose"] < PROSE * words) | few | (counted["calls"] > CODE * words)
    strange = (_share(counted, "function") < DOUBTFUL) & (_share(counted, "common") < ENGLISH)
    doubtful = ~foreign & ~short & strange
    foreign[doubtful] = [_in_other_language(documents[doc]) for doc in np.flatnonzero(doubtful).tolist()]
    confidence = [one.extraction for one in documents]
    poor = np.array([one is not None and one < EXTRACTED for one in confidence], bool)
    which = np.select([foreign, short, listing, poor], [1, 0, 2, 3], -1)
    return [REASONS[one] if one >= 0 else None for one in which.tolist()]


def _share(counted: Counted, name: str) -> Floats:
    """Share of the words that are counted as ``name``."""
    share: Floats = counted[name] / np.maximum(counted["words"], 1)
    return share


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
