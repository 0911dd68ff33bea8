"""Training: labelled articles in, a LinearModel out. One of the rooms that import scikit-learn.

The vocabulary is chosen by how many independent families of sources use a word or term; each family has the same say
whatever its size; labels are soft (label / 4). Nothing here is random: the same corpus gives the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression

from quality import language
from quality.block import Ints
from quality.counted import counted
from quality.document import Document
from quality.features import Scale, measure
from quality.lexicon import Lexicon, fits
from quality.model import HEADS, LinearModel
from quality.phrases import Phrases
from quality.terms import LONGEST, Terms, end_free, pack, symbols
from quality.views import Floats, Reader, Views

CHUNK = 64  # documents laid end to end at a time


@dataclass(frozen=True)
class Settings:
    """Choices of training; each default is measured over unseen families (docs/model.md).

    ``words``: known words, the most widespread ones. ``families``: how many families must use a term. For each head
    ``inverse``: scikit-learn's C; ``signal_scale``: size of a standard deviation of a signal beside tf-idf rows of
    length one; ``own``: weight of its own label in its target, the rest is the mean of all four; ``written``: weight of
    an article written for this project, where public ones weigh 1 on average. ``rank``: share of a label's mid-rank in
    its soft value, the rest is label / 4.
    """

    words: int = 8000
    families: int = 8
    inverse: tuple[float, ...] = (8.0, 8.0, 5.0, 8.0)
    signal_scale: tuple[float, ...] = (0.02, 0.03, 0.04, 0.03)
    rank: float = 0.5
    own: tuple[float, ...] = (0.5, 0.7, 0.6, 1.0)
    written: tuple[float, ...] = (3.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Sample:
    """What is trained on: ``documents``; ``families``; ``labels`` (float64[d, 4] in the order of HEADS, 0 to 4).

    ``written`` (bool[d]) marks the articles written for this project: they shape the weights, not the vocabulary.
    """

    documents: Sequence[Document]
    families: Sequence[str]
    labels: Floats
    written: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_]) -> Sample:
        """The chosen articles (bool[d])."""
        places: list[int] = np.flatnonzero(chosen).tolist()
        documents = [self.documents[place] for place in places]
        families = [self.families[place] for place in places]
        return Sample(documents, families, self.labels[places], self.written[places])

    def voters(self) -> Sample:
        """The articles that decide the vocabulary: public ones, or all where there are none."""
        return self if self.written.all() else self.take(~self.written)

    def weights(self, written: Sequence[float]) -> Floats:
        """float64[d, 4]: 1 / sqrt(articles of the family), mean 1, for public articles, ``written`` for the others."""
        weights = np.tile(np.asarray(written, float), (len(self.documents), 1))
        public = np.flatnonzero(~self.written)
        if public.size:
            weights[public] = family_weights([self.families[place] for place in public.tolist()])[:, None]
        return weights


def chunks(documents: Sequence[Document], reader: Reader) -> Iterator[Views]:
    """Views of the documents, a chunk at a time."""
    for start in range(0, len(documents), CHUNK):
        yield Views(documents[start : start + CHUNK], reader)


def family_weights(families: Sequence[str]) -> Floats:
    """float64[d], mean 1: each article weighs 1 / sqrt(articles of its family)."""
    _, place, size = np.unique(np.asarray(families), return_inverse=True, return_counts=True)
    weights: Floats = 1 / np.sqrt(size[place])
    weights /= weights.mean()
    return weights


def widespread_words(sample: Sample, count: int) -> list[str]:
    """The ``count`` words that the most families use, most widespread first."""
    users: defaultdict[bytes, set[str]] = defaultdict(set)
    nothing = Reader(Lexicon(["the"]), Phrases.compile({}, Lexicon(["the"])))
    families = iter(sample.families)
    for views in chunks(sample.documents, nothing):
        block, text = views.block, views.block.lower.tobytes()
        for first, last in zip(block.first, np.append(block.first[1:], len(block.kind)), strict=True):
            family, words = next(families), slice(first, last)
            alphabetic = block.is_word[words] & (block.lower[block.start[words]] >= 97)
            begin, end = block.start[words][alphabetic].tolist(), block.end[words][alphabetic].tolist()
            for word in {text[a:b] for a, b in zip(begin, end, strict=True)}:
                users[word].add(family)
    known = ((word.decode("latin-1"), len(who)) for word, who in users.items())
    ranked = sorted(((word, many) for word, many in known if fits(word)), key=lambda one: (-one[1], one[0]))
    return [word for word, _ in ranked[:count]]


def build_lexicon(known: Sequence[str]) -> Lexicon:
    """Known words first, then the words of the phrase and word lists that are not among them."""
    listed = {word for name in language.PHRASE_LISTS for phrase in language.phrases(name) for word in phrase}
    listed |= {word for name in language.WORD_LISTS for word in language.words(name)}
    return Lexicon([*known, *sorted(word for word in listed - set(known) if fits(word))])


def widespread_terms(views: Sequence[Views], families: Sequence[str], known: int, least: int) -> NDArray[np.uint64]:
    """Keys of the n-grams that ``least`` families or more use, sorted."""
    numbers = {family: number for number, family in enumerate(sorted(set(families)))}
    of = np.array([numbers[family] for family in families])
    pairs, done = [], 0
    for one in views:
        symbol, doc = symbols(one.block, known), one.block.doc + done
        done += one.block.docs
        for size in range(1, LONGEST + 1):
            keys = pack(symbol, size)
            keep = end_free(keys)
            pairs.append(np.unique(np.stack([keys[keep], of[doc[: len(keys)]][keep].astype(np.uint64)]), axis=1)[0:2])
    table = np.unique(np.concatenate(pairs, axis=1), axis=1)
    keys, users = np.unique(table[0], return_counts=True)
    return keys[users >= least]


def count_matrix(views: Sequence[Views], terms: Terms) -> sparse.csr_matrix:
    """Counts of the terms, csr[d, t]."""
    parts = []
    for one in views:
        counts = terms.count(one.block)
        cells = counts.times.astype(float), (counts.doc, counts.term)
        parts.append(sparse.csr_matrix(cells, (one.block.docs, len(terms))))
    return sparse.vstack(parts).tocsr()


def fit(sample: Sample, settings: Settings | None = None) -> LinearModel:
    """Train an uncalibrated model: its farm head ranks, its thresholds are placeholders until ``calibrate``."""
    settings = settings or Settings()
    lexicon, phrases, terms = vocabulary(sample.voters(), settings)
    views = list(chunks(sample.documents, Reader(lexicon, phrases)))
    counts = count_matrix(views, terms)
    transform = TfidfTransformer(sublinear_tf=True).fit(counts)
    raw = np.vstack([measure(counted(one)) for one in views])
    raw[:, np.isnan(raw).all(axis=0)] = 0.0  # what no article can tell weighs nothing
    scale = Scale(np.nanmean(raw, axis=0), np.maximum(np.nanstd(raw, axis=0), 1e-9))
    tfidf, signals = transform.transform(counts), scale.apply(raw)
    soft, weight = targets(sample.labels, settings), sample.weights(settings.written)
    weights, bias = np.empty((len(terms) + signals.shape[1], len(HEADS))), np.empty(len(HEADS))
    for head, size in enumerate(settings.signal_scale):
        features = sparse.hstack([tfidf, sparse.csr_matrix(signals * size)]).tocsr()
        weights[:, head], bias[head] = _fit_head(features, soft[:, head], weight[:, head], settings.inverse[head])
        weights[len(terms) :, head] *= size
    return LinearModel(lexicon, phrases, terms, transform.idf_, scale, weights, bias, {"farm": 0.5, "suspect": 0.5})


def vocabulary(voters: Sample, settings: Settings) -> tuple[Lexicon, Phrases, Terms]:
    """Known words, compiled phrases and terms, chosen by the families that use them."""
    known = widespread_words(voters, settings.words)
    lexicon = build_lexicon(known)
    phrases = Phrases.compile({name: language.phrases(name) for name in language.PHRASE_LISTS}, lexicon)
    views = list(chunks(voters.documents, Reader(lexicon, phrases)))
    least = min(settings.families, len(set(voters.families)))
    return lexicon, phrases, Terms(widespread_terms(views, voters.families, len(known), least), len(known))


def targets(labels: Floats, settings: Settings) -> Floats:
    """Soft targets in [0, 1], float64[d, 4]: each head's soft label, mixed with the mean of all four.

    A soft label is label / 4 mixed with the label's mid-rank among all articles, which parts the many honest texts
    (0 from 1) more than the few bad ones (3 from 4). The four labels are readings of one page: what one says steadies
    the others. Calibration gives each head its own scale afterwards.

    >>> targets(np.array([[0.0] * 4, [0.0] * 4, [4.0] * 4]), Settings())[:, 0].round(3).tolist()
    [0.167, 0.167, 0.917]
    """
    rank = (rankdata(labels, axis=0) - 0.5) / len(labels)
    soft, own = (1 - settings.rank) * labels / 4 + settings.rank * rank, np.array(settings.own)
    mixed: Floats = own * soft + (1 - own) * soft.mean(axis=1, keepdims=True)
    return mixed


def _fit_head(features: Any, soft: Floats, weight: Floats, inverse: float) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression on soft targets: each article stands once on either side."""
    twice, side = sparse.vstack([features, features]).tocsr(), np.repeat([1, 0], len(soft))
    share = np.concatenate([weight * soft, weight * (1 - soft)])
    model = LogisticRegression(C=inverse, max_iter=1000, tol=1e-5).fit(twice, side, share)
    return model.coef_[0], float(model.intercept_[0])


