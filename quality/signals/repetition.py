"""Repetition: what is said again, in the same words or in others.

Runs of words are compared in windows of 200 words, so that a long text is not called repetitive for being long.
"""

from __future__ import annotations

import numpy as np

from quality.block import Ints
from quality.counted import RUN, Counted, echoing, openings, repeated, restating
from quality.phrases import Hits
from quality.signals.base import Signal, mean, rate, root, runs
from quality.similar import comparable, likeness
from quality.views import Floats, Views

ALIKE = 0.5  # cosine from which two sentences say the same
_GUIDE = "corpus/GUIDE.md, repetition"


def _find_repeated(views: Views) -> Hits:
    words, at = views.words, repeated(views)
    chosen = np.zeros(len(views.block.kind), bool)
    for step in range(RUN):
        chosen[words[at + step]] = True
    return runs(chosen)


def _sentences(views: Views, chosen: Ints) -> Hits:
    return Hits(views.sentences.first[chosen], views.sentences.last[chosen])


def _find_alike(views: Views) -> Hits:
    chosen = comparable(views)
    return _sentences(views, chosen[likeness(views, chosen) >= ALIKE])


def _echo(counted: Counted) -> Floats:
    """Share of the words of the last quarter that stood in the first: the ending that is the opening."""
    return (counted["echo"] + 2) / (counted["ending"] + 12)


def _find_echo(views: Views) -> Hits:
    echo, _ = echoing(views)
    return Hits(echo, echo)


SIGNALS = (
    Signal(
        "repeated_phrases", "repetition", "Phrases come again.", "Hardly a phrase returns.",
        "repeated n-grams after Rae et al. 2021 (Gopher), table A1; here three words, in windows of 200",
        rate("repeated"), _find_repeated,
    ),
    Signal(
        "old_words", "repetition", "Its sentences are made of words that it has used before.",
        "Its sentences bring new words.", _GUIDE, mean("old", "settled", 0.35, 3),
    ),
    Signal(
        "restating", "repetition", "Sentences say again what was said, in much the same words.",
        "Hardly a sentence says again what was said.", _GUIDE,
        root(mean("restating", "settled", 0.1, 3)), lambda views: _sentences(views, restating(views)),
    ),
    Signal(
        "alike", "repetition", "Sentences resemble earlier ones.", "Hardly a sentence resembles an earlier one.",
        "cosine of TF-IDF vectors of sentences (Salton and Buckley 1988), coarse weights",
        mean("alike", "comparable", 0.25, 3), _find_alike,
    ),
    Signal(
        "echo", "repetition", "Its ending returns to the words of its opening.",
        "Its ending mostly brings other words than its opening.", _GUIDE, _echo, _find_echo,
    ),
    Signal(
        "density", "repetition", "One keyword returns all the time.", "No word dominates.",
        "keyword density, as search engines' guidelines describe stuffing", rate("keyword"),
    ),
    Signal(
        "same_openings", "repetition", "Sentences begin with the same words.", "Sentences begin in different ways.",
        _GUIDE, root(mean("same_openings", "opened", 0.1, 3)), lambda views: _sentences(views, openings(views)),
    ),
)  # fmt: skip
