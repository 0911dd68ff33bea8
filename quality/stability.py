"""Stability: how far the score moves when the same article comes in another form.

Nothing that a change below does alters what an article says, so a good score hardly moves. It is a property of the
function, not of its ranking: it is measured with the finished model, on articles that it may have been trained on.
"""

from __future__ import annotations

import gzip
import random
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from quality.corpus.read import head
from quality.document import Document
from quality.errors import InputError
from quality.features import CLIP
from quality.model import LinearModel
from quality.readers import Reject, read
from quality.signals import SIGNALS
from quality.train import logits
from quality.views import Floats

SEED = 20251125
TRIALS = 1000  # articles to which one sentence is added
LONG = 400  # words from which one sentence must not matter
JUMP, LINK_JUMP = 0.1, 0.08  # changes of the score that count as a jump: for one sentence, and for lost links
LINK_REACH = 0.32  # logits by which links may move a score: the logistic function is nowhere steeper than 1 / 4
KEPT = 0.6  # share of the words that are left of a cut article
WIDTH = 72  # columns of re-wrapped lines
WORDS = range(5, 41)  # words of a sentence that is added

Change = Callable[[Document], Document]

_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s[^()\n]*)?\)")
_BARE = re.compile(r"<?\bhttps?://[^\s<>)]*[^\s<>).,;:!?]>?")
_MARKDOWN = (
    (re.compile(r"!\[[^\[\]]*\]\([^()\n]*\)"), ""),
    (_LINK, r"\1"),
    (re.compile(r"^[ \t]*(?:#{1,6}|>|[-*+])[ \t]+", re.M), ""),
    (re.compile(r"^[ \t]*(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|={3,})$", re.M), ""),
    (re.compile(r"(\*{1,3}|(?<!\w)_{1,3})(?=\S)([^*_\n]+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"`+"), ""),
)
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_OPENING = re.compile(r"""(?<![^\s(\[—–-])(["'])""")
_BLANK = re.compile(r"\n[ \t]*\n")
_SENTENCE = re.compile(r"(?<=[a-z][.!?]) (?=[A-Z])")


def without_markdown(document: Document) -> Document:
    """The text without marks of Markdown; its links go with them and are unknown.

    >>> without_markdown(Document("## Bees\\n\\n- They **hum**, says [the club](https://b.example/).")).text
    'Bees\\n\\nThey hum, says the club.'
    """
    text = document.text
    for pattern, plain in _MARKDOWN:
        text = pattern.sub(plain, text)
    return replace(document, text=text, links="unknown" if document.links == "present" else document.links)


def without_links(document: Document) -> Document:
    """The text as it comes from a source that drops links and keeps their words; that it did so is declared.

    >>> without_links(Document("See [the report](https://b.example/) or https://b.example/.", links="present")).text
    'See the report or .'
    """
    return replace(document, text=_BARE.sub("", _LINK.sub(r"\1", document.text)), links="unknown")


def straight(document: Document) -> Document:
    """The text with typewriter quotation marks and apostrophes."""
    return replace(document, text=document.text.translate(_CURLY))


def curly(document: Document) -> Document:
    """The text with typographic quotation marks and apostrophes.

    >>> curly(Document('"It\\'s on," he said.')).text
    '“It’s on,” he said.'
    """
    opened = _OPENING.sub(lambda match: "“" if match[1] == '"' else "‘", document.text)
    return replace(document, text=opened.replace('"', "”").replace("'", "’"))


def rewrapped(document: Document) -> Document:
    """The text with each paragraph filled anew to 72 columns, so that the items of a list run into one."""
    wrap = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    return replace(document, text="\n\n".join(wrap.fill(one) for one in _BLANK.split(document.text)))


def cut(document: Document) -> Document:
    """The first 60 % of the text, at a space."""
    text = document.text[: int(KEPT * len(document.text))]
    return replace(document, text=text.rpartition(" ")[0] or text, partial=True)


CHANGES: dict[str, Change] = {
    "Markdown stripped": without_markdown,
    "straight quotes": straight,
    "curly quotes": curly,
    "lines re-wrapped": rewrapped,
    "cut to 60 %": cut,
    "links removed": without_links,
}


def scores(model: LinearModel, documents: Sequence[Document]) -> Floats:
    """float64[d]: the scores, of articles that would be abstained from too."""
    score: Floats = 1 / (1 + np.exp(-logits(model, documents)[:, 0]))
    return score


def movement(before: Floats, after: Floats, jump: float = JUMP) -> dict[str, Any]:
    """Rank correlation of two scores of the same articles, and how far the second moved.

    >>> movement(np.array([0.1, 0.5, 0.9]), np.array([0.1, 0.6, 0.7]))["rank_correlation"]
    1.0
    """
    moved = np.abs(after - before)
    told = len(before) > 2 and np.ptp(before) > 0 and np.ptp(after) > 0
    return {
        "articles": len(before), "rank_correlation": float(spearmanr(before, after)[0]) if told else None,
        "mean": float(moved.mean()) if len(moved) else 0.0, "largest": float(moved.max(initial=0)),
        "jump": jump, "jumps": int((moved > jump).sum()),
    }  # fmt: skip


def measure_changes(model: LinearModel, documents: Sequence[Document]) -> dict[str, dict[str, Any]]:
    """`movement` for every change, over the articles that it alters."""
    before, out = scores(model, documents), {}
    for name, change in CHANGES.items():
        changed = [change(document) for document in documents]
        pairs = zip(documents, changed, strict=True)
        altered = [place for place, (one, other) in enumerate(pairs) if one.text != other.text]
        after = scores(model, [changed[place] for place in altered]) if altered else np.zeros(0)
        out[name] = movement(before[altered], after, LINK_JUMP if name == "links removed" else JUMP)
    return out


def with_sentence(document: Document, sentence: str, place: random.Random) -> Document:
    """The text with a sentence of another article put between two of its own."""
    ends = [match.end() for match in _SENTENCE.finditer(document.text)] or [len(document.text)]
    at = place.choice(ends)
    return replace(document, text=f"{document.text[:at].rstrip()} {sentence} {document.text[at:]}")


def added_sentences(documents: Sequence[Document], trials: int = TRIALS) -> Iterator[tuple[Document, Document]]:
    """Long articles drawn at random, each before and after it was given one sentence of another."""
    chance = random.Random(SEED)
    long = [document for document in documents if len(document.text.split()) >= LONG]
    for _ in range(trials if long else 0):
        document, giver = chance.choice(long), chance.choice(long)
        sentences = [one for one in _SENTENCE.split(giver.text) if "\n" not in one and len(one.split()) in WORDS]
        sentence = chance.choice(sentences or ["Nobody was hurt."])
        yield document, with_sentence(document, sentence.strip(), chance)


def measure_added(model: LinearModel, documents: Sequence[Document], trials: int = TRIALS) -> dict[str, Any]:
    """`movement` for one sentence added, over random trials on articles of 400 words and more."""
    pairs = list(added_sentences(documents, trials))
    if not pairs:
        return movement(np.zeros(0), np.zeros(0))
    before, after = (scores(model, [pair[side] for pair in pairs]) for side in (0, 1))
    return movement(before, after)


def pages_of(documents: Sequence[Document], folder: Path) -> Iterator[tuple[Document, Document]]:
    """Articles of which the folder has the saved page (``source-001.html.gz``), and what the reader makes of it."""
    for document in documents:
        path = folder / f"{document.id.replace('/', '-')}.html.gz"
        if path.is_file():
            with gzip.open(path) as stream:
                found = _only(stream, str(path))
            if found:
                yield document, replace(found, text=head(found.text))


def _only(stream: Any, source: str) -> Document | None:
    try:
        found = next(iter(read(stream, source, format="html")))
    except InputError:
        return None
    return None if isinstance(found, Reject) else found


def measure_pages(model: LinearModel, documents: Sequence[Document], folder: Path) -> dict[str, Any]:
    """`movement` from the text of an article to what the reader makes of its saved page."""
    pairs = list(pages_of(documents, folder))
    if not pairs:
        return movement(np.zeros(0), np.zeros(0))
    before, after = (scores(model, [pair[side] for pair in pairs]) for side in (0, 1))
    return movement(before, after)


def bounded(model: LinearModel) -> LinearModel:
    """The model with the signals on links drawn in until links that are lost cannot move the score by 0.08.

    A lost link makes its signal unknown, which counts as the mean; a signal is within ``CLIP`` deviations of it.
    """
    links = [len(model.terms) + place for place, one in enumerate(SIGNALS) if one.name.startswith("links_")]
    reach = CLIP * np.abs(model.weights[links, 0]).sum()
    weights = model.weights.copy()
    weights[links, 0] *= min(1.0, LINK_REACH / max(reach, 1e-9))
    return replace(model, weights=weights)
