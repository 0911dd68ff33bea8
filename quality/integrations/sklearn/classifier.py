"""The model as a classifier over texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_consistent_length, check_is_fitted, column_or_1d

from quality import __version__, card, store
from quality.integrations.sklearn.texts import OfTexts, documents
from quality.model import HEADS
from quality.release import versions
from quality.scorer import Scorer, logistic
from quality.train import Sample, Settings, fit, logits
from quality.views import Floats


def _classes(y: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The two labels, sorted, and which of them each text has.

    Raises:
        ValueError: when there are more or fewer, or labels are missing.
    """
    label = column_or_1d(y, warn=True)
    assert_all_finite(label, input_name="y")
    kind = type_of_target(label, input_name="y", raise_unknown=True)
    if kind != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    classes, place = np.unique(label, return_inverse=True)
    if len(classes) != 2:
        raise ValueError("expected two classes of texts, not 1 class")
    return classes, place


class ContentFarmClassifier(ClassifierMixin, OfTexts):  # type: ignore[misc]
    """Two classes of texts told apart by a model that can be explained; the larger of the two labels is the farm's.

    Parameters are those of `quality.train.Settings`: ``words`` known words, ``families`` that must use a term, and
    ``inverse``, the C of scikit-learn's logistic regression. ``predict`` takes the likelier class; the verdicts, with
    abstention and evidence, are those of ``scorer_``.

    >>> texts = ["The mill stopped on Tuesday, said Una Pell.", "In today's world, mills play a vital role."] * 3
    >>> ContentFarmClassifier().fit(texts, [0, 1] * 3).predict(texts[:2]).tolist()
    [0, 1]
    """

    def __init__(self, words: int = 2000, families: int = 6, inverse: float = 5.0) -> None:
        self.words, self.families, self.inverse = words, families, inverse

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Sequence[Any], y: Any, groups: Any = None) -> Self:
        """Train on texts and their two labels.

        ``groups`` names the family (site, newspaper) of each text: each family has the same say in what words and
        terms are known. Without it each text is a family of its own.
        """
        texts = documents(X)
        self.classes_, place = _classes(y)
        check_consistent_length(texts, place)
        names = [str(one) for one in (range(len(texts)) if groups is None else groups)]
        check_consistent_length(texts, names)
        labels = np.repeat(4.0 * place[:, None], len(HEADS), axis=1)
        settings = Settings(words=self.words, families=self.families, inverse=self.inverse)
        trained = fit(Sample(texts, names, labels, np.zeros(len(texts), bool)), settings)
        told = {"texts": len(texts), "families": len(set(names))}
        meta = {"language": "en", "settings": asdict(settings), "corpus": told, "versions": versions()}
        self.model_ = replace(trained, meta={"name": "unsaved"} | meta)
        return self

    @classmethod
    def load(cls, folder: Path | str | None = None) -> Self:
        """Classifier of a model folder, fitted; None stands for the model that comes with the package. Classes 0, 1.

        Raises:
            ModelError: when the folder holds no model that can be used.
        """
        one = cls()
        one.model_, one.classes_ = store.load(folder), np.array([0, 1])
        return one

    def save(self, folder: Path | str) -> str:
        """Write the model's folder with its card, for every part of the package to use; returns its digest."""
        check_is_fitted(self)
        folder = Path(folder)
        meta = {name: value for name, value in self.model_.meta.items() if name != "digest"}
        return card.save(replace(self.model_, meta=meta | {"name": f"{folder.resolve().name}-{__version__}"}), folder)

    @property
    def scorer_(self) -> Scorer:
        """Scorer of the model: verdicts, abstention, evidence."""
        check_is_fitted(self)
        return Scorer(self.model_)

    def decision_function(self, X: Sequence[Any]) -> Floats:
        """Logits of the second class, float64[d]."""
        check_is_fitted(self)
        found: Floats = logits(self.model_, documents(X))[:, 0]
        return found

    def predict_proba(self, X: Sequence[Any]) -> Floats:
        """Probabilities of both classes, float64[d, 2]; also of texts that the scorer abstains from."""
        score = logistic(self.decision_function(X))
        return np.column_stack([1 - score, score])

    def predict(self, X: Sequence[Any]) -> NDArray[Any]:
        """The likelier class of each text."""
        farm = self.decision_function(X) >= 0
        chosen: NDArray[Any] = self.classes_[farm.astype(int)]
        return chosen
