"""Sites of a batch: how many of each one's articles are farm pages, and within what interval the share lies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from quality.budget import wilson
from quality.page.markup import Safe, element, join
from quality.page.reasons import counted, drawing
from quality.report.gather import site_of
from quality.scored import Row

SHOWN = 25  # sites on the page


class Site(NamedTuple):
    """A site: its articles, how many of them have a score, how many are ``farm``, and the interval of that share."""

    site: str
    articles: int
    scored: int
    farm: int
    interval: tuple[float, float]


def sites(rows: Iterable[Row]) -> list[Site]:
    """All sites, those first whose share of farm pages is surely largest."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[site_of(row)][row.verdict] += 1
    found = []
    for site, verdicts in counts.items():
        scored = verdicts.total() - verdicts["abstain"]
        interval = wilson(verdicts["farm"], scored)
        found.append(Site(site, verdicts.total(), scored, verdicts["farm"], interval))
    return sorted(found, key=lambda one: (-one.interval[0], -one.farm, -one.scored, one.site))


def section(found: Sequence[Site]) -> Safe:
    """The sites in a table, each with its share and interval."""
    names = ("Site", "Articles", "Scored", "Farm", "Share of farm pages")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    shown = [one for one in found if one.scored][:SHOWN]
    table = wide("Sites", element("table", head, element("tbody", *map(_row, shown)), class_="sites"))
    told = (
        "The share of each site's scored articles that are farm pages, with its 95 % interval (Wilson). Few articles "
        "leave it wide; sites are ordered by its lower end."
    )
    rest = len(found) - len(shown)
    more = [element("p", f"{counted(rest, 'more site')}; Articles can be narrowed to each.", class_="note")]
    return join(element("p", told, class_="note"), table, *(more if rest else []))


def wide(name: str, table: Safe) -> Safe:
    """A table that may be wider than the window: it scrolls within."""
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def _row(one: Site) -> Safe:
    low, high = (f"{100 * bound:.1f}" for bound in one.interval)
    share = one.farm / one.scored
    line = element("path", d=f"M{low} 8H{high}", class_="interval")
    dot = element("path", d=f"M{100 * share:.1f} 3V13", class_="share")
    said = f"{share:.0%} ({one.interval[0]:.0%} to {one.interval[1]:.0%})"
    cells = [element("td", f"{number:,}", class_="number") for number in (one.articles, one.scored, one.farm)]
    site = element("button", one.site, type="button", data_site=one.site, title="Show the articles of this site")
    return element(
        "tr",
        element("th", site, scope="row"),
        *cells,
        element("td", element("div", drawing(join(line, dot), 16), element("span", said))),
    )
