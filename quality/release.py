"""Release: from a corpus to the figures over unseen families, and to a calibrated model with its card."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.version
import sklearn

from quality import __version__, card
from quality.block import Ints
from quality.calibrate import FARM
from quality.corpus import Article, load
from quality.corpus.groups import read_groups
from quality.corpus.split import folds
from quality.document import Document
from quality.errors import CorpusError
from quality.evaluate import cross_fitted, evaluate, final_calibration
from quality.leakage import measure_families, measure_pools
from quality.markup import prose
from quality.model import LinearModel
from quality.pairs import failures, shares
from quality.stability import bounded, measure_added, measure_changes, measure_pages
from quality.train import Sample, Settings, cross_validate, fit, join, rescaled
from quality.views import Floats

FOLDS = 10
ORDER = ("farm", "filler", "repetition", "unsourced")


def document_of(article: Article) -> Document:
    """The article as its reader would give it: text files may have lost their links, Markdown and HTML keep them."""
    plain = Document(article.text, id=article.id, links="unknown" if article.format in ("txt", "text") else "none")
    return replace(plain, links="present") if prose(plain).links else plain


def sample_of(articles: Sequence[Article]) -> Sample:
    """The labelled ones of the articles."""
    labelled = [article for article in articles if article.labels is not None]
    labels = [[float((article.labels or {})[head]) for head in ORDER] for article in labelled]
    return Sample(
        [document_of(article) for article in labelled], [article.family for article in labelled],
        np.array(labels).reshape(-1, len(ORDER)), np.array([article.origin == "written" for article in labelled], bool),
    )  # fmt: skip


class Data:
    """A loaded corpus: ``public`` and ``written`` articles as samples, and folds of the public families.

    ``unread`` are the public articles that nobody labelled.
    """

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        found = load(folder, cache)
        articles = [article for article in found if article.labels is not None]
        if not articles:
            raise CorpusError([f"{folder}: has no labelled article at hand; run `quality corpus fetch` first"])
        self.articles = articles
        self.unread = [document_of(one) for one in found if one.origin == "web" and not one.labels and not one.skip]
        self.groups = read_groups(folder / "groups.tsv")
        self.public = sample_of([article for article in articles if article.origin == "web"])
        self.written = sample_of([article for article in articles if article.origin == "written"])
        self.pairs = [article for article in articles if article.version not in ("", "single")]

    def tested(self) -> tuple[Sample, Sample | None]:
        """What is cross-validated, and what is trained on beside it: without public articles, only the written ones."""
        return (self.public, self.written) if len(self.public.documents) else (self.written, None)

    def digest(self) -> str:
        """sha256 over ids, texts and labels."""
        total = hashlib.sha256()
        for article in sorted(self.articles, key=lambda one: (one.origin, one.id)):
            total.update(repr((article.id, article.text, sorted((article.labels or {}).items()))).encode())
        return total.hexdigest()


def fold_of(sample: Sample, articles: Sequence[Article]) -> Ints:
    """Fold of each article of the sample."""
    families = set(sample.families)
    dealt = folds([article for article in articles if article.family in families], FOLDS)
    return np.array([dealt[family] for family in sample.families])


def measure(data: Data, settings: Settings) -> tuple[dict[str, Any], Floats, Sample]:
    """All figures, the logits of the tested articles, and those articles."""
    sample, extra = data.tested()
    fold = fold_of(sample, data.articles)
    logits = cross_validate(sample, fold, settings, extra)
    figures = evaluate(sample, fold, logits, data.groups)
    farm = sample.labels[:, 0]
    pools = {article.id: article.pool for article in data.articles}
    figures["farm_share"] = float((farm >= FARM).mean())
    score = cross_fitted(logits, sample.labels, fold)[:, 0]
    figures["pools"] = measure_pools(score, farm, [pools[document.id] for document in sample.documents])
    if data.pairs:
        figures["pairs"] = measure_pairs(data, settings, logits, sample)
    return figures, logits, sample


def inspect(data: Data, model: LinearModel, pages: Path | None = None) -> dict[str, Any]:
    """Figures on a finished model: how stable its score is, and how well its features tell the family.

    ``pages`` is a folder of saved pages of the articles.
    """
    sample, _ = data.tested()
    stability = measure_changes(model, sample.documents)
    stability["one sentence added"] = measure_added(model, sample.documents)
    if pages is not None:
        stability["HTML instead of plain text"] = measure_pages(model, [*sample.documents, *data.unread], pages)
    return {"stability": stability, "leakage": measure_families(model, sample.documents, sample.families)}


def measure_pairs(data: Data, settings: Settings, logits: Floats, tested: Sample) -> dict[str, Any]:
    """Which subjects meet each demand on the pairs, by models that had not seen the subject (or its kind)."""
    fold = fold_of(data.written, data.articles)
    extra = data.public if len(data.public.documents) else None
    platt, _ = final_calibration(logits, tested.labels)
    probability = platt.apply(cross_validate(data.written, fold, settings, extra))
    place = {document.id: number for number, document in enumerate(data.written.documents)}
    rows = [place[article.id] for article in data.pairs]
    subjects = [article.family for article in data.pairs]
    failed = failures(subjects, [article.version for article in data.pairs], probability[rows])
    return shares(failed, len(set(subjects)))


def build(data: Data, settings: Settings, name: str, pages: Path | None = None) -> LinearModel:
    """The calibrated model of a corpus, with every figure in its ``meta``; ``pages`` as in `inspect`."""
    figures, logits, sample = measure(data, settings)
    platt, thresholds = final_calibration(logits, sample.labels)
    raw = fit(join(data.public, data.written) if len(data.public.documents) else data.written, settings)
    model = bounded(rescaled(raw, platt.slope, platt.shift, thresholds))
    meta = {
        "name": name, "language": "en", "settings": asdict(settings),
        "figures": figures | inspect(data, model, pages),
        "corpus": {
            "sha256": data.digest(), "public": len(data.public.documents), "written": len(data.written.documents),
            "families": len({article.family for article in data.articles}),
        },
        "versions": versions(),
    }  # fmt: skip
    return replace(model, meta=meta)


def versions() -> dict[str, str]:
    """Versions of all that the numbers of a model depend on."""
    return {
        "quality": __version__, "python": platform.python_version(), "numpy": np.__version__,
        "scipy": scipy.version.version, "scikit-learn": sklearn.__version__,
    }  # fmt: skip


def release(
    corpus: Path,
    folder: Path,
    cache: Path | None = None,
    settings: Mapping[str, Any] | None = None,
    pages: Path | None = None,
) -> str:
    """Train on a corpus folder, save the model with its card into ``folder``, and return its digest."""
    chosen = Settings(**settings) if settings else Settings()
    model = build(Data(corpus, cache), chosen, f"{folder.resolve().name}-{__version__}", pages)
    return card.save(model, folder)
