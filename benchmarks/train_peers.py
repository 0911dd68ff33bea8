"""Models for the peers that need one: train_peers.py NAME IN MODEL. What they learn is of no matter, only its size."""

from __future__ import annotations

import json
import sys
from pathlib import Path

WORDS = 50_000


def read(source: str) -> tuple[list[str], list[int]]:
    records = [json.loads(line) for line in Path(source).read_bytes().splitlines()[:3000]]
    return [one["text"] for one in records], [one["label"] for one in records]


def sklearn_tfidf(texts: list[str], labels: list[int], model: Path) -> None:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), max_features=WORDS)
    weights = LogisticRegression().fit(vectorizer.fit_transform(texts), labels).coef_[0]
    (model / "words.json").write_text(json.dumps({word: int(at) for word, at in vectorizer.vocabulary_.items()}))
    np.save(model / "idf.npy", vectorizer.idf_)
    np.save(model / "weights.npy", weights)


def fasttext_predict(texts: list[str], labels: list[int], model: Path) -> None:
    import fasttext

    lines = (f"__label__{label} {' '.join(text.split())}\n" for text, label in zip(texts, labels, strict=True))
    (model / "fasttext.txt").write_text("".join(lines))
    fasttext.train_supervised(
        str(model / "fasttext.txt"), dim=16, wordNgrams=2, bucket=200_000, epoch=2, thread=1, verbose=0
    ).save_model(str(model / "fasttext.bin"))


if __name__ == "__main__":
    globals()[sys.argv[1]](*read(sys.argv[2]), Path(sys.argv[3]))
