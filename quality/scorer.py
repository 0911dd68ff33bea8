"""Scorer: one model, loaded once; texts in, scores out, one at a time or many, with the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quality import abstain, store
from quality.document import Document
from quality.errors import UsageError
from quality.explain import Explainer
from quality.model import HEADS, LinearModel, Score, describe
from quality.views import Floats, Reader, Views

if TYPE_CHECKING:
    import pyarrow as pa

    from quality.readers.base import Options, Reject

CHUNK = 1 << 20  # characters laid in one block: less loses speed, more gains none
STRONGEST = 5  # pieces of evidence told of a single text unless all are asked for

Text = str | Document


@dataclass(frozen=True, eq=False)
class Scorer:
    """Scores texts with a model. Immutable: it can be shared between threads.

    >>> Scorer.load().score("Too few words.").reason
    'too short'
    """

    model: LinearModel

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Scorer:
        """Scorer of a model folder; None stands for the model that comes with the package.

        Raises:
            ModelError: when the folder holds no model that can be used.
        """
        return cls(store.load(folder))

    @cached_property
    def name(self) -> str:
        """The model's name and the first 8 hex digits of its digest, as every record tells it."""
        return f"{self.model.meta.get('name', 'unnamed')}:{self.model.meta.get('digest', '')[:8]}"

    @cached_property
    def _reader(self) -> Reader:
        return self.model.reader()

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.model)

    def with_threshold(self, farm: float) -> Scorer:
        """The same scorer with another score from which a text is ``farm``, and ``suspect`` at the latest.

        Raises:
            UsageError: when it is no number in [0, 1].
        """
        if not 0 <= farm <= 1:
            raise UsageError(f"a threshold lies between 0 and 1, not at {farm}")
        suspect = min(farm, self.model.thresholds["suspect"])
        return Scorer(replace(self.model, thresholds={"farm": farm, "suspect": suspect}))

    def score(self, text: Text, explain: bool = False, evidence: int | None = STRONGEST) -> Score:
        """Score of one text with its strongest ``evidence`` (None: all).

        ``explain`` gives all of it, with ``bias`` and ``logit``: bias and contributions sum to the logit.
        """
        return self.score_many([text], explain, evidence)[0]

    def score_many(self, texts: Iterable[Text], explain: bool = False, evidence: int | None = 0) -> list[Score]:
        """Scores of many texts, in their order: the same numbers as one at a time, several times faster."""
        most = None if explain else evidence
        return [score for chunk in _chunks(texts) for score in self._score_chunk(chunk, explain, most)]

    def score_records(
        self, records: Iterable[Mapping[str, Any]], reading: Options | None = None, explain: bool = False
    ) -> list[Score | Reject]:
        """Scores of records, read as ``quality batch`` reads them; a reject with the reason for one without a text.

        ``reading`` names the fields of text and address where they have no usual names.

        >>> Scorer.load().score_records([{"body": "Too few words."}, {"title": "Nothing else"}])[1].reason
        'has no text; its fields are title (see --text-key)'
        """
        from quality.readers import DEFAULT, Reject
        from quality.readers.fields import document

        options = reading or DEFAULT
        found = [document(dict(one), "records", f"record {n}", options) for n, one in enumerate(records, 1)]
        scores = iter(self.score_many([one for one in found if not isinstance(one, Reject)], explain))
        return [one if isinstance(one, Reject) else next(scores) for one in found]

    def score_table(self, table: Any, text: str = "text") -> pa.Table:
        """An Arrow table (or what becomes one: Polars, pandas, DuckDB) with the scores of its rows.

        ``text`` names the column of texts (``a.b`` for b within the struct a); a column of addresses is used by its
        usual names. The column added, ``quality``, is what ``quality batch`` writes into Parquet, and null where there
        is no text.

        Raises:
            UsageError: when there is no such column of texts, or pyarrow is not installed.
        """
        from quality.tables import with_scores

        return with_scores(table, text, self.score_records)

    def _score_chunk(self, documents: list[Document], explain: bool, most: int | None) -> Iterator[Score]:
        views, rows = describe(documents, self.model, self._reader)
        logits, reasons = self.model.logits(rows), abstain.reasons(documents, rows.counted)
        scored = np.array([not reason for reason in reasons], bool)
        evidence = self._explainer.explain(views, rows, scored, most) if most != 0 else []
        heads, links = logistic(logits).tolist(), _links(views)
        words = rows.counted["words"].astype(np.int64).tolist()
        for doc, reason in enumerate(reasons):
            score = self._score(heads[doc], reason, words[doc], links[doc], explain)
            if evidence and not reason:
                score = replace(score, evidence=evidence[doc])
            if explain and not reason:
                score = replace(score, bias=float(self.model.bias[0]), logit=float(logits[doc, 0]))
            yield score

    def _score(self, heads: list[float], reason: str | None, words: int, links: str, explained: bool) -> Score:
        if reason:
            return Score(None, "abstain", reason, None, words, links, self.name, explained=explained)
        score = heads[0]
        named = dict(zip(HEADS[1:], heads[1:]))  # noqa: B905 - once a document
        return Score(score, self.model.verdict(score), None, named, words, links, self.name, explained=explained)


def logistic(logits: Floats) -> Floats:
    """1 / (1 + exp(-logit)), without overflow.

    >>> logistic(np.array([-1000.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    small = np.exp(-np.abs(logits))
    return np.where(logits < 0, small, 1.0) / (1.0 + small)


def _links(views: Views) -> list[str]:
    """What the reader says of links; in a text that came without a reader they are looked for here."""
    has = views.links.sum(axis=1)
    return [
        "present" if not one.source and one.links == "unknown" and has[doc] else one.links
        for doc, one in enumerate(views.documents)
    ]


def _chunks(texts: Iterable[Text]) -> Iterator[list[Document]]:
    chunk: list[Document] = []
    size = 0
    for text in texts:
        document = text if isinstance(text, Document) else Document(text)
        chunk.append(document)
        size += len(document.text)
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk
