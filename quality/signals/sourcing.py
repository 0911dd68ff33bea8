"""Sourcing: what a reader could check, against attributions to nobody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quality.block import MONEY, NUMBER, PERCENT, YEAR, Bools
from quality.phrases import Hits
from quality.pieces import counts
from quality.signals.base import Signal, phrases, rate, tokens
from quality.views import Floats, Views

_SOURCE = "corpus/GUIDE.md, unsourced"


def _list(name: str, more: str, less: str) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *phrases(name))


def _count(name: str, more: str, less: str, choose: Callable[[Views], Bools]) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *tokens(choose))


def _words(name: str, more: str, less: str) -> Signal:
    return _count(name, more, less, lambda views: views.listed(name))


def _speakers(views: Views) -> Bools:
    """Verbs of saying within three tokens of a name of the same document."""
    doc, verbs = views.block.doc, np.flatnonzero(views.listed("saying"))
    speakers = np.zeros(len(doc), bool)
    for step in range(-3, 4):
        near = np.clip(verbs + step, 0, len(doc) - 1)
        speakers[verbs] |= views.names[near] & (doc[near] == doc[verbs])
    return speakers


def _amounts(views: Views) -> Bools:
    amounts: Bools = (views.block.kind == MONEY) | (views.block.kind == PERCENT)
    return amounts


def _bare_sentences(views: Views) -> tuple[Bools, Bools]:
    """bool[s] twice: sentences of five words or more without name, figure, quotation or first person; and all such."""
    kind = views.block.kind
    figures = (kind == NUMBER) | (kind == YEAR) | _amounts(views)
    basis = views.names | figures | views.quoted | views.listed("first_person")
    long = views.sentences.words >= 5
    return long & (counts(basis, views.sentences.first) == 0), long


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
    return lambda views: rate(views, views.link_counts[kind])


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
    _words("first_person", "The writer speaks in the first person.", "No writer is to be seen."),
    _words("second_person", "It talks at the reader (you, your).", "It does not talk at the reader."),
    _link("outbound", "It links to pages elsewhere.", "It links to nothing elsewhere."),
    _link("own", "It links to its own site.", "It does not link to its own site."),
    _link("affiliate", "It carries affiliate links.", "It carries no affiliate links."),
)  # fmt: skip
