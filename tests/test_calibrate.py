"""``quality calibrate`` and ``quality model diff``: through the library and through the command line."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import quality
from quality import store
from quality.adjust import Texts, adjust, report, with_prior
from quality.budget import fit, lowest, needed, threshold, upper, wilson
from quality.cli import quality as command
from quality.compare import BIAS, causes, compare
from quality.document import Document
from quality.errors import ModelError, UsageError
from quality.model import LinearModel
from quality.scorer import Scorer

ARTICLES = Path(__file__).parent.parent / "corpus" / "articles"
PLAIN, FARM = (
    [Document(path.read_text(encoding="utf-8"), id=path.parent.name) for path in sorted(ARTICLES.glob(f"*/{name}.md"))]
    for name in ("plain", "farm")
)


@pytest.fixture(scope="module")
def model() -> LinearModel:
    """The model at hand, which tells that three in ten of its articles were farm pages."""
    loaded = quality.load().model
    return replace(loaded, meta=loaded.meta | {"figures": loaded.meta["figures"] | {"farm_share": 0.3}})


@pytest.fixture(scope="module")
def folder(model: LinearModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "three-in-ten"
    store.save(model, path)
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(command, [str(arg) for arg in args])


def lines(path: Path, documents: list[Document]) -> Path:
    path.write_text("".join(json.dumps({"id": one.id, "text": one.text}) + "\n" for one in documents), encoding="utf-8")
    return path


# Budgets


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson_by_hand(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("budget", [0.001, 0.01, 0.05, 0.2, 0.5])
def test_needed_is_just_enough(budget: float) -> None:
    assert upper(0, needed(budget)) <= budget < upper(0, needed(budget) - 1)


SCORES = st.lists(st.floats(0, 1) | st.sampled_from([0.25, 0.5]), min_size=1, max_size=400)


@given(SCORES, st.sampled_from([0.01, 0.05, 0.3]))
def test_threshold_keeps_its_budget(values: list[float], budget: float) -> None:
    good = np.array(values)
    limit = threshold(good, budget)
    assert (good >= limit).mean() <= budget
    below = np.unique(good[good < limit])
    assert not below.size or (good >= below[-1]).mean() > budget, "a lower one would flag too many"


@given(SCORES, st.sampled_from([0.01, 0.05, 0.3]))
def test_fit_keeps_its_bound(values: list[float], budget: float) -> None:
    good = np.array(values)
    found = fit(good, budget, own=0.4)
    assert found.flagged == (good >= found.threshold).sum()
    if found.needed:
        assert len(good) < found.needed == needed(budget)
        assert (found.flagged, found.threshold) == (0, max(0.4, lowest(good, 0)))
    else:
        assert found.bound == upper(found.flagged, len(good)) <= budget


# Adjusted models


def test_adjusted_model_keeps_to_its_good_texts(model: LinearModel) -> None:
    budgets = {"farm": 0.05, "suspect": 0.2}
    found = adjust(model, "ours-1", Texts(PLAIN, FARM), budgets)
    scorer = Scorer(found.model)
    verdicts = [one.verdict for one in scorer.score_many(PLAIN)]
    for verdict, flags in (("farm", {"farm"}), ("suspect", {"farm", "suspect"})):
        fitted = found.fitted[verdict]
        assert sum(one in flags for one in verdicts) == fitted.flagged
        assert upper(fitted.flagged, len(PLAIN)) <= budgets[verdict]
        assert found.found[verdict] == sum(one.verdict in flags for one in scorer.score_many(FARM))
    assert found.found["farm"] > len(FARM) / 2
    assert scorer.score_many(PLAIN[:3])[0].score == Scorer(model).score_many(PLAIN[:3])[0].score


def test_few_texts_never_lower_a_threshold(model: LinearModel) -> None:
    found = adjust(model, "ours-1", Texts(PLAIN[:9]))
    assert found.model.thresholds["farm"] >= model.thresholds["farm"]
    told = "\n".join(report(found))
    assert "too few good texts: 9 cannot show 1.00% of false positives, 268 are needed" in told
    assert "52 are needed" in told


@pytest.mark.parametrize("prior", [0.01, 0.3, 0.8])
def test_prior_shifts_the_logit_by_the_log_odds(model: LinearModel, prior: float) -> None:
    moved = with_prior(model, prior)
    shift = math.log(prior / (1 - prior)) - math.log(0.3 / 0.7)
    before, after = (Scorer(one).score(FARM[0], explain=True) for one in (model, moved))
    assert before.logit is not None
    assert after.logit == pytest.approx(before.logit + shift)
    assert after.axes == before.axes
    verdicts = [[one.verdict for one in Scorer(each).score_many(FARM + PLAIN)] for each in (model, moved)]
    assert verdicts[0] == verdicts[1], "the model's own thresholds move along"


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0, math.nan])
def test_a_prior_is_a_share(model: LinearModel, prior: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        with_prior(model, prior)


def test_a_prior_needs_the_share_of_training(model: LinearModel) -> None:
    with pytest.raises(ModelError, match="train again"):
        with_prior(replace(model, meta={}), 0.5)


@pytest.mark.parametrize(
    ("texts", "budgets", "said"),
    [
        (Texts([Document("Too short.")]), {"farm": 0.01, "suspect": 0.05}, "none of the good texts"),
        (Texts([]), {"farm": 0.01, "suspect": 0.05}, "none of the good texts"),
        (Texts(PLAIN[:1]), {"farm": 0.05, "suspect": 0.01}, "--fpr-farm <= --fpr-suspect"),
    ],
)
def test_what_cannot_be_adjusted(model: LinearModel, texts: Texts, budgets: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        adjust(model, "ours-1", texts, budgets)


# The command


def test_calibrate(folder: Path, tmp_path: Path) -> None:
    good, bad = lines(tmp_path / "good.jsonl", PLAIN), lines(tmp_path / "bad.jsonl", FARM)
    options = ["--fpr-farm", 0.05, "--fpr-suspect", 0.2, "--prior", 0.1, "--model", folder]
    done = run("calibrate", "--good", good, "--bad", bad, *options, "-o", tmp_path / "ours")
    assert done.exit_code == 0, done.output
    made, original = store.load(tmp_path / "ours"), store.load(folder)
    assert made.meta["name"] == f"ours-{quality.__version__}"
    assert made.meta["digest"] != original.meta["digest"]
    assert made.meta["adjusted"]["from"] == f"{original.meta['name']}:{original.meta['digest'][:8]}"
    assert made.meta["adjusted"]["good"] == len(PLAIN)
    assert made.bias[0] < original.bias[0]
    assert np.array_equal(made.weights, original.weights)
    assert f"of {len(PLAIN)} good texts" in done.output
    assert f"of {len(FARM)} bad texts" in done.output
    assert made.meta["digest"] in done.output
    assert "## Adjusted" in (tmp_path / "ours" / "README.md").read_text(encoding="utf-8")
    scored = run("score", "--format", "jsonl", "--model", tmp_path / "ours", ARTICLES / PLAIN[0].id / "plain.md")
    assert json.loads(scored.output)["quality"]["model"] == f"ours-{quality.__version__}:{made.meta['digest'][:8]}"


def test_calibrate_says_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(PLAIN[0].text, encoding="utf-8")
    (tmp_path / "empty.txt").write_bytes(b"")
    files = ["--good", tmp_path / "good.md", "--good", tmp_path / "empty.txt"]
    done = run("calibrate", *files, "-o", tmp_path / "ours")
    assert done.exit_code == 2
    assert "empty.txt: is empty" in done.output
    assert store.load(tmp_path / "ours").meta["adjusted"]["good"] == 1


@pytest.mark.parametrize("options", [["--fpr-farm", "1"], ["--prior", "0"], ["--good", "none.jsonl"]])
def test_calibrate_refuses(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(PLAIN[0].text, encoding="utf-8")
    done = run("calibrate", "--good", tmp_path / "good.md", *options, "-o", tmp_path / "ours")
    assert done.exit_code == 2
    assert not (tmp_path / "ours").exists()


def without(meta: Mapping[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    inner = {first: without(meta[first], rest)} if rest else {}
    return {name: value for name, value in meta.items() if name != first} | inner


def with_value(meta: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return {**meta, first: with_value(meta[first], rest, value) if rest else value}


OLD = {
    "no language": (without, "language"),
    "no corpus": (without, "corpus"),
    "no settings": (without, "settings"),
    "no versions": (without, "versions"),
    "a corpus without families": (without, "corpus.families"),
    "figures without intervals": (without, "figures.intervals"),
    "figures without lengths": (without, "figures.lengths"),
    "figures that are a number": (with_value, "figures", 3),
    "figures that are text": (with_value, "figures.farm.auroc", "high"),
    "settings in a list": (with_value, "settings", [1]),
    "an interval of one": (with_value, "figures.intervals.auroc", [0.5]),
}
"""How model.json of another version may differ from this one's, and still be whole."""


