"""Sourcing: what a reader could check, against attributions to nobody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quality.block import MONEY, NUMBER, PERCENT, YEAR, Bools
from quality.phrases import Hits
from quality.signals.base import Signal, phrases, rate, tokens
from quality.views import Floats, Views

_SOURCE = "corpus/GUIDE.md, unsourced"
_I = ("i", "my", "me", "i'm", "i've", "i'd", "i'll")
_YOU = ("you", "your", "yours", "you're", "you'll", "you've", "you'd")
LINK_KINDS = ("outbound", "own", "affiliate")


def _list(name: str, more: str, less: str) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *phrases(name))


def _count(name: str, more: str, less: str, choose: Callable[[Views], Bools]) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *tokens(choose))


def _near(mask: Bools, reach: int) -> Bools:
    """Tokens with a chosen token at most ``reach`` tokens away."""
    out = mask.copy()
    for step in range(1, reach + 1):
        out[step:] |= mask[:-step]
        out[:-step] |= mask[step:]
    return out


def _speakers(views: Views) -> Bools:
    """Verbs of saying within three tokens of a name."""
    speakers: Bools = views.listed("saying") & _near(views.names, 3)
    return speakers


def _one_of(words: tuple[str, ...]) -> Callable[[Views], Bools]:
    def choose(views: Views) -> Bools:
        known = [one for one in views.reader.lexicon.ids(words) if one >= 0]
        chosen: Bools = np.isin(views.block.word, known)
        return chosen

    return choose


def _amounts(views: Views) -> Bools:
    return np.isin(views.block.kind, (MONEY, PERCENT))


def _bare_sentences(views: Views) -> tuple[Bools, Bools]:
    """bool[s] twice: sentences of five words or more without name, figure, quotation or first person; and all such."""
    kind = views.block.kind
    basis = views.names | (kind == NUMBER) | (kind == YEAR) | _amounts(views) | views.quoted | _one_of(_I)(views)
    long = views.sentences.words >= 5
    return long & ~np.logical_or.reduceat(basis, views.sentences.first), long


def _bare(views: Views) -> Floats:
    """Share of bare sentences, with one of each kind added."""
    bare, long = _bare_sentences(views)
    doc, docs = views.sentences.doc, views.block.docs
    return np.sqrt((np.bincount(doc[bare], minlength=docs) + 1) / (np.bincount(doc[long], minlength=docs) + 2))


def _find_bare(views: Views) -> Hits:
    bare, _ = _bare_sentences(views)
    return Hits(views.sentences.first[bare], views.sentences.last[bare])


def _link_rate(kind: str) -> Callable[[Views], Floats]:
    """Links of a kind; unknown (NaN) where the text has none and its format may have lost them."""

    def measure(views: Views) -> Floats:
        count = np.array([sum(link.kind == kind for link in links) for links in views.links], float)
        pairs = zip(views.links, views.documents, strict=True)
        known = np.array([bool(links) or document.links == "none" for links, document in pairs])
        return np.where(known, rate(views, count), np.nan)

    return measure


def _link(kind: str, more: str, less: str) -> Signal:
    return Signal(f"links_{kind}", "sourcing", more, less, _SOURCE, _link_rate(kind))


SIGNALS = (
    _list("vague", "It leans on nobody in particular (experts, studies).", "It does not lean on nameless experts."),
    _list("document", "It names documents and offices.", "It names no document and no office."),
    _list("firsthand", "The writer was there.", "Nothing in it was seen or tried by the writer."),
    _count("speakers", "Named people say what they say.", "No named person speaks in it.", _speakers),
    _count("quotations", "It quotes.", "It quotes nobody.", lambda views: views.quoted),
    _count("numbers", "It gives figures.", "It gives hardly a figure.", lambda views: views.block.kind == NUMBER),
    _count("years", "It gives years.", "It gives no years.", lambda views: views.block.kind == YEAR),
    _count("amounts", "It gives sums and percentages.", "It gives no sums.", _amounts),
    _count("names", "It names people, places and things.", "It names hardly anything.", lambda views: views.names),
    Signal(
        "bare_sentences", "sourcing", "Sentence after sentence has no name, figure, quotation or witness.",
        "Most sentences hold something to check.", _SOURCE, _bare, _find_bare,
    ),
    _count("first_person", "The writer speaks in the first person.", "No writer is to be seen.", _one_of(_I)),
    _count("second_person", "It talks at the reader (you, your).", "It does not talk at the reader.", _one_of(_YOU)),
    _link("outbound", "It links to pages elsewhere.", "It links to nothing elsewhere."),
    _link("own", "It links to its own site.", "It does not link to its own site."),
    _link("affiliate", "It carries affiliate links.", "It carries no affiliate links."),
)  # fmt: skip
