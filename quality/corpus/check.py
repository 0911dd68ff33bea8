"""Check the written corpus as a whole: every article, complete subjects, and no wording that is used twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from quality.corpus import articles as paired
from quality.corpus import singles
from quality.corpus.articles import GENRES, SUBJECTS, VERSIONS, Written, read_all

RUN = 8
"""Words in a row that two subjects or kinds may not share."""


def check(corpus: Path, seeds: Path | None = None, complete: bool = True) -> list[str]:
    """Problems of the articles of a corpus folder, ``path:line: what`` each; empty when there are none.

    ``seeds`` is a folder of ``.txt`` files that no article may share a run of words with. ``complete`` asks for
    all twelve genres with five subjects each.
    """
    pairs, problems = read_all(corpus / "articles")
    alone, more = read_all(corpus / "singles")
    problems += more
    for article in pairs:
        problems += (f"{article.path}:1: {problem}" for problem in paired.header_problems(article))
        problems += paired.text_problems(article, paired.SHORTEST, paired.LONGEST)
    for article in alone:
        problems += (f"{article.path}:1: {problem}" for problem in singles.header_problems(article))
        problems += paired.text_problems(article, singles.SHORTEST, singles.LONGEST)
    problems += _missing_versions(pairs)
    problems += _shared_runs([*_seeds(seeds), *pairs, *alone])
    if complete:
        problems += _missing_subjects(corpus / "articles", pairs)
    return problems


def _missing_versions(articles: Sequence[Written]) -> Iterator[str]:
    have: dict[Path, set[str]] = {}
    for article in articles:
        have.setdefault(article.path.parent, set()).add(article.path.stem)
    for folder, versions in have.items():
        if missing := [version for version in VERSIONS if version not in versions]:
            yield f"{folder}: lacks {', '.join(missing)}"


def _missing_subjects(folder: Path, articles: Sequence[Written]) -> Iterator[str]:
    subjects = {article.subject for article in articles}
    counts = Counter(subject.partition("-")[0] for subject in subjects)
    for prefix, genre in GENRES.items():
        if counts[prefix] != SUBJECTS:
            yield f"{folder}: genre {genre} has {counts[prefix]} subjects, not {SUBJECTS}"


def _seeds(folder: Path | None) -> list[Written]:
    paths = sorted(folder.glob("*.txt")) if folder else []
    return [Written(path, {}, path.read_text(encoding="utf-8", errors="replace")) for path in paths]


def _shared_runs(articles: Sequence[Written]) -> Iterator[str]:
    """One line for each stretch of an article that an earlier subject has too."""
    first: dict[tuple[str, ...], tuple[str, Path, int]] = {}
    for article in articles:
        words = article.words()
        inside = False
        for start in range(len(words) - RUN + 1):
            run = tuple(word for word, _ in words[start : start + RUN])
            place = (article.subject, article.path, words[start][1])
            subject, path, line = first.setdefault(run, place)
            shared = subject != article.subject
            if shared and not inside:
                yield f"{article.path}:{place[2]}: shares '{' '.join(run)}' with {path}:{line}"
            inside = shared
