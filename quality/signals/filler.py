"""Filler phrasing: words that could be cut, found by phrase lists."""

from __future__ import annotations

from quality.signals.base import Signal, phrases

_SOURCE = "corpus/GUIDE.md, filler; each list in quality/language/en names its own sources"


def _list(name: str, more: str, less: str) -> Signal:
    return Signal(name, "filler", more, less, _SOURCE, *phrases(name))


SIGNALS = (
    _list("announcing", "It announces what it will say instead of saying it.", "It mostly comes to the point."),
    _list("truism", "It says what nobody would deny.", "It holds few truisms."),
    _list("evaluation", "It praises or weighs without saying anything.", "It holds little empty praise."),
    _list("hedge", "It pads with hedges and connectors.", "It holds few empty hedges and connectors."),
    _list(
        "call_to_action",
        "It calls on the reader to click, buy or sign up.",
        "It seldom calls on the reader to click, buy or sign up.",
    ),
    _list("cross_promotion", "It sends the reader to other pages.", "It hardly promotes other pages."),
)
