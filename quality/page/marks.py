"""Marks: a text cut where evidence begins or ends, each piece with the evidence that lies on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quality.document import Span


class Piece(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and the numbers of the evidence that lies on all of them."""

    start: int
    end: int
    on: tuple[int, ...]


def pieces(length: int, evidence: Sequence[Sequence[Span]]) -> Iterator[Piece]:
    """The pieces of a text of ``length`` characters, in order and without gap, by the spans of each evidence.

    >>> [tuple(one) for one in pieces(9, [[Span(0, 4)], [Span(2, 6), Span(8, 20)]])]
    [(0, 2, (0,)), (2, 4, (0, 1)), (4, 6, (1,)), (6, 8, ()), (8, 9, (1,))]
    """
    edges: dict[int, list[tuple[int, int]]] = {0: [], length: []}
    for number, spans in enumerate(evidence):
        for start, end in spans:
            if start < min(end, length):
                edges.setdefault(start, []).append((number, 1))
                edges.setdefault(min(end, length), []).append((number, -1))
    depth: dict[int, int] = {}
    before = 0
    for edge in sorted(edges):
        if edge > before:
            yield Piece(before, edge, tuple(sorted(depth)))
        for number, step in edges[edge]:
            depth[number] = depth.get(number, 0) + step
        depth = {number: count for number, count in depth.items() if count}
        before = edge
