"""Sayings: what can be said of a text, by numbers: three sentences of every signal and two of every term.

A saying is a pattern and the name of a feature (signals first, then terms), so that it is made, or written as JSON,
only where it is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quality import terms as term_names
from quality.lookup import U64
from quality.signals import SIGNALS

MORE, LESS, UNKNOWN = range(3)  # what a signal says: above what is usual, below it, or nothing
OF_TERMS = 3 * len(SIGNALS)  # the pattern of a term that is honest writing's; the next one is of a farm page's
APART = "\u2028"  # a blank, so that no name or quote holds it, which JSON writes as it is


PAD = bytes(16)  # after what the compiled kernel copies, so many bytes at a time
MARKS = 64  # bytes of a contribution and of the marks around it, its spans and its quote, and PAD once more, at most


class Saying(NamedTuple):
    """What is said of a term or a signal, in whatever text it is found."""

    axis: str
    name: str
    message: str


class Pattern(NamedTuple):
    """A sentence of an axis: all of it, or what stands before and after the name of a feature."""

    axis: str
    before: str
    after: str | None = None


class Pieces(NamedTuple):
    """Many pieces of JSON in one: bytes, and int64[m + 1], where each begins and the last one ends."""

    content: NDArray[np.uint8]
    edges: NDArray[np.int64]

    @classmethod
    def of(cls, pieces: Sequence[bytes]) -> Pieces:
        """One of many."""
        edges = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
        return cls(np.frombuffer(b"".join((*pieces, PAD)), np.uint8), edges)


PATTERNS = (
    *(
        Pattern(signal.axis, sentence)
        for signal in SIGNALS
        for sentence in (signal.more, signal.less, "It cannot be known from this text.")
    ),
    Pattern("wording", "The wording “", "” is more usual in honest writing."),
    Pattern("wording", "The wording “", "” is more usual in a farm page."),
)
"""By the number of a saying's pattern: 3 x signal + MORE, LESS or UNKNOWN; then those of terms."""


class Sayings:
    """All sayings of a model.

    >>> Sayings(np.array([(20 + 1) << 16 | (5 + 1)], np.uint64), ["said"]).saying(OF_TERMS + 1, len(SIGNALS))
    Saying(axis='wording', name='said .', message='The wording “said .” is more usual in a farm page.')
    """

    def __init__(self, keys: U64, words: Sequence[str]) -> None:
        self._keys, self._words = keys, words

    def _name(self, feature: int) -> str:
        if feature < len(SIGNALS):
            return SIGNALS[feature].name
        return term_names.name(int(self._keys[feature - len(SIGNALS)]), self._words)

    def saying(self, pattern: int, feature: int) -> Saying:
        """The saying of a pattern and a feature."""
        one, name = PATTERNS[pattern], self._name(feature)
        return Saying(one.axis, name, one.before if one.after is None else f"{one.before}{name}{one.after}")

    @cached_property
    def names(self) -> list[bytes]:
        """The names of all features as JSON, without quotation marks."""
        names = [signal.name for signal in SIGNALS]
        return escaped([*names, *(term_names.name(key, self._words) for key in self._keys.tolist())])

    @cached_property
    def table(self) -> tuple[Pieces, Pieces, int]:
        """For the compiled kernel: three pieces of each pattern (see `opening`), and the names.

        Then how long a piece of evidence is at most, as JSON, without its spans and its quote.
        """
        openings = [opening(pattern) for pattern in PATTERNS]
        longest = max(len(b"".join(one)) for one in openings) + 2 * max(map(len, self.names)) + MARKS
        return Pieces.of([piece for one in openings for piece in one]), Pieces.of(self.names), longest


def opening(pattern: Pattern) -> tuple[bytes, bytes, bytes]:
    """How evidence begins as JSON: what stands before and after the name, and after its second place if it has one.

    >>> opening(Pattern("filler", "It pads."))
    (b'{"axis":"filler","name":"', b'","message":"It pads.","contribution":', b'')
    """
    begin, end = b'{"axis":"%b","name":"' % pattern.axis.encode(), b'","contribution":'
    before, after = escaped([pattern.before, pattern.after or ""])
    middle = b'","message":"' + before
    return (begin, middle + end, b"") if pattern.after is None else (begin, middle, after + end)


def escaped(texts: Sequence[str]) -> list[bytes]:
    r"""Texts (one or more) that hold no U+2028 as JSON, without quotation marks.

    Raises:
        TypeError: for half a surrogate pair, which UTF-8 has no bytes for.

    >>> escaped(["so", 'said "so"'])
    [b'so', b'said \\"so\\"']
    """
    import orjson

    return orjson.dumps(APART.join(texts))[1:-1].split(APART.encode())
