"""Leakage: how far the features, and the score, tell which source an article comes from instead of how good it is.

A model that knows its sources looks good on them and fails on others. Two figures warn of it: how often a linear
classifier finds the family of an article from the same features, beside the same classifier on plain TF-IDF and beside
chance; and how well the score ranks articles within each pool, where one kind of source is compared with itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_score

from quality.calibrate import FARM, HONEST
from quality.document import Document
from quality.markup import prose
from quality.model import LinearModel
from quality.train import chunks
from quality.views import Floats

FOLDS = 5
LEAST = 5  # articles of a family that can be told; farm and honest articles of a pool that can be ranked
SIGNAL_SCALE = 0.1  # size of a standard deviation of a signal beside tf-idf rows of length one


def features(model: LinearModel, documents: Sequence[Document]) -> Any:
    """What the model sees of the documents: csr[d, t + s], tf-idf of its terms and its scaled signals."""
    parts = []
    for views in chunks(documents, model.reader()):
        found = model.rows(views)
        shape = (views.block.docs, len(model.terms))
        terms = sparse.csr_matrix((found.value, (found.counts.doc, found.counts.term)), shape)
        parts.append(sparse.hstack([terms, sparse.csr_matrix(found.signals * SIGNAL_SCALE)]))
    return sparse.vstack(parts).tocsr()


def plain(documents: Sequence[Document]) -> Any:
    """Plain TF-IDF of word 1-2-grams, for comparison."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, max_features=20_000)
    return vectorizer.fit_transform(prose(document).text for document in documents)


def found_again(rows: Any, families: NDArray[Any]) -> float:
    """Share of articles whose family a linear classifier finds that has not seen them, but others of the family."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    classifier = RidgeClassifier(solver="cholesky", fit_intercept=False)
    return float(cross_val_score(classifier, rows, families, cv=folds).mean())


def measure_families(model: LinearModel, documents: Sequence[Document], families: Sequence[str]) -> dict[str, Any]:
    """How well the family is told: by the model's features, by plain TF-IDF, and by naming the largest every time."""
    size = Counter(families)
    chosen = [place for place, family in enumerate(families) if size[family] >= LEAST]
    told = [documents[place] for place in chosen]
    names = np.array([families[place] for place in chosen])
    if len(set(names)) < 2:
        return {}
    return {
        "articles": len(names), "families": len(set(names)),
        "accuracy": found_again(features(model, told), names), "plain": found_again(plain(told), names),
        "chance": max(size.values()) / len(names),
    }  # fmt: skip


def measure_pools(score: Floats, farm: Floats, pools: Sequence[str]) -> dict[str, dict[str, Any]]:
    """AUROC of the score (farm 3-4 against 0-1) within each pool that has enough of both.

    >>> measure_pools(np.arange(10.0), np.repeat([0, 4], 5), ["web"] * 10)
    {'web': {'farm': 5, 'honest': 5, 'auroc': 1.0}}
    """
    out = {}
    for pool in sorted(set(pools)):
        inside = np.array([one == pool for one in pools]) & ((farm >= FARM) | (farm <= HONEST))
        yes = farm[inside] >= FARM
        if min(yes.sum(), (~yes).sum()) >= LEAST:
            auroc = float(roc_auc_score(yes, score[inside]))
            out[pool] = {"farm": int(yes.sum()), "honest": int((~yes).sum()), "auroc": auroc}
    return out
