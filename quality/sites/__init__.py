"""Sites: many scored records in, one verdict a site out, with an interval, reasons and the worst examples.

Records -> articles (`article`) -> dealt to files by site (`spill`) -> columns and a few texts of each site (`gather`)
-> share (`quality.share`), parts, what recurs across articles (`across`) -> `Site`. Block lists are made in `export`.

    judge = Judge(quality.load())
    for site in judge.sites(articles(scored.read("scored.jsonl", Options()))):
        print(site.site, site.verdict, site.interval)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from quality.readers import DEFAULT, Options, Reject
from quality.scored import Row
from quality.sites.article import Article, article
from quality.sites.gather import Limits
from quality.sites.site import ORDER, Bounds, Example, Judge, Site

__all__ = ["ORDER", "Article", "Bounds", "Example", "Judge", "Limits", "Site", "articles"]


def articles(
    rows: Iterable[Row | Reject], model: str, options: Options = DEFAULT, site_key: str = "",
    tell: Callable[[Reject], object] = lambda reject: None,
) -> Iterator[Article]:  # fmt: skip
    """The articles of scored rows that the ``model`` of this name scored; whatever is none is told.

    ``options`` are those that the records were read with before they were scored.
    """
    for row in rows:
        if isinstance(row, Reject):
            tell(row)
        elif row.model != model:
            tell(Reject(row.source, "", row.id, f"was scored by {row.model}, not by {model} (see --model)"))
        elif found := article(row, options, site_key):
            yield found
        else:
            tell(Reject(row.source, "", row.id, f"has no {site_key} to tell its site (see --site-key)"))
