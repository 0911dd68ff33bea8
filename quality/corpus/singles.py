"""Single articles written for the corpus: ``singles/<kind>/<name>.md``, many kinds of honest and of farm writing.

Where `articles` shows one subject with one fault at a time, these show what honest writing of every sort of people
looks like, and what farm pages of every sort do. A kind is a family: all of it stays on one side of a split.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality.corpus.articles import Written, common_problems

SHORTEST, LONGEST = 120, 500
"""Words of an article."""

_KEYS = frozenset({"id", "kind", "labels", "licence", "note"})


def header_problems(article: Written) -> Iterator[str]:
    """What is wrong with the header of an article, a plain sentence each."""
    header, kind = article.header, article.subject
    yield from (f"header lacks {key}" for key in sorted(_KEYS - set(header)))
    yield from (f"header has unknown key {key}" for key in sorted(map(str, set(header) - _KEYS)))
    expected = {"id": f"{kind}/{article.path.stem}", "kind": kind}
    yield from (f"{key} is not {value}" for key, value in expected.items() if header.get(key) != value)
    yield from common_problems(header)
