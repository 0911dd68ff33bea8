"""Sites of a batch, in a table: each one's verdict, the share of its articles that are farm pages, and the reasons."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from itertools import count

from quality.page.markup import Safe, element, join
from quality.page.reasons import counted, drawing
from quality.share import FARM_ABOVE, FEWEST, OK_BELOW
from quality.sites import Site

SHOWN = 25  # sites on the page
NOBODY = "Sites are judged by scores of the model at hand only (see --model)."
COLOURS = {"farm": "farm", "mixed": "suspect", "ok": "ok", "too few": "abstain"}
NAMES = ("Site", "Verdict", "Articles", "Scored", "Share of farm pages")
TOLD = (
    "The share of each site's articles that are farm pages, with its 95 % interval; the lines across stand at "
    f"{OK_BELOW:.0%} and {FARM_ABOVE:.0%}. A site is ok when its interval lies below the first, farm when above the "
    f"second, and else mixed, or not to be told by its scores. Under {FEWEST} scored articles are too few to say."
)


def section(found: Iterable[Site]) -> Safe:
    """The sites in a table, in the order of `quality sites`."""
    numbers = count()  # zip takes from it after `found`: next(numbers) is how many sites there were
    pairs = zip(found, numbers, strict=False)
    best = [one for one, _ in heapq.nsmallest(SHOWN, pairs, key=lambda pair: pair[0].rank())]
    if not best:
        return element("p", NOBODY, class_="note")
    shown = [one for one in best if one.interval is not None]
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in NAMES)))
    table = wide("Sites", element("table", head, *map(_body, shown), class_="sites"))
    rest = next(numbers) - len(shown)
    more = [element("p", f"{counted(rest, 'more site')}; Articles can be narrowed to each.", class_="note")]
    return join(element("p", TOLD, class_="note"), table, *(more if rest else []))


def wide(name: str, table: Safe) -> Safe:
    """A table that may be wider than the window: it scrolls within."""
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def _body(one: Site) -> Safe:
    """A site's row, and one across for its reasons."""
    name = element("button", one.site, type="button", data_site=one.site, title="Show the articles of this site")
    badge = element("span", one.verdict, class_=f"badge {COLOURS.get(one.verdict, 'abstain')}")
    numbers = [element("td", f"{number:,}", class_="number") for number in (one.articles, one.scored)]
    row = element("tr", element("th", name, scope="row"), element("td", badge), *numbers, _share(one))
    return element("tbody", row, *_reasons(one.reasons))


def _share(one: Site) -> Safe:
    low, high = one.interval or (0.0, 1.0)
    share = one.farm_share or 0.0
    bounds = element("path", d=f"M{100 * OK_BELOW:g} 0V16M{100 * FARM_ABOVE:g} 0V16", class_="bounds")
    line = element("path", d=f"M{100 * low:.1f} 8H{100 * high:.1f}", class_="interval")
    dot = element("path", d=f"M{100 * share:.1f} 3V13", class_="share")
    said = element("span", f"{share:.0%} ({low:.0%} to {high:.0%})")
    return element("td", element("div", drawing(join(bounds, line, dot), 16), said), class_="range")


def _reasons(reasons: Sequence[str]) -> list[Safe]:
    if not reasons:
        return []
    items = element("ul", *(element("li", one) for one in reasons))
    told = element("details", element("summary", counted(len(reasons), "reason")), items)
    return [element("tr", element("td", told, colspan=len(NAMES)), class_="reasons")]
