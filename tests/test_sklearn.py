"""scikit-learn's own checks of estimators, and the two estimators in its pipelines and searches."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline, make_union
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

import quality
from quality import store
from quality.corpus import Article
from quality.document import Document
from quality.errors import ModelError
from quality.integrations.sklearn import ContentFarmClassifier, QualityFeatures
from quality.signals import SIGNALS

ROOT = Path(__file__).parent.parent


def as_texts(estimator: Any, X: Any, reset: bool = False) -> list[str]:
    """Rows of numbers as texts: for each column a word, as often as its number is large."""
    X = validate_data(estimator, X, reset=reset)
    names = ("mill", "weir", "ferry", "lake", "bridge", "hedge", "roof", "well", "barn", "stone", "fence", "gate")
    if reset:
        estimator.range_ = X.min(), X.max()
    low, high = getattr(estimator, "range_", (0, 1))
    counts = np.clip(np.rint(20 * (X - low) / max(high - low, 1e-9)), 0, 40).astype(int)
    return [" ".join(f"{names[at % 12]} " * many for at, many in enumerate(row)) for row in counts.tolist()]


class Tags:
    """The tags of an estimator of tables of numbers, to which scikit-learn's checks apply."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = True, False, False
        return tags


class NumberClassifier(Tags, ContentFarmClassifier):
    """The classifier over numbers that are written out as texts."""

    def fit(self, X: Any, y: Any, groups: Any = None) -> Any:
        return super().fit(as_texts(self, X, reset=True), y, groups)

    def decision_function(self, X: Any) -> Any:
        check_is_fitted(self)
        return super().decision_function(as_texts(self, X))


class NumberFeatures(Tags, QualityFeatures):
    """The features of numbers that are written out as texts."""

    def fit(self, X: Any, y: Any = None) -> Any:
        return super().fit(as_texts(self, X, reset=True), y)

    def transform(self, X: Any) -> Any:
        return super().transform(as_texts(self, X))


@parametrize_with_checks([NumberClassifier(), NumberFeatures(), NumberFeatures(terms=True)])
def test_sklearn_checks(estimator: Any, check: Any) -> None:
    """All checks of scikit-learn. It makes none of estimators of texts, so the numbers of its checks become texts."""
    check(estimator)


@pytest.fixture(scope="module")
def articles(written: list[Article]) -> list[Article]:
    """Of each of 60 subjects the plain and the farm version."""
    return [one for one in written if one.version in ("plain", "farm")]


@pytest.fixture(scope="module")
def X(articles: list[Article]) -> list[str]:
    return [one.text for one in articles]


@pytest.fixture(scope="module")
def y(articles: list[Article]) -> list[str]:
    return ["honest" if one.version == "plain" else "junk" for one in articles]


@pytest.fixture(scope="module")
def families(articles: list[Article]) -> list[str]:
    return [one.family for one in articles]


@pytest.fixture(scope="module")
def fitted(X: list[str], y: list[str], families: list[str]) -> ContentFarmClassifier:
    return ContentFarmClassifier().fit(X, y, groups=families)


def test_tells_unseen_subjects_apart(X: list[str], y: list[str], families: list[str]) -> None:
    seen = slice(0, 80)
    one = ContentFarmClassifier().fit(X[seen], y[seen], groups=families[seen])
    assert one.score(X[80:], y[80:]) > 0.9
    assert one.classes_.tolist() == ["honest", "junk"]


def test_the_loaded_classifier_gives_the_numbers_of_the_scorer(X: list[str]) -> None:
    one = ContentFarmClassifier.load()
    proba = one.predict_proba(X)
    assert proba[:, 1] == pytest.approx([quality.score(text).score for text in X], abs=1e-9)
    assert proba.sum(axis=1) == pytest.approx(np.ones(len(X)))
    assert one.predict(X).tolist() == (proba[:, 1] >= 0.5).astype(int).tolist()
    assert one.scorer_.score(X[0]).as_dict() == quality.score(X[0]).as_dict()