@pytest.mark.parametrize("case", OLD)
def test_a_model_of_another_version_is_told_before_the_work(case: str, model: LinearModel, tmp_path: Path) -> None:
    change, *path = OLD[case]
    store.save(replace(model, meta=change(model.meta, *path)), tmp_path / "old")
    (tmp_path / "good.md").write_text(PLAIN[0].text, encoding="utf-8")
    done = run("calibrate", "--good", tmp_path / "good.md", "--model", tmp_path / "old", "-o", tmp_path / "ours")
    assert done.exit_code == 2
    assert re.fullmatch(r"quality: model\.json: does not tell .*; train again\n", done.output), done.output
    assert not (tmp_path / "ours").exists()


# Two models compared


def test_a_model_equals_itself(model: LinearModel) -> None:
    found = compare(Scorer(model), Scorer(model), [*PLAIN[:5], Document("Too short.")])
    assert (found.articles, found.scored, found.mean, list(found.changes)) == (6, 5, 0.0, [])
    assert found.rank_correlation == pytest.approx(1.0)
    assert all(before == after for before, after in found.verdicts)


def test_causes_sum_to_the_change_of_the_logit(model: LinearModel) -> None:
    weights = model.weights.copy()
    weights[::7, 0] *= 2
    other = replace(model, weights=weights, bias=model.bias + 0.5)
    found = compare(Scorer(model), Scorer(other), PLAIN[:4] + FARM[:4], most=3)
    assert len(found.changes) == 3
    moved = [abs(one.moved) for one in found.changes]
    assert moved == sorted(moved, reverse=True)
    for one in found.changes:
        assert one.before.logit is not None
        assert one.after.logit is not None
        assert math.fsum(by for _, by in one.causes) == pytest.approx(one.after.logit - one.before.logit)
        assert dict(one.causes)[BIAS] == pytest.approx(0.5)


