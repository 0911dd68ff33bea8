"""Sourcing: what a reader could check, against attributions to nobody."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from quality.block import NUMBER, YEAR, Bools
from quality.counted import Counted, amounts, bare, speakers
from quality.phrases import Hits
from quality.signals.base import Signal, phrases, rate, tokens
from quality.views import Floats, Views

_SOURCE = "corpus/GUIDE.md, unsourced"


def _list(name: str, more: str, less: str) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *phrases(name))


def _count(name: str, more: str, less: str, choose: Callable[[Views], Bools]) -> Signal:
    return Signal(name, "sourcing", more, less, _SOURCE, *tokens(name, choose))


def _words(name: str, more: str, less: str) -> Signal:
    return _count(name, more, less, lambda views: views.listed(name))


def _bare(counted: Counted) -> Floats:
    """Share of bare sentences, with one of each kind added."""
    return np.sqrt((counted["bare"] + 1) / (counted["long"] + 2))


def _find_bare(views: Views) -> Hits:
    chosen = bare(views)
    return Hits(views.sentences.first[chosen], views.sentences.last[chosen])


def _link(kind: str, more: str, less: str) -> Signal:
    """Links of a kind; unknown (NaN) where the text has none and its format may have lost them."""
    return Signal(f"links_{kind}", "sourcing", more, less, _SOURCE, rate(kind))


SIGNALS = (
    _list("vague", "It leans on nobody in particular (experts, studies).", "It hardly leans on nameless experts."),
    _list("document", "It names documents, offices and days.", "It names few documents, offices and days."),
    _list("firsthand", "The writer was there.", "Hardly anything in it was seen or tried by the writer."),
    _count("speakers", "Named people say what they say.", "Hardly a named person speaks in it.", speakers),
    _count("quotations", "It quotes.", "It hardly quotes.", lambda views: views.quoted),
    _count("numbers", "It gives figures.", "It gives hardly a figure.", lambda views: views.block.kind == NUMBER),
    _count("years", "It gives years.", "It gives hardly a year.", lambda views: views.block.kind == YEAR),
    _count("amounts", "It gives sums and percentages.", "It gives hardly a sum or percentage.", amounts),
    _count("names", "It names people, places and things.", "It names hardly anything.", lambda views: views.names),
    Signal(
        "bare_sentences", "sourcing", "Sentence after sentence has no name, figure, quotation or witness.",
        "Most sentences hold something to check.", _SOURCE, _bare, _find_bare,
    ),
    _words("first_person", "The writer speaks in the first person.", "The writer is hardly to be seen."),
    _words("second_person", "It talks at the reader (you, your).", "It hardly talks at the reader."),
    _link("outbound", "It links to pages elsewhere.", "It links to hardly a page elsewhere."),
    _link("own", "It links to its own site.", "It hardly links to its own site."),
    _link("affiliate", "It carries affiliate links.", "It carries hardly an affiliate link."),
)  # fmt: skip
