"""Sites of a batch, in a table: each one's verdict, the share of its articles that are farm pages, and the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quality.page.markup import Safe, element, join
from quality.page.reasons import counted, drawing
from quality.sites import Site

SHOWN = 25  # sites on the page
NOBODY = "Sites are judged by scores of the model at hand only (see --model)."
COLOURS = {"farm": "farm", "mixed": "suspect", "ok": "ok", "too few": "abstain"}


def section(found: Iterable[Site]) -> Safe:
    """The sites in a table, those first whose share of farm pages is surely largest."""
    sites = sorted(found, key=_order)
    if not sites:
        return element("p", NOBODY, class_="note")
    shown = [one for one in sites if one.interval is not None][:SHOWN]
    names = ("Site", "Verdict", "Articles", "Scored", "Share of farm pages")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in names)))
    table = wide("Sites", element("table", head, element("tbody", *map(_row, shown)), class_="sites"))
    told = "The share of each site's articles that are farm pages, with its 95 % interval: few articles leave it wide. "
    told += "Sites are ordered by its lower end, those with too few articles last."
    rest = len(sites) - len(shown)
    more = [element("p", f"{counted(rest, 'more site')}; Articles can be narrowed to each.", class_="note")]
    return join(element("p", told, class_="note"), table, *(more if rest else []))


def _order(one: Site) -> tuple[bool, float, float, str]:
    low, share = (one.interval or (-1.0, 0.0))[0], one.farm_share or 0.0
    return one.verdict == "too few", -low, -share, one.site


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
