"""Gather: one pass over scored records keeps what the page needs of each, and the texts of the worst."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from quality.document import Document
from quality.readers import Options, Reject
from quality.scored import VERDICTS, Row, document

NOWHERE = "(no address)"


class Limits(NamedTuple):
    """How many rows the table holds, and how many articles are shown with their evidence: the highest scores first."""

    rows: int = 20_000
    details: int = 200


@dataclass
class Batch:
    """What is kept of a batch. ``rows`` are in falling order of the score, abstentions last.

    ``worst`` holds the first of them with their documents, None where the text was dropped; ``left_out`` counts
    rows beyond the limit; the counters are over all records.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    worst: list[tuple[Row, Document | None]] = field(default_factory=list)
    left_out: int = 0
    unread: list[Reject] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Records that were scored or abstained from."""
        return self.verdicts.total()


def gather(found: Iterable[Row | Reject], options: Options, limits: Limits) -> Batch:
    """The batch of some records; only the texts of the worst are held."""
    batch = Batch(verdicts=Counter(dict.fromkeys(VERDICTS, 0)))
    texts: list[tuple[float, int, Row]] = []
    for number, row in enumerate(_rows(found, batch)):
        batch.verdicts[row.verdict] += 1
        batch.models[row.model] += 1
        if row.reason:
            batch.reasons[row.reason] += 1
        if row.score is not None and limits.details:
            push = heapq.heappush if len(texts) < limits.details else heapq.heappushpop
            push(texts, (row.score, -number, row))
        batch.rows.append(replace(row, record={}))
    batch.rows.sort(key=lambda row: -1.0 if row.score is None else row.score, reverse=True)
    batch.left_out = max(len(batch.rows) - limits.rows, 0)
    batch.worst = [(row, document(row, options)) for *_, row in sorted(texts, reverse=True)]
    return batch


def _rows(found: Iterable[Row | Reject], batch: Batch) -> Iterator[Row]:
    for one in found:
        if isinstance(one, Reject):
            batch.unread.append(one)
        else:
            yield one


def site_of(row: Row) -> str:
    """The site of a row: the host of its address.

    >>> said = ("", None, None, "abstain", "too short", None, 9, "none", "en")
    >>> site_of(Row("1", "a.xml", "https://www.example.org/a", *said, record={}))
    'example.org'
    """
    try:
        host = (urlsplit(row.url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    return host or NOWHERE
