"""Writer of HTML: one self-contained page with a section for each text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quality.page.article import article, badge
from quality.page.markup import Safe, element, join
from quality.page.shell import STYLES, asset, page
from quality.writers.base import Scored, Style


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """The whole page, when all texts are scored."""
    del style
    texts = list(scored)
    alone = len(texts) == 1
    sections = [article(*one, id=f"a{place}", level=1 if alone else 2) for place, one in enumerate(texts)]
    title = _name(texts[0]) if alone else f"{len(texts)} texts"
    body = join(*([] if alone else [_top(title, texts)]), element("main", *sections))
    yield page(f"{title} - quality", body, STYLES, [asset("page.js")])


def _name(one: Scored) -> str:
    return one.document.title or one.document.source or "Untitled"


def _top(title: str, texts: list[Scored]) -> Safe:
    rows = [
        element("li", element("a", _name(one), href=f"#a{place}"), " ", badge(one.score.verdict))
        for place, one in enumerate(texts)
    ]
    contents = element("nav", element("ol", *rows), aria_label="Texts")
    return element("header", element("h1", title), contents, class_="top")