def logits(model: LinearModel, documents: Sequence[Document]) -> Floats:
    """float64[d, 4]: the heads' logits of the documents, through the model's own path."""
    parts = [model.logits(model.rows(one)) for one in chunks(documents, model.reader())]
    return np.vstack(parts)


def cross_validate(sample: Sample, fold: Ints, settings: Settings | None = None, extra: Sample | None = None) -> Floats:
    """Logits of every article by a model that saw no article of its fold, float64[d, 4].

    ``fold``: int64[d], with every family inside one fold. ``extra`` is trained on in every fold and never tested.
    """
    out = np.empty((len(sample.documents), len(HEADS)))
    for one in np.unique(fold):
        seen = sample.take(fold != one)
        out[fold == one] = logits(fit(join(seen, extra), settings), sample.take(fold == one).documents)
    return out


def join(sample: Sample, extra: Sample | None) -> Sample:
    """Both samples as one."""
    if extra is None:
        return sample
    return Sample(
        [*sample.documents, *extra.documents], [*sample.families, *extra.families],
        np.vstack([sample.labels, extra.labels]), np.concatenate([sample.written, extra.written]),
    )  # fmt: skip


def rescaled(model: LinearModel, slope: Floats, shift: Floats, thresholds: dict[str, float]) -> LinearModel:
    """The model with each head's logit z turned into ``slope * z + shift``: folded into weights and bias."""
    return replace(model, weights=model.weights * slope, bias=model.bias * slope + shift, thresholds=thresholds)
