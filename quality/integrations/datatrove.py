"""datatrove: a filter that labels documents with their scores, and drops those of the verdicts it is told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, get_args

from quality.errors import UsageError
from quality.integrations import needed
from quality.model import Verdict
from quality.readers import Reject
from quality.scorer import Scorer

with needed("datatrove", "datatrove"):
    from datatrove.pipeline.filters.base_filter import BaseFilter

FIELD = "quality"
BATCH = 64  # documents scored at a time: enough for the speed of many


@lru_cache(maxsize=4)
def _scorer(model: str | None, threshold: float | None) -> Scorer:
    """Loaded once a process, where it is needed: what is sent to a worker is only how to load it."""
    scorer = Scorer.load(model)
    return scorer if threshold is None else scorer.with_threshold(threshold)


class QualityFilter(BaseFilter):  # type: ignore[misc]
    """Writes what ``quality batch`` adds to a record into ``metadata["quality"]``, with the same numbers.

    ``drop``: verdicts whose documents are dropped, with the verdict as reason (``quality_farm``); none of them with an
    empty one, which labels only. A document without a text is kept, its ``quality`` None and the reason beside it.
    Addresses are read from ``metadata["url"]``.
    """

    name = "🏷 quality"

    def __init__(  # noqa: PLR0913, PLR0917 - its options
        self, drop: Sequence[str] = ("farm",), model: str | None = None, threshold: float | None = None,
        explain: bool = False, exclusion_writer: Any = None, batch_size: int = BATCH,
    ) -> None:  # fmt: skip
        super().__init__(exclusion_writer, batch_size)
        if unknown := set(drop) - set(get_args(Verdict)):
            raise UsageError(f"drop: {', '.join(sorted(unknown))}: a verdict is {', '.join(get_args(Verdict))}")
        self.drop, self.model, self.threshold, self.explain = frozenset(drop), model, threshold, explain

    def filter(self, doc: Any) -> bool | tuple[bool, str]:
        """Whether a document is kept, or the reason why not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Any]) -> list[bool | tuple[bool, str]]:
        """The same of many documents, several times faster."""
        records = [{"id": doc.id, "url": doc.metadata.get("url"), "text": doc.text} for doc in batch]
        scores = _scorer(self.model, self.threshold).score_records(records, explain=self.explain)
        return [self._labelled(doc, score) for doc, score in zip(batch, scores, strict=True)]

    def _labelled(self, doc: Any, score: Any) -> bool | tuple[bool, str]:
        if isinstance(score, Reject):
            doc.metadata |= {FIELD: None, f"{FIELD}_rejected": score.reason}
            self.stat_update("quality_rejected")
            return True
        doc.metadata[FIELD] = score.as_dict()
        self.stat_update(f"quality_{score.verdict}")
        return score.verdict not in self.drop or (False, f"quality_{score.verdict}")
