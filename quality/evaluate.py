"""Evaluation over folds of unseen families: every figure that the card shows, and the plain baseline beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from quality.block import Bools, Ints
from quality.calibrate import FARM, HONEST, Platt, calibration_error, fit_platt, thresholds, truth, wilson
from quality.curves import per_family, precision, reliability
from quality.families import as_sites
from quality.markup import prose
from quality.model import HEADS
from quality.train import Sample, family_weights
from quality.views import Floats

RATES = (0.01, 0.05)  # false positives at which true positives are told
RESAMPLES = 300
SEED = 20251125


def ranking(score: Floats, farm: Floats) -> dict[str, float]:
    """How well a score tells farm (3, 4) from honest (0, 1), and its rank correlation with the label.

    ``auroc``, ``average_precision``, ``tpr_at_1`` and ``tpr_at_5`` (true positives at 1 % and 5 % false positives)
    leave the undecided label 2 out; ``spearman`` is over all.
    """
    told = (farm >= FARM) | (farm <= HONEST)
    yes, told_score = farm[told] >= FARM, score[told]
    false, true, _ = roc_curve(yes, told_score)
    at = [float(true[np.searchsorted(false, rate, side="right") - 1]) for rate in RATES]
    return {
        "auroc": float(roc_auc_score(yes, told_score)),
        "average_precision": float(average_precision_score(yes, told_score)),
        "tpr_at_1": at[0], "tpr_at_5": at[1], "spearman": float(spearmanr(score, farm)[0]),
    }  # fmt: skip


def intervals(score: Floats, farm: Floats, families: Sequence[str]) -> dict[str, list[float]]:
    """95 % bootstrap intervals of `ranking`, drawing whole families with replacement."""
    random = np.random.default_rng(SEED)
    names, place = np.unique(np.asarray(families), return_inverse=True)
    members = [np.flatnonzero(place == number) for number in range(len(names))]
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[one] for one in random.integers(0, len(names), len(names))])
        drawn.append(ranking(score[chosen], farm[chosen]))
    return {name: [float(q) for q in np.quantile([one[name] for one in drawn], (0.025, 0.975))] for name in drawn[0]}


def cross_fitted(logits: Floats, labels: Floats, fold: Ints) -> Floats:
    """Probabilities, float64[d, 4], each calibrated on the other folds."""
    out = np.empty_like(logits)
    for one in np.unique(fold):
        out[fold == one] = fit_platt(logits[fold != one], labels[fold != one]).apply(logits[fold == one])
    return out


def baseline(sample: Sample, fold: Ints) -> Floats:
    """Logits of the plainest model: TF-IDF of word 1-2-grams and logistic regression, fitted in the same folds."""
    texts = [prose(document).text for document in sample.documents]
    out, soft = np.empty(len(texts)), sample.labels[:, 0] / 4
    for one in np.unique(fold):
        seen, unseen = np.flatnonzero(fold != one).tolist(), np.flatnonzero(fold == one).tolist()
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, max_features=50_000)
        rows = vectorizer.fit_transform([texts[place] for place in seen])
        weight = family_weights([sample.families[place] for place in seen])
        model = LogisticRegression(C=10, max_iter=1000)
        twice = np.concatenate([np.arange(len(seen))] * 2)
        share = np.concatenate([weight * soft[seen], weight * (1 - soft[seen])])
        model.fit(rows[twice], np.repeat([1, 0], len(seen)), share)
        out[unseen] = model.decision_function(vectorizer.transform([texts[place] for place in unseen]))
    return out


def false_positives(score: Floats, farm: Floats, chosen: Mapping[str, Bools], limit: float) -> dict[str, Any]:
    """For each group (bool[d]): honest articles, how many of them are flagged at ``limit``, and the Wilson interval."""
    out = {}
    for name, members in chosen.items():
        honest = members & (farm <= HONEST)
        flagged, trials = int((score[honest] >= limit).sum()), int(honest.sum())
        out[name] = {"honest": trials, "flagged": flagged, "interval": list(wilson(flagged, trials))}
    return out


def evaluate(sample: Sample, fold: Ints, logits: Floats, groups: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """All figures over unseen families, ready for JSON, from the logits of `quality.train.cross_validate`.

    ``groups`` holds the families of each group of writers.
    """
    labels, farm = sample.labels, sample.labels[:, 0]
    probability = cross_fitted(logits, labels, fold)
    score, wanted = probability[:, 0], truth(labels)
    limits = thresholds(score, farm)
    words = np.array([len(document.text.split()) for document in sample.documents])
    lengths = {"under 200 words": words < 200, "200 words or more": words >= 200}
    plain = baseline(sample, fold)
    members = {name: np.isin(sample.families, families) for name, families in groups.items()}
    return {
        "articles": len(farm), "families": len(set(sample.families)), "folds": len(np.unique(fold)),
        "farm": ranking(score, farm), "intervals": intervals(score, farm, sample.families),
        "baseline": ranking(plain, farm),
        "spearman": {head: float(spearmanr(probability[:, n], labels[:, n])[0]) for n, head in enumerate(HEADS)},
        "calibration_error": {head: calibration_error(probability[:, n], wanted[:, n]) for n, head in enumerate(HEADS)},
        "thresholds": limits,
        "groups": false_positives(score, farm, members, limits["farm"]),
        "lengths": false_positives(score, farm, lengths, limits["farm"]),
        "sites": as_sites(score, farm, sample.families),
        "reliability": reliability(score, farm),
        "precision": {"model": precision(score, farm), "baseline": precision(plain, farm)},
        "per_family": per_family(score, farm, sample.families),
    }  # fmt: skip


def final_calibration(logits: Floats, labels: Floats) -> tuple[Platt, dict[str, float]]:
    """Calibration and thresholds of the shipped model, from logits of all articles by models that had not seen them."""
    platt = fit_platt(logits, labels)
    return platt, thresholds(platt.apply(logits)[:, 0], labels[:, 0])