def test_saved_it_is_a_model_like_any_other(fitted: ContentFarmClassifier, X: list[str], tmp_path: Path) -> None:
    digest = fitted.save(tmp_path / "mine")
    expected = fitted.predict_proba(X[:5])[:, 1]
    assert ContentFarmClassifier.load(tmp_path / "mine").predict_proba(X[:5])[:, 1] == pytest.approx(expected, abs=1e-9)
    for number, text in enumerate(X[:5]):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "quality", "score", "--model", "mine", "--format", "jsonl", "--links", "unknown"]
    command += [f"{number}.txt" for number in range(5)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    told = [json.loads(line)["quality"] for line in done.stdout.splitlines()]
    assert [one["score"] for one in told] == pytest.approx(expected, abs=1e-9)
    assert {one["model"] for one in told} == {f"mine-{quality.__version__}:{digest[:8]}"}
    assert not [path for path in (tmp_path / "mine").iterdir() if path.suffix in (".pkl", ".joblib")]
    assert "Nothing was measured on\nunseen texts" in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")


def test_a_loaded_classifier_saves_the_same_numbers(X: list[str], tmp_path: Path) -> None:
    ContentFarmClassifier.load().save(tmp_path / "copy")
    again = quality.load(tmp_path / "copy")
    assert again.score(X[0]).score == pytest.approx(quality.score(X[0]).score, abs=1e-9)


def test_grid_search_over_families(X: list[str], y: list[str], families: list[str]) -> None:
    grid = {"words": [500, 1000], "inverse": [1.0, 5.0]}
    search = GridSearchCV(ContentFarmClassifier(), grid, cv=GroupKFold(2), scoring="roc_auc")
    search.fit(X[:60], y[:60], groups=families[:60])
    assert search.best_score_ > 0.9
    assert len(search.cv_results_["params"]) == 4


def test_features_in_a_pipeline(X: list[str], y: list[str]) -> None:
    features = make_union(QualityFeatures(terms=True), QualityFeatures())
    pipeline = make_pipeline(features, LogisticRegression(C=10, max_iter=500)).fit(X[:80], y[:80])
    assert pipeline.score(X[80:], y[80:]) > 0.9
    names = pipeline[:-1].get_feature_names_out()
    assert len(names) == pipeline[-1].coef_.shape[1]


def test_features_are_those_that_the_model_weighs(X: list[str], model: Any) -> None:
    features = QualityFeatures(terms=True).fit(X)
    matrix = features.transform(X)
    logit = matrix @ model.weights[:, 0] + model.bias[0]
    assert logit == pytest.approx(ContentFarmClassifier.load().decision_function(X), abs=1e-9)
    names = features.get_feature_names_out()
    assert len(set(names)) == len(names) == matrix.shape[1]
    listing = (store.default_folder() / "terms.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert names.tolist() == [line.split("\t")[0] for line in listing]


@pytest.mark.tools
def test_features_as_a_frame(X: list[str]) -> None:
    pytest.importorskip("pandas")
    frame = QualityFeatures().set_output(transform="pandas").fit_transform(X[:3])
    assert list(frame.columns) == [f"signal:{one.name}" for one in SIGNALS]


def test_documents_and_arrays_are_texts_too(X: list[str]) -> None:
    one = ContentFarmClassifier.load()
    expected = one.decision_function(X[:2])
    for texts in (np.array(X[:2], dtype=object), np.array(X[:2]), [Document(text) for text in X[:2]], tuple(X[:2])):
        assert one.decision_function(texts) == pytest.approx(expected, abs=1e-9)


def test_cloned_and_pickled(fitted: ContentFarmClassifier, X: list[str]) -> None:
    assert not hasattr(clone(fitted), "model_")
    again = pickle.loads(pickle.dumps(fitted))  # as joblib does between its own processes
    assert again.predict_proba(X[:2]) == pytest.approx(fitted.predict_proba(X[:2]), abs=1e-12)


@pytest.mark.parametrize(
    ("texts", "labels", "said"),
    [
        ("one text", [1], "not one string"),
        ([], [], "found 0 samples"),
        (["a", None], [0, 1], "no strings"),
        ([1.0, 2.0], [0, 1], "no strings"),
        (["a", "b", "c"], [0, 1, 2], "Only binary"),
        (["a", "b"], [1, 1], "two classes of texts, not 1 class"),
        (["a", "b"], [0, 1, np.nan], "contains NaN"),
        (["a", "b"], [0, 1, 1], "inconsistent numbers of samples"),
    ],
)
def test_what_cannot_be_fitted(texts: Any, labels: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ContentFarmClassifier().fit(texts, labels)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model here"):
        ContentFarmClassifier.load(tmp_path)
    with pytest.raises(ModelError, match="no model here"):
        QualityFeatures(tmp_path).fit(["a"])
