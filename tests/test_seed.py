"""The documents that the project was started from: flagged, with evidence on every axis, and never trained on.

What the score is worth as evidence for the method stands in docs/model.md: less than a held-out figure.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

import quality
from quality.corpus import Article
from quality.corpus.rows import read_rows
from quality.signals import SIGNALS

ROOT = Path(__file__).parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
AXES = {signal.axis for signal in SIGNALS} | {"wording"}
RUN = 8  # words in a row that no article may share with a seed


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of words of a text."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_there_are_seeds() -> None:
    assert SEEDS
    assert {"filler", "repetition", "sourcing", "wording"} == AXES


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_is_flagged_with_evidence_on_every_axis(path: Path) -> None:
    text = read(path)
    score = quality.score(text, explain=True)
    assert score.score is not None
    assert score.score >= 0.5
    assert score.verdict in ("farm", "suspect")
    against = [one for one in score.evidence if one.contribution > 0 and one.quote]
    assert {one.axis for one in against} == AXES
    assert all(one.quote == " ".join(text[slice(*one.spans[0])].split()) for one in against)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_no_written_article_has_words_of_a_seed(path: Path, written: list[Article]) -> None:
    seed = runs(read(path))
    assert [article.id for article in written if seed & runs(article.text)] == []


@pytest.mark.shared
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_no_public_article_is_a_seed(path: Path, public: list[Article]) -> None:
    seed = runs(read(path))
    assert [article.id for article in public if len(seed & runs(article.text)) > 0.1 * len(seed)] == []


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_no_row_of_the_corpus_is_a_seed(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest not in {row.sha256 for row in read_rows(ROOT / "corpus" / "web.jsonl")}
