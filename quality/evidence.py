"""Evidence: the reasons for a score, kept in columns, so that thousands cost little until they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from quality import kernel
from quality.block import Ints
from quality.document import Span
from quality.sayings import PAD, PATTERNS, Sayings, escaped, opening
from quality.views import Floats

Spans = NDArray[np.int32]


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


class Columns(NamedTuple):
    """Pieces of evidence: what is said (``pattern`` and ``feature`` of a saying, int32[m] each), its contribution.

    ``spans``: int32[k, 2], those of one piece after those of the one before; ``ends``: int64[m], how many spans there
    are up to each piece and its own.
    """

    pattern: NDArray[np.int32]
    feature: NDArray[np.int32]
    contribution: Floats
    spans: Spans
    ends: Ints


class Explanation(Sequence[Evidence]):
    """All that is told of one text, in columns; each piece of evidence is made when it is looked at.

    >>> filler = np.zeros(1, np.int32)
    >>> columns = Columns(filler, filler, np.ones(1), np.array([[0, 3]], np.int32), np.array([1]))
    >>> one = Explanation("Say it.", Sayings(np.zeros(0, np.uint64), []), columns)
    >>> one[0].axis, one[0].quote, one.json()[-50:]
    ('filler', 'Say', b'"contribution":1.0,"spans":[[0,3]],"quote":"Say"}]')
    """

    def __init__(self, text: str, sayings: Sayings, columns: Columns) -> None:
        self.text, self.sayings, self.columns = text, sayings, columns

    def __len__(self) -> int:
        return len(self.columns.pattern)

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
        columns = self.columns
        first = int(columns.ends[place - 1]) if place else 0
        spans = tuple(Span(*span) for span in columns.spans[first : columns.ends[place]].tolist())
        said = self.sayings.saying(int(columns.pattern[place]), int(columns.feature[place]))
        return Evidence(*said, float(columns.contribution[place]), spans, _quote(self.text, spans))

    def json(self) -> bytes:
        """All pieces as an array of JSON, the same as of their ``as_dict`` and many times faster.

        Raises:
            TypeError: when the text holds half a surrogate pair, which UTF-8 has no bytes for.
        """
        import orjson

        if not len(self):
            return b"[]"
        try:
            text = self.text.encode()
        except UnicodeEncodeError as error:
            raise TypeError("half a surrogate pair is no UTF-8") from error
        numbers = orjson.dumps(self.columns.contribution, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1]
        return as_json(text, self.sayings, self.columns, numbers)


def _as_json(text: bytes, sayings: Sayings, columns: Columns, numbers: bytes) -> bytes:
    openings, names, longest = sayings.table
    count, found, room = len(columns.pattern), 0, 0
    while not room or found > room:  # once, or a second time with the room that is needed
        room = found or 320 * count
        out = np.empty(room, np.uint8)
        found = kernel.call(
            "evidence", columns.pattern, columns.feature, columns.spans.reshape(-1), columns.ends, count,
            np.frombuffer(numbers + PAD, np.uint8), len(numbers), np.frombuffer(text + b"\0", np.uint8), len(text),
            *openings, *names, longest, room, out,
        )  # fmt: skip
    return out[:found].tobytes()


@kernel.twin(_as_json)
def as_json(text: bytes, sayings: Sayings, columns: Columns, numbers: bytes) -> bytes:
    """Pieces of evidence (one or more) of a text in UTF-8 as an array of JSON; ``numbers``: the contributions in it."""
    openings = [opening(pattern) for pattern in PATTERNS]
    said = (
        (first, (name := sayings.names[feature]), second, name if third else b"", third)
        for (first, second, third), feature in zip(
            map(openings.__getitem__, columns.pattern.tolist()), columns.feature.tolist(), strict=True
        )
    )
    quotes = escaped(list(_quotes(text.decode(), columns)))
    parts = zip(said, numbers.split(b","), _spans_as_json(columns), quotes, strict=True)
    pieces = (b'%b%b,"spans":[%b],"quote":"%b"}' % (b"".join(opened), *rest) for opened, *rest in parts)
    return b"[" + b",".join(pieces) + b"]"


def _quote(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The words of the first span."""
    return " ".join(text[spans[0][0] : spans[0][1]].split()) if spans else ""


def _quotes(text: str, columns: Columns) -> Iterator[str]:
    first = np.append(0, columns.ends[:-1])
    begin, end = np.append(columns.spans, [[0, 0]], axis=0)[first].T
    end = np.where(first < columns.ends, end, begin)
    return (" ".join(text[a:b].split()) for a, b in zip(begin.tolist(), end.tolist(), strict=True))


def _spans_as_json(columns: Columns) -> Iterator[bytes]:
    """The spans of each piece, cut out of all of them as JSON: how long each is follows from its digits."""
    import orjson

    spans, ends = columns.spans, columns.ends
    data = orjson.dumps(spans, option=orjson.OPT_SERIALIZE_NUMPY)
    size = np.full(len(spans), len("[0,0],"))
    power = 10
    while power <= spans.max(initial=0):
        size += spans[:, 0] >= power
        size += spans[:, 1] >= power
        power *= 10
    edges = np.append(0, np.cumsum(size)) + len("[")
    begin = edges[np.append(0, ends[:-1])].tolist()
    return (data[a:b] for a, b in zip(begin, (edges[ends] - len(",")).tolist(), strict=True))
