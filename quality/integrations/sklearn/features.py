"""What a model scores by, as a transformer of texts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import TransformerMixin

from quality import store
from quality import terms as term_names
from quality.integrations.sklearn.texts import OfTexts, documents
from quality.model import LinearModel
from quality.signals import SIGNALS
from quality.train import chunks


class QualityFeatures(TransformerMixin, OfTexts):  # type: ignore[misc]
    """The features that a model scores by. ``model``: its folder, None for the one that comes with the package.

    Signals in standard deviations from the usual, float64[d, s]; with ``terms=True`` tf-idf of the terms before them,
    sparse. Nothing is learned from the texts given.

    >>> QualityFeatures().fit_transform(["In today's world, mills matter."]).shape
    (1, 28)
    """

    def __init__(self, model: Path | str | None = None, terms: bool = False) -> None:
        self.model, self.terms = model, terms

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags

    def fit(self, X: Any, y: Any = None) -> Self:
        """Load the model."""
        del X, y
        self.model_: LinearModel = store.load(self.model)
        return self

    def transform(self, X: Sequence[Any]) -> Any:
        """The features of each text."""
        model = self.model_ if hasattr(self, "model_") else store.load(self.model)
        parts = [model.rows(one) for one in chunks(documents(X), model.reader())]
        signals = np.vstack([one.signals for one in parts])
        if not self.terms:
            return signals
        size = len(model.terms)
        cells = [
            sparse.csr_matrix((one.value, (one.counts.doc, one.counts.term)), (len(one.signals), size)) for one in parts
        ]
        return sparse.hstack([sparse.vstack(cells), signals]).tocsr()

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns: terms as ``quality model terms`` lists them, ``signal:NAME``."""
        del input_features
        model = self.model_ if hasattr(self, "model_") else store.load(self.model)
        names = [f"signal:{one.name}" for one in SIGNALS]
        if self.terms:
            names = [term_names.name(int(key), model.lexicon.words) for key in model.terms.keys] + names
        return np.array(names, dtype=object)
