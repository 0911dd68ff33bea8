"""Sites of a batch, in a table: each one's verdict, the share of its articles that are farm pages, and the reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from quality.budget import wilson
from quality.page.markup import Safe, element, join
from quality.page.reasons import counted, drawing
from quality.report.gather import site_of
from quality.scored import Row

SHOWN = 25  # sites on the page
COLOURS = {"farm": "farm", "mixed": "suspect", "ok": "ok", "too few": "abstain"}


class Site(Protocol):
    """What the page needs of a site: share and interval are None where none of its articles has a score."""

    @property
    def site(self) -> str:
        """Its name."""

    @property
    def articles(self) -> int:
        """How many articles of it there are."""

    @property
    def scored(self) -> int:
        """How many of them have a score."""

    @property
    def farm_share(self) -> float | None:
        """The share of those that are farm pages."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """Within what the share lies."""

    @property
    def verdict(self) -> str:
        """farm, mixed, ok or too few."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in plain sentences."""


class Counted(NamedTuple):
    """A site by its verdicts alone: the share of ``farm`` among those scored, with the Wilson interval."""

    site: str
    articles: int
    scored: int
    farm_share: float | None
    interval: tuple[float, float] | None
    verdict: str
    reasons: tuple[str, ...] = ()


def count(rows: Iterable[Row]) -> list[Counted]:
    """The sites of some rows, by the bounds of `quality sites`: above one half farm, below one quarter ok."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[site_of(row)][row.verdict] += 1
    return [_counted(site, verdicts) for site, verdicts in counts.items()]


def _counted(site: str, verdicts: Counter[str]) -> Counted:
    scored = verdicts.total() - verdicts["abstain"]
    if not scored:
        return Counted(site, verdicts.total(), 0, None, None, "too few")
    low, high = wilson(verdicts["farm"], scored)
    said = "farm" if low > 0.5 else "ok" if high < 0.25 else "mixed"
    verdict = said if scored >= 5 else "too few"
    return Counted(site, verdicts.total(), scored, verdicts["farm"] / scored, (low, high), verdict)


def section(found: Iterable[Site]) -> Safe:
    """The sites in a table, those first whose share of farm pages is surely largest."""
    sites = sorted(found, key=_order)
    shown = [one for one in sites if one.interval is not None][:SHOWN]
    names = ("Site", "Verdict", "Articles", "Scored", "Share of farm pages")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    table = wide("Sites", element("table", head, element("tbody", *map(_row, shown)), class_="sites"))
    told = "The share of each site's articles that are farm pages, with its 95 % interval: few articles leave it wide. "
    told += "Sites are ordered by its lower end."
    rest = len(sites) - len(shown)
    more = [element("p", f"{counted(rest, 'more site')}; Articles can be narrowed to each.", class_="note")]
    return join(element("p", told, class_="note"), table, *(more if rest else []))


def _order(one: Site) -> tuple[float, float, int, str]:
    low, share = (one.interval or (-1.0, 0.0))[0], one.farm_share or 0.0
    return -low, -share, -one.scored, one.site


def wide(name: str, table: Safe) -> Safe:
    """A table that may be wider than the window: it scrolls within."""
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def _row(one: Site) -> Safe:
    low, high = one.interval or (0.0, 1.0)
    share = one.farm_share or 0.0
    line = element("path", d=f"M{100 * low:.1f} 8H{100 * high:.1f}", class_="interval")
    dot = element("path", d=f"M{100 * share:.1f} 3V13", class_="share")
    drawn = element("div", drawing(join(line, dot), 16), element("span", f"{share:.0%} ({low:.0%} to {high:.0%})"))
    name = element("button", one.site, type="button", data_site=one.site, title="Show the articles of this site")
    badge = element("span", one.verdict, class_=f"badge {COLOURS.get(one.verdict, 'abstain')}")
    numbers = [element("td", f"{number:,}", class_="number") for number in (one.articles, one.scored)]
    label = element("th", name, *_reasons(one.reasons), scope="row")
    return element("tr", label, element("td", badge), *numbers, element("td", drawn))


def _reasons(reasons: Sequence[str]) -> list[Safe]:
    if not reasons:
        return []
    items = element("ul", *(element("li", one) for one in reasons))
    return [element("details", element("summary", counted(len(reasons), "reason")), items)]
