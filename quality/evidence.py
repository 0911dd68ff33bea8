"""Evidence: the reasons for a score, kept in columns, so that thousands cost little until they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

import numpy as np

from quality.block import Ints
from quality.document import Span
from quality.views import Floats

_APART = "\u2028"  # a blank, so that no quote holds it, which JSON writes as it is


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: ``contribution`` is to the logit of ``farm``, signed; ``spans`` are characters of the text given."""

    axis: str
    name: str
    message: str
    contribution: float
    spans: tuple[Span, ...]
    quote: str

    def as_dict(self) -> dict[str, Any]:
        """The evidence as it stands in a record."""
        return {
            "axis": self.axis, "name": self.name, "message": self.message, "contribution": self.contribution,
            "spans": [list(span) for span in self.spans], "quote": self.quote,
        }  # fmt: skip


@dataclass(frozen=True)
class Message:
    """What is said of a term or a signal, in whatever text it is found."""

    axis: str
    name: str
    sentence: str

    @cached_property
    def opening(self) -> bytes:
        """How a piece of evidence that says it begins as JSON."""
        import orjson

        return orjson.dumps({"axis": self.axis, "name": self.name, "message": self.sentence})[:-1]


class Explanation(Sequence[Evidence]):
    """All that is told of one text, in columns; each piece of evidence is made when it is looked at.

    ``contributions``: float64[m]; ``spans``: int64[k, 2], those of one piece after those of the one before; ``ends``:
    int64[m], how many spans there are up to each piece and its own.

    >>> said = [Message("filler", "hedge", "It pads.")]
    >>> one = Explanation("Say it.", said, np.ones(1), np.array([[0, 3]]), np.array([1]))
    >>> one[0].quote, one.json()
    ('Say', b'[{"axis":"filler","name":"hedge","message":"It pads.","contribution":1.0,"spans":[[0,3]],"quote":"Say"}]')
    """

    def __init__(self, text: str, messages: Sequence[Message], contributions: Floats, spans: Ints, ends: Ints) -> None:
        self.text, self.messages = text, messages
        self.contributions, self.spans, self.ends = contributions, spans, ends

    def __len__(self) -> int:
        return len(self.messages)

    @overload
    def __getitem__(self, place: int) -> Evidence: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Evidence, ...]: ...
    def __getitem__(self, place: int | slice) -> Evidence | tuple[Evidence, ...]:
        if isinstance(place, slice):
            return tuple(map(self._piece, range(len(self))[place]))
        return self._piece(range(len(self))[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def _piece(self, place: int) -> Evidence:
        first = int(self.ends[place - 1]) if place else 0
        spans = tuple(Span(*span) for span in self.spans[first : self.ends[place]].tolist())
        said = self.messages[place]
        contribution = float(self.contributions[place])
        return Evidence(said.axis, said.name, said.sentence, contribution, spans, _quote(self.text, spans))

    def json(self) -> bytes:
        """All pieces as an array of JSON, the same as of their ``as_dict`` and many times faster.

        Raises:
            TypeError: when a quote holds half a surrogate pair, which UTF-8 has no bytes for.
        """
        import orjson

        if not self.messages:
            return b"[]"
        quotes = orjson.dumps(_APART.join(self._quotes()))[1:-1].split(_APART.encode())
        numbers = orjson.dumps(self.contributions, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
        columns = ([one.opening for one in self.messages], numbers, list(self._spans_as_json()), quotes)
        return b"[" + _joined(columns) + b"]"

    def _quotes(self) -> Iterator[str]:
        text, spans = self.text, self.spans
        first = np.append(0, self.ends[:-1])
        begin, end = np.append(spans, [[0, 0]], axis=0)[first].T
        end = np.where(first < self.ends, end, begin)
        return (" ".join(text[a:b].split()) for a, b in zip(begin.tolist(), end.tolist(), strict=True))

    def _spans_as_json(self) -> Iterator[bytes]:
        """The spans of each piece, cut out of all of them as JSON: how long each is follows from its digits."""
        import orjson

        data = orjson.dumps(self.spans, option=orjson.OPT_SERIALIZE_NUMPY)
        size = np.full(len(self.spans), len("[0,0],"))
        power = 10
        while power <= self.spans.max(initial=0):
            size += self.spans[:, 0] >= power
            size += self.spans[:, 1] >= power
            power *= 10
        edges = np.append(0, np.cumsum(size)) + len("[")
        begin = edges[np.append(0, self.ends[:-1])].tolist()
        return (data[a:b] for a, b in zip(begin, (edges[self.ends] - len(",")).tolist(), strict=True))


def _quote(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The words of the first span."""
    return " ".join(text[spans[0][0] : spans[0][1]].split()) if spans else ""


def _joined(columns: Sequence[Sequence[bytes]]) -> bytes:
    """Openings, contributions, spans and quotes as objects of JSON. One join is several times faster than one each."""
    count = len(columns[0])
    parts = [b""] * (8 * count)
    for place, column in enumerate(columns):
        parts[2 * place :: 8] = column
    for place, between in enumerate((b',"contribution":', b',"spans":[', b'],"quote":"', b'"},')):
        parts[2 * place + 1 :: 8] = [between] * count
    return b"".join(parts)[:-1]