def test_an_abstention_changes_nothing() -> None:
    short = quality.score("Too short.", explain=True)
    assert causes(short, short) == ()


def test_diff(folder: Path, tmp_path: Path) -> None:
    file = lines(tmp_path / "some.jsonl", FARM[:8] + PLAIN[:8])
    run("calibrate", "--good", file, "--prior", 0.9, "--model", folder, "-o", tmp_path / "ours")
    done = run("model", "diff", folder, tmp_path / "ours", file, "--most", 2)
    assert done.exit_code == 0, done.output
    assert "16 of 16 articles scored by both" in done.output
    assert "rank correlation 1.0000" in done.output
    assert "verdicts change" in done.output
    assert done.output.count(" bias\n") == 3, "both articles, and the mean of both"


def test_diff_scores_the_written_articles_by_default(folder: Path, tmp_path: Path) -> None:
    for one in PLAIN[:2]:
        shutil.copytree(ARTICLES / one.id, tmp_path / "corpus" / "articles" / one.id)
    done = run("model", "diff", folder, folder, "--corpus", tmp_path / "corpus")
    assert done.output.splitlines()[0] == "10 of 10 articles scored by both"
    assert run("model", "diff", folder, folder, "--corpus", tmp_path / "none").exit_code == 2


def test_diff_tells_unreadable_files(folder: Path, tmp_path: Path) -> None:
    file = lines(tmp_path / "some.jsonl", PLAIN[:3])
    done = run("model", "diff", folder, folder, file, tmp_path / "none.txt")
    assert done.exit_code == 2
    assert "none.txt: no such file" in done.output
    assert "3 of 3 articles" in done.output
