"""Similar sentences: how much each sentence says again what an earlier one said, also in other words.

Every sentence becomes a vector of its content words' stems, hashed into 64 places and weighted by how rare the word
is; likeness is the cosine. Each sentence is compared with the 16 before it, so the work grows linearly with the text.
All numbers are whole and at most 127, so the sums are exact in any order.
"""

from __future__ import annotations

import numpy as np

from quality import kernel
from quality.block import Ints
from quality.views import Floats, Views

PLACES = 64
TILE = 16
MOST = 127  # at a place of a vector: no sentence that is one comes near it
LEAST = 4  # content words of a sentence that can be compared
KNOWN, RARE = 1.0, 2.0  # weight of a word that the lexicon knows, and of one that it does not: a coarse idf


def comparable(views: Views) -> Ints:
    """Sentences with enough content words, int64[m]."""
    return np.flatnonzero(views.content_counts >= LEAST)


def _likeness(views: Views, chosen: Ints) -> Floats:
    block, at, highest = views.block, views.content_words, np.empty(len(chosen))
    kernel.call(
        "likeness", at, len(at), views.sentences.of, block.stem, block.word, views.sentences.doc, chosen, len(chosen),
        highest,
    )  # fmt: skip
    return highest


@kernel.twin(_likeness)
def likeness(views: Views, chosen: Ints) -> Floats:
    """For each chosen sentence the highest cosine with one of the 16 before it in its document, 0 without any."""
    count = len(chosen)
    tiles = -(-count // TILE)
    vectors = np.zeros(((tiles + 1) * TILE, PLACES), np.float32)
    vectors[TILE : TILE + count] = _vectors(views, chosen)
    norms = np.sqrt((vectors * vectors).sum(axis=1))
    doc = np.full(len(vectors), -1, np.int64)
    doc[TILE : TILE + count] = views.sentences.doc[chosen]
    later = vectors[TILE:].reshape(tiles, TILE, PLACES)
    window = np.arange(tiles)[:, None] * TILE + np.arange(2 * TILE)
    earlier = vectors[window]
    dots = later @ earlier.transpose(0, 2, 1)
    here = window[:, TILE:]
    ahead = here[:, :, None] - window[:, None, :]
    allowed = (doc[here][:, :, None] == doc[window][:, None, :]) & (ahead > 0) & (ahead <= TILE)
    scale = norms[here][:, :, None] * norms[window][:, None, :]
    cosine = np.where(allowed & (scale > 0), dots / np.maximum(scale, 1), 0.0).reshape(-1, 2 * TILE)[:count]
    highest: Floats = cosine.max(axis=1).astype(np.float64)
    return highest


def _vectors(views: Views, chosen: Ints) -> Floats:
    place = np.full(len(views.sentences.first), -1)
    place[chosen] = np.arange(len(chosen))
    at = views.content_words
    row = place[views.sentences.of[at]]
    at, row = at[row >= 0], row[row >= 0]
    stem = views.block.stem[at] * np.uint64(0x9E3779B97F4A7C15)
    column = (stem >> np.uint64(64 - 6)).astype(np.int64)
    sign = np.where((stem >> np.uint64(40)) & np.uint64(1), 1.0, -1.0)
    weight = sign * np.where(views.block.word[at] >= 0, KNOWN, RARE)
    vectors = np.bincount(row * PLACES + column, weight, len(chosen) * PLACES).astype(np.float64)
    return np.clip(vectors, -MOST, MOST).reshape(-1, PLACES)
