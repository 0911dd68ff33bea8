"""Evidence: the reasons for a score, kept in columns, so that thousands cost little until they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from quality.document import Span


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


class Message(NamedTuple):
    """What is said of a term or a signal, in whatever text it is found."""

    axis: str
    name: str
    sentence: str


@dataclass(frozen=True, eq=False, slots=True)
class Explanation(Sequence[Evidence]):
    """All that is told of one text, in columns; each piece of evidence is made when it is looked at.

    ``contributions``: float64[m]; ``spans``: int64[k, 2], those of one piece after those of the one before; ``ends``:
    int64[m], how many spans there are up to each piece and its own.

    >>> said = [Message("filler", "hedge", "It pads.")]
    >>> one = Explanation("Say it.", said, np.ones(1), np.array([[0, 3]]), np.array([1]))
    >>> one[0].quote, one.as_dicts()[0]["spans"]
    ('Say', [[0, 3]])
    """

    text: str
    messages: Sequence[Message]
    contributions: NDArray[np.float64]
    spans: NDArray[np.int64]
    ends: NDArray[np.int64]

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
        return Evidence(*self.messages[place], float(self.contributions[place]), spans, _quote(self.text, spans))

    def as_dicts(self) -> list[dict[str, Any]]:
        """Every piece as its own ``as_dict`` gives it, several times faster."""
        return [
            {
                "axis": axis, "name": name, "message": sentence, "contribution": contribution,
                "spans": spans, "quote": _quote(self.text, spans),
            }
            for (axis, name, sentence), contribution, spans
            in zip(self.messages, self.contributions.tolist(), self._spans(), strict=True)
        ]  # fmt: skip

    def _spans(self) -> Iterator[list[list[int]]]:
        """Spans of each piece."""
        spans, first = self.spans.tolist(), 0
        for end in self.ends.tolist():
            yield spans[first:end]
            first = end


def _quote(text: str, spans: Sequence[Sequence[int]]) -> str:
    """The words of the first span."""
    return " ".join(text[spans[0][0] : spans[0][1]].split()) if spans else ""


def as_dicts(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Evidence as it stands in a record."""
    return evidence.as_dicts() if isinstance(evidence, Explanation) else [one.as_dict() for one in evidence]
