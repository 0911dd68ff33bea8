"""Stability: changes of form that say nothing new hardly move a score; and leakage, by hand-made corpora."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quality
from quality.document import Document
from quality.features import CLIP
from quality.leakage import measure_families, measure_pools
from quality.lexicon import Lexicon
from quality.markup import prose
from quality.model import LinearModel
from quality.phrases import Phrases
from quality.signals import SIGNALS
from quality.stability import (
    CHANGES,
    LONG,
    added_sentences,
    bounded,
    measure_added,
    measure_changes,
    measure_pages,
    movement,
    scores,
)
from quality.views import Reader, Views

HERE = Path(__file__).parent
CASES: dict[str, list[dict[str, Any]]] = json.loads((HERE / "cases" / "stability.json").read_text(encoding="utf-8"))
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))
READER = Reader(Lexicon(["the"]), Phrases.compile({}, Lexicon(["the"])))


@pytest.fixture(scope="module")
def model() -> LinearModel:
    return quality.load().model


@cache
def documents() -> tuple[Document, ...]:
    """Every third of the written articles, without their headers."""
    texts = [path.read_text(encoding="utf-8").split("\n---\n", 1)[1] for path in ARTICLES[::3]]
    plain = [Document(text, id=str(number), links="none") for number, text in enumerate(texts)]
    return tuple(replace(one, links="present") if prose(one).links else one for one in plain)


def tokens(text: str) -> list[int]:
    """Classes of the tokens of a text, as the model sees it."""
    return Views([Document(text)], READER).block.kind.tolist()


@pytest.mark.parametrize("case", CASES["same"], ids=lambda case: case["name"])
def test_same_tokens(case: dict[str, Any]) -> None:
    assert tokens(case["one"]) == tokens(case["other"])


@pytest.mark.parametrize("case", CASES["changed"], ids=lambda case: f"{case['change']}: {case['text'][:20]}")
def test_change(case: dict[str, Any]) -> None:
    changed = CHANGES[case["change"]](Document(case["text"], links="present"))
    assert changed.text == case["becomes"]
    assert changed.links == case.get("links", "present")


def test_every_change_has_a_case() -> None:
    assert {case["change"] for case in CASES["changed"]} == set(CHANGES)


LIMITS = {
    "Markdown stripped": (0.95, 0.06),
    "straight quotes": (0.995, 0.01),
    "curly quotes": (0.995, 0.01),
    "lines re-wrapped": (0.97, 0.06),
    "cut to 60 %": (0.9, 0.15),
    "links removed": (0.95, 0.06),
}
"""Least rank correlation and largest mean change over the written articles, which are shorter than public ones."""


@pytest.mark.parametrize("name", CHANGES)
def test_scores_hold(model: LinearModel, name: str) -> None:
    before = documents()
    changed = [CHANGES[name](one) for one in before]
    found = movement(scores(model, before), scores(model, changed))
    correlation, mean = LIMITS[name]
    assert found["rank_correlation"] >= correlation
    assert found["mean"] <= mean


def test_measured_over_the_articles_that_change(model: LinearModel) -> None:
    curly, straight = Document("“Yes,” said Ann Bray. " * 30), Document('"Yes," said Ann Bray. ' * 30)
    found = measure_changes(model, [curly, straight])
    assert {name: row["articles"] for name, row in found.items()} == {
        "Markdown stripped": 0, "straight quotes": 1, "curly quotes": 1, "lines re-wrapped": 2, "cut to 60 %": 2,
        "links removed": 0,
    }  # fmt: skip
    assert found["straight quotes"]["largest"] == found["curly quotes"]["largest"] == 0


def test_lost_links_cannot_move_a_score_far(model: LinearModel) -> None:
    heavy = model.weights.copy()
    heavy[len(model.terms) :, 0] = -1.0
    links = [len(model.terms) + place for place, one in enumerate(SIGNALS) if one.name.startswith("links_")]
    drawn = bounded(replace(model, weights=heavy))
    reach = CLIP * np.abs(drawn.weights[links, 0]).sum()
    assert 1 / (1 + np.exp(-reach / 2)) - 1 / (1 + np.exp(reach / 2)) <= 0.08
    others = np.setdiff1d(np.arange(len(heavy)), links)
    assert np.array_equal(drawn.weights[others], heavy[others])
    assert np.array_equal(drawn.weights[:, 1:], heavy[:, 1:])
    assert np.array_equal(bounded(drawn).weights, drawn.weights)


def test_added_sentences() -> None:
    long = Document("Ann Bray mended the weir. Nobody paid her for it. " * 60, id="long")
    short = Document("Too short to count. It is not drawn.", id="short")
    pairs = list(added_sentences([long, short], 20))
    assert len(pairs) == 20
    for before, after in pairs:
        assert before.id == after.id == "long"
        assert len(before.text.split()) >= LONG
        assert 3 <= len(after.text.split()) - len(before.text.split()) <= 40
        assert after.text.startswith(before.text[:20])
    assert pairs == list(added_sentences([long, short], 20)), "the same trials every time"


def test_nothing_to_add_to(model: LinearModel) -> None:
    assert measure_added(model, [Document("Too short.")])["articles"] == 0


def test_pages(model: LinearModel, tmp_path: Path) -> None:
    page = (HERE / "files" / "article.html").read_bytes()
    (tmp_path / "site-001.html.gz").write_bytes(gzip.compress(page))
    (tmp_path / "site-002.html.gz").write_bytes(gzip.compress(b"  "))
    articles = [Document("Ann Bray mended the weir. " * 40, id=name) for name in ("site/001", "site/002", "site/003")]
    assert measure_pages(model, articles, tmp_path)["articles"] == 1
    assert measure_pages(model, articles, tmp_path / "none")["articles"] == 0


@given(st.lists(st.floats(0, 1), min_size=3, max_size=20))
def test_movement_of_nothing_is_nothing(values: list[float]) -> None:
    found = movement(np.array(values), np.array(values))
    assert (found["mean"], found["largest"], found["jumps"]) == (0, 0, 0)
    assert found["rank_correlation"] in (None, pytest.approx(1.0))


def test_movement_by_hand() -> None:
    found = movement(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.3, 0.2, 0.3, 0.45]))
    assert found["mean"] == pytest.approx(0.0625)
    assert found["largest"] == pytest.approx(0.2)
    assert found["jumps"] == 1


def test_families_are_told_by_their_words(model: LinearModel) -> None:
    bees = [Document(f"The bees swarm in May. Keeper {n} saw them (twice)! " * 9) for n in range(6)]
    weirs = [Document(f'"No weir holds," he said; {n} men, 1952, left. ' * 9) for n in range(6)]
    found = measure_families(model, [*bees, *weirs], ["bees"] * 6 + ["weirs"] * 6)
    assert (found["articles"], found["families"], found["chance"]) == (12, 2, 0.5)
    assert found["accuracy"] == found["plain"] == 1.0
    assert measure_families(model, bees, ["bees"] * 6) == {}, "one family cannot be mistaken"


def test_pools_need_enough_of_both() -> None:
    farm = np.array([0.0] * 5 + [4.0] * 5 + [0.0] * 9 + [4.0])
    pools = ["both"] * 10 + ["one side"] * 10
    found = measure_pools(np.linspace(1, 0, 20), farm, pools)
    assert found == {"both": {"farm": 5, "honest": 5, "auroc": 0.0}}
