"""Details: the sections of the worst articles, with their evidence computed again from their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from quality.document import Document
from quality.model import Score, Verdict
from quality.page.article import article
from quality.page.markup import Safe
from quality.report.phrases import Strongest
from quality.scored import AXES, Row
from quality.scorer import Scorer

CLOSE = 1e-6  # scores that differ by more are not of the same text
_DROPPED = "The text is not in the records (--drop-text), so its evidence is not at hand."
_OTHER = "The evidence is not at hand: the score is by the model {0}, this report was made with {1} (see --model)."
_ALTERED = "Scored again, this text gets {0}, not {1}: it was altered or read otherwise. The evidence is that of {0}."


class Details(NamedTuple):
    """The sections in the order of the rows, and what their evidence has in common."""

    sections: list[Safe]
    strongest: Strongest


def details(worst: Sequence[tuple[Row, Document | None]], scorer: Scorer) -> Details:
    """Sections for rows; the n-th has the anchor ``a`` and n."""
    strongest = Strongest()
    sections = []
    for number, (row, document) in enumerate(worst):
        shown, score, notes = _explained(row, document, scorer)
        if score.explained and row.verdict in ("farm", "suspect"):
            strongest.add(shown, score)
        sections.append(article(shown, score, f"a{number}", level=1, notes=notes))
    return Details(sections, strongest)


def _explained(row: Row, document: Document | None, scorer: Scorer) -> tuple[Document, Score, list[str]]:
    bare = Document("", row.id, row.source, row.url, row.title)
    if document is None:
        return bare, told(row), [_DROPPED]
    if row.model != scorer.name:
        return bare, told(row), [_OTHER.format(row.model, scorer.name)]
    score = scorer.score(document, explain=True)
    if score.score is None or row.score is None or abs(score.score - row.score) > CLOSE:
        again = f"{score.score:.3f}" if score.score is not None else f"no score ({score.reason})"
        return document, score, [_ALTERED.format(again, f"{row.score:.3f}")]
    return document, replace(score, verdict=cast(Verdict, row.verdict)), []


def told(row: Row) -> Score:
    """What a row says, without evidence."""
    axes = dict(zip(AXES, row.axes, strict=True)) if row.axes else None
    return Score(row.score, cast(Verdict, row.verdict), row.reason, axes, row.words, row.links, row.model)
