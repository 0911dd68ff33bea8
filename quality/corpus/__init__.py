"""The labelled corpus: articles written for it and public pages, as one list.

    from quality.corpus import load
    articles = load(Path("corpus"))

`rows` are the facts about public pages, `fetch` brings their files into a cache, `read` rebuilds what the annotator
saw of each, `articles` are the ones written here, `split` makes folds of families, `stats` counts.
"""

from __future__ import annotations

from quality.corpus.load import Article, load

__all__ = ["Article", "load"]
