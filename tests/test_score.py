"""Scores through the library: one number whatever the batch, evidence that sums up, and abstention by its cases."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quality
from quality import scorer as scorer_module
from quality.abstain import REASONS
from quality.document import Document
from quality.errors import ModelError, UsageError
from quality.model import HEADS, LinearModel, Score
from quality.scorer import Scorer
from quality.signals import SIGNALS

HERE = Path(__file__).parent
ABSTAIN: list[dict[str, Any]] = json.loads((HERE / "cases" / "abstain.json").read_text(encoding="utf-8"))
ARTICLES = sorted((HERE.parent / "corpus" / "articles").glob("*/*.md"))
ODD = ["", "\0", ".", "\n\n\n", "# " * 90, "\ud800 word " * 90, "e\u0301" * 300, "the " * 5000, "A line.\r\n" * 90]
PIECES = ["the", "of", "and it was", "experts say", ".", "\n\n", "# ", "* "]


SHARED = cache(quality.load)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return SHARED()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in ARTICLES] + ODD


@pytest.fixture(scope="module")
def alone(scorer: Scorer, texts: list[str]) -> list[Score]:
    return [scorer.score(text, evidence=0) for text in texts]


def abstain_case(case: dict[str, Any]) -> Any:
    """A parameter; a case that says why it fails must go on failing until it is mended."""
    known = case.get("known_failure")
    marks = [pytest.mark.xfail(reason=known, strict=True)] if known else []
    return pytest.param(case, id=case["name"], marks=marks)


@pytest.mark.parametrize("case", [abstain_case(case) for case in ABSTAIN])
def test_abstention(scorer: Scorer, case: dict[str, Any]) -> None:
    score = scorer.score(Document(case["text"] * case.get("times", 1), extraction=case.get("extraction")))
    assert score.reason == case["reason"]
    assert (score.verdict == "abstain") == (score.score is None) == (score.axes is None) == (case["reason"] is not None)


def test_every_reason_has_a_case() -> None:
    assert {case["reason"] for case in ABSTAIN} == {*REASONS, None}


def test_abstention_in_a_batch_is_that_of_each_text(scorer: Scorer) -> None:
    documents = [Document(case["text"] * case.get("times", 1), extraction=case.get("extraction")) for case in ABSTAIN]
    assert [one.reason for one in scorer.score_many(documents)] == [scorer.score(one).reason for one in documents]


@pytest.mark.parametrize("size", [1, 1 << 12, 1 << 30])
def test_many_give_the_numbers_of_one_at_a_time(
    scorer: Scorer, texts: list[str], alone: list[Score], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorer_module, "CHUNK", size)
    order = random.Random(size).sample(range(len(texts)), len(texts))
    assert scorer.score_many(texts[place] for place in order) == [alone[place] for place in order]


def test_a_neighbour_does_not_change_how_lines_are_read(scorer: Scorer) -> None:
    wrapped = "The council voted last night to keep the old pool\nopen, although its boiler has to be replaced.\n" * 6
    unwrapped = "The council voted last night to keep the old pool open. " * 6 + "\n" + wrapped
    for texts in ([wrapped, unwrapped], [unwrapped, wrapped], [wrapped, unwrapped, wrapped]):
        assert scorer.score_many(texts) == [scorer.score(text, evidence=0) for text in texts]


def test_threads_share_a_scorer(scorer: Scorer, texts: list[str], alone: list[Score]) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: scorer.score(text, evidence=0), texts)) == alone


def test_nothing_in_nothing_out(scorer: Scorer) -> None:
    assert scorer.score_many([]) == []


def test_explanation_is_the_score(scorer: Scorer, texts: list[str]) -> None:
    for score in scorer.score_many(texts[::7], explain=True):
        if score.score is None or score.bias is None or score.logit is None:
            assert (score.verdict, score.evidence, score.bias, score.logit) == ("abstain", (), None, None)
            continue
        parts = [one.contribution for one in score.evidence]
        assert math.fsum([score.bias, *parts]) == pytest.approx(score.logit, abs=1e-9)
        assert score.score == pytest.approx(1 / (1 + math.exp(-score.logit)), abs=1e-12)
        assert parts == sorted(parts, key=abs, reverse=True)


def test_evidence_quotes_the_text(scorer: Scorer, texts: list[str]) -> None:
    for text in texts[::7]:
        for one in scorer.score(text, explain=True).evidence:
            assert all(0 <= start < end <= len(text) for start, end in one.spans)
            assert one.quote == (" ".join(text[slice(*one.spans[0])].split()) if one.spans else "")


def test_what_is_rare_is_not_quoted(scorer: Scorer, texts: list[str]) -> None:
    less, more = ({getattr(signal, side) for signal in SIGNALS} for side in ("less", "more"))
    evidence = [one for score in scorer.score_many(texts[:90:7], explain=True) for one in score.evidence]
    assert not any(one.spans for one in evidence if one.message in less)
    assert any(one.spans for one in evidence if one.message in more)


def test_strongest_evidence_is_the_head_of_all(scorer: Scorer, texts: list[str]) -> None:
    everything = scorer.score(texts[0], explain=True).evidence
    assert scorer.score(texts[0]).evidence == everything[:5]
    assert scorer.score_many(texts[:3], evidence=2)[0].evidence == everything[:2]
    assert scorer.score_many(texts[:3])[0].evidence == ()


def test_farm_versions_score_above_plain_ones(scorer: Scorer) -> None:
    subjects = sorted({path.parent for path in ARTICLES if (path.parent / "farm.md").exists()})
    texts = [(one / f"{name}.md").read_text(encoding="utf-8") for one in subjects for name in ("farm", "plain")]
    scores = [one.score or 0.0 for one in scorer.score_many(texts)]
    above = sum(farm > plain for farm, plain in zip(scores[::2], scores[1::2], strict=True))
    assert above >= 0.95 * len(subjects)


def test_threshold_is_replaced(scorer: Scorer, texts: list[str]) -> None:
    score = scorer.score(texts[0])
    assert score.score is not None
    assert scorer.with_threshold(score.score).score(texts[0]).verdict == "farm"
    assert scorer.with_threshold(math.nextafter(score.score, 2)).score(texts[0]).verdict != "farm"
    assert scorer.score(texts[0]) == score, "the scorer itself stays as it was"


@pytest.mark.parametrize("farm", [-0.1, 1.1, math.nan])
def test_threshold_is_a_probability(scorer: Scorer, farm: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        scorer.with_threshold(farm)


LINKED = "See [the report](https://example.org/report) that the council gave us. " * 10


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (LINKED, "present"),
        (Document(LINKED), "present"),
        (Document(LINKED, source="a.txt", links="unknown"), "unknown"),
        (Document("Plain words.", links="none"), "none"),
        ("Plain words.", "unknown"),
    ],
)
def test_links(scorer: Scorer, text: str | Document, links: str) -> None:
    assert scorer.score(text).links == links


def test_record_names_the_model(scorer: Scorer) -> None:
    meta = scorer.model.meta
    assert scorer.score("A text.").as_dict()["model"] == f"{meta['name']}:{meta['digest'][:8]}"


FIELDS = ["score", "verdict", "reason", "axes", "words", "links", "evidence", "model"]


def test_a_record_has_its_fields_under_their_names(scorer: Scorer, texts: list[str]) -> None:
    plain, explained = scorer.score(texts[0]), scorer.score(texts[0], explain=True)
    assert list(plain.as_dict()) == FIELDS
    assert list(explained.as_dict()) == [*FIELDS, "bias", "logit"]
    assert list(plain.as_dict()["axes"]) == ["filler", "repetition", "unsourced"]
    assert HEADS[0] == "farm"
    assert {name: plain.as_dict()[name] for name in FIELDS if name not in {"axes", "evidence"}} == {
        "score": plain.score, "verdict": plain.verdict, "reason": None, "words": plain.words, "links": plain.links,
        "model": scorer.name,
    }  # fmt: skip
    assert plain.as_dict()["evidence"] == [one.as_dict() for one in plain.evidence]


def test_a_score_as_it_is_made_tells_no_logit() -> None:
    bare = Score(None, "abstain", "too short", None, 3, "none", "en:1")
    assert list(bare.as_dict()) == FIELDS
    assert (bare.as_dict()["axes"], bare.as_dict()["evidence"]) == (None, [])


def test_a_model_may_tell_nothing_of_itself(scorer: Scorer) -> None:
    told = [getattr(scorer.model, one.name) for one in fields(scorer.model) if one.name != "meta"]
    bare = LinearModel(*told)
    assert bare.meta == {}
    assert Scorer(bare).name == "unnamed:"


def test_nothing_that_is_shared_can_be_changed(scorer: Scorer) -> None:
    for one in (scorer.score("Too short."), scorer.model):
        with pytest.raises(FrozenInstanceError):
            one.verdict = "ok"  # type: ignore[misc]
    assert not hasattr(scorer.score("Too short."), "__dict__")
    assert len({scorer.model, replace(scorer.model)}) == 2, "a model is equal to itself alone"


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(0.0, "ok"), (0.2499, "ok"), (0.25, "suspect"), (0.7499, "suspect"), (0.75, "farm"), (1.0, "farm")],
)
def test_verdicts_begin_at_their_thresholds(scorer: Scorer, score: float, verdict: str) -> None:
    limits = {"farm": 0.75, "suspect": 0.25}
    assert replace(scorer.model, thresholds=limits).verdict(score) == verdict


def test_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model here"):
        quality.load(tmp_path)


def test_public_names() -> None:
    assert quality.Document is Document
    assert quality.Score is Score
    assert quality.score("Too few words.").reason == "too short"
    with pytest.raises(AttributeError, match="nothing"):
        quality.nothing  # noqa: B018


def test_import_is_light() -> None:
    code = "import sys, quality; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = set("numpy sklearn scipy trafilatura click orjson joblib tqdm lxml pyarrow fsspec".split())  # noqa: SIM905
    assert not heavy & set(loaded)
    assert {name for name in loaded if name.startswith("quality")} == {"quality"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60) | st.sampled_from(PIECES)))
def test_any_text_has_a_score(parts: list[str]) -> None:
    text = " ".join(parts) * 5
    score = quality.score(text, explain=True)
    assert score.score is None or 0 <= score.score <= 1
    assert SHARED().score_many(["A first one.", text], explain=True)[1] == score
