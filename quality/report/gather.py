"""Gather: one pass over scored records keeps what the page needs of each, and the texts of the worst."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from quality.document import Document
from quality.readers import Options, Reject
from quality.scored import VERDICTS, Row, document
from quality.sites.address import site_of

NOWHERE = "(no site)"


class Limits(NamedTuple):
    """How many rows the table holds, and how many articles are shown with their evidence: the highest scores first."""

    rows: int = 20_000
    details: int = 200


@dataclass
class Batch:
    """What is kept of a batch. ``rows`` are in falling order of the score, abstentions last.

    ``sites`` names the site of each row; ``worst`` holds the first rows with their documents, None where the text was
    dropped; ``left_out`` counts rows beyond the limit; the counters are over all records.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    worst: list[tuple[Row, Document | None]] = field(default_factory=list)
    left_out: int = 0
    unread: list[Reject] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Records that were scored or abstained from."""
        return self.verdicts.total()


def gather(found: Iterable[Row | Reject], options: Options, limits: Limits, site_key: str = "") -> Batch:
    """The batch of some records; only the texts of the worst are held. ``site_key`` is a field that names the site."""
    batch = Batch(verdicts=Counter(dict.fromkeys(VERDICTS, 0)))
    texts: list[tuple[float, int, Row]] = []
    kept: list[tuple[Row, str]] = []
    for number, row in enumerate(_rows(found, batch)):
        batch.verdicts[row.verdict] += 1
        batch.models[row.model] += 1
        if row.reason:
            batch.reasons[row.reason] += 1
        if row.score is not None and limits.details:
            push = heapq.heappush if len(texts) < limits.details else heapq.heappushpop
            push(texts, (row.score, -number, row))
        kept.append((replace(row, record={}), site_of(row.url, row.record, row.source, site_key) or NOWHERE))
    kept.sort(key=lambda one: -1.0 if one[0].score is None else one[0].score, reverse=True)
    batch.rows, batch.sites = [row for row, _ in kept], [site for _, site in kept]
    batch.left_out = max(len(kept) - limits.rows, 0)
    batch.worst = [(row, document(row, options)) for *_, row in sorted(texts, reverse=True)]
    return batch


def _rows(found: Iterable[Row | Reject], batch: Batch) -> Iterator[Row]:
    for one in found:
        if isinstance(one, Reject):
            batch.unread.append(one)
        else:
            yield one
