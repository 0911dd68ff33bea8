"""One peer on JSON lines, run in an environment that has it: peers.py NAME IN OUT [MODEL].

Each reads records with a text, scores all, writes the records with what it says. The CPU seconds of reading, scoring
and writing alone are told on standard error: the start of slow peers is not held against them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

BATCH = 1000  # documents handed at once to those that take many


def sklearn_tfidf(model: Path) -> Callable[[list[str]], Iterable[Any]]:
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), vocabulary=json.loads((model / "words.json").read_bytes()))
    vectorizer.idf_ = np.load(model / "idf.npy")
    weights = np.load(model / "weights.npy")
    return lambda texts: (1 / (1 + np.exp(-(vectorizer.transform(texts) @ weights)))).tolist()


def fasttext_predict(model: Path) -> Callable[[list[str]], Iterable[Any]]:
    import fasttext

    loaded = fasttext.load_model(str(model / "fasttext.bin"))
    return lambda texts: [float(loaded.predict(text.replace("\n", " "))[1][0]) for text in texts]


def datatrove_filters(model: Path) -> Callable[[list[str]], Iterable[Any]]:
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        C4QualityFilter,
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    filters = [GopherQualityFilter(), GopherRepetitionFilter(), C4QualityFilter(), FineWebQualityFilter()]

    def verdicts(text: str) -> list[str]:
        return [str(one.filter(Document(text=text, id=""))) for one in filters]

    return lambda texts: map(verdicts, texts)


def slopscore(model: Path) -> Callable[[list[str]], Iterable[Any]]:
    from slopscore import SlopScorer

    scorer = SlopScorer()
    return lambda texts: (scorer.scan_text(text).score.slop_score for text in texts)


def slop_guard(model: Path) -> Callable[[list[str]], Iterable[Any]]:
    from slop_guard import analyze_text

    return lambda texts: (analyze_text(text)["score"] for text in texts)


def batches(lines: Iterable[bytes], loads: Callable[[bytes], Any]) -> Iterator[list[Any]]:
    """Records, so many at a time."""
    found: list[Any] = []
    for line in lines:
        found.append(loads(line))
        if len(found) == BATCH:
            yield found
            found = []
    yield found


def main(name: str, source: str, target: str, model: str = ".") -> None:
    score = globals()[name](Path(model))
    import orjson

    begun = time.process_time()
    with open(source, "rb") as lines, open(target, "wb") as out:
        for records in batches(lines, orjson.loads):
            for record, said in zip(records, score([one["text"] for one in records]), strict=True):
                out.write(orjson.dumps(record | {"score": said}) + b"\n")
    print(time.process_time() - begun, file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
