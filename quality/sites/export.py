"""Export: block lists of farm sites, with what each entry rests on in comments, so that an owner can answer it.

Only sites whose interval lies above the bound stand in a list. A list for a browser or a resolver holds domains; a site
that is none (a feed's name, an address of numbers in a hosts file) cannot stand there and is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from quality.sites.address import address
from quality.sites.site import Bounds, Site
from quality.writers.base import printable
from quality.writers.csv import cell

EXAMPLES = 2  # addresses told of each site
_IP = re.compile(r"[\d.]+|.*:.*")


class Ground(NamedTuple):
    """What a list rests on: the model and its digest, the day, the bounds of a verdict."""

    model: str
    digest: str
    day: date
    bounds: Bounds


def pieces(form: str, sites: Iterable[Site], ground: Ground) -> Iterator[bytes]:
    """A list of one of the ``FORMATS``: the farm sites, those first whose share is surely largest."""
    farms = [one for one in sites if one.verdict == "farm"]
    farms.sort(key=lambda one: (-(one.interval or (0.0,))[0], one.site))
    return (piece.encode("utf-8", "replace") for piece in FORMATS[form](farms, ground))


def is_domain(site: str) -> bool:
    """Whether a site is a host or a registrable domain.

    >>> is_domain("a.example"), is_domain("Bees Weekly"), is_domain("feed.xml/a")
    (True, False, False)
    """
    found = address(f"http://{site}/") if "/" not in site and "." in site else None
    return found is not None and found.host == site


def ublacklist(sites: Iterable[Site], ground: Ground) -> Iterator[str]:
    """A ruleset for uBlacklist: match patterns and comments (https://ublacklist.github.io/docs/advanced-features)."""
    yield f"---\nname: quality {ground.model} {ground.day}\n---\n"
    yield from _commented(sites, ground, _pattern)


def _pattern(one: Site) -> str:
    # A site that is a public suffix itself holds the sites of others below it: they are not meant.
    found = address(f"http://x.{one.site}/")
    exact = _IP.fullmatch(one.site) or (found and found.site != one.site)
    return f"*://{'' if exact else '*.'}{one.site}/*\n"


def hosts(sites: Iterable[Site], ground: Ground) -> Iterator[str]:
    """A hosts file: the domain, its www and the hosts of the examples, as such a file has no patterns."""
    yield from _commented(sites, ground, _entries)


def _entries(one: Site) -> str:
    if _IP.fullmatch(one.site):
        return "# (an address of numbers cannot stand in a hosts file)\n"
    seen = {found.host for example in one.examples if (found := address(example.url))}
    return "".join(f"0.0.0.0 {host}\n" for host in (one.site, *sorted({f"www.{one.site}", *seen} - {one.site})))


def _commented(sites: Iterable[Site], ground: Ground, entry: Callable[[Site], str]) -> Iterator[str]:
    yield (
        f"# Sites of which more than {ground.bounds.farm:.0%} of the articles are farm pages, with 95 % confidence,\n"
        f"# by {ground.bounds.fewest} scored articles or more. Made on {ground.day} by quality, model\n"
        f"# {printable(ground.model)} (sha256 {ground.digest}).\n"
        "# It is an estimate from texts alone and says nothing of who wrote them or whether they are true.\n"
    )
    for one in sites:
        yield "\n" + "".join(f"# {line}\n" for line in _told(one, ground))
        yield entry(one) if is_domain(one.site) else f"# {printable(one.site)}: is no domain, so it is not listed\n"


def _told(one: Site, ground: Ground) -> Iterator[str]:
    low, high = one.interval or (0.0, 1.0)
    share = one.farm_share or 0.0
    yield (
        f"{printable(one.site)}: {share:.0%} farm pages ({low:.0%} to {high:.0%}), {one.scored} articles, "
        f"{ground.day}, {printable(ground.model)}"
    )
    yield from (f"e.g. {printable(example.url)}" for example in one.examples[:EXAMPLES] if example.url)


def table(sites: Iterable[Site], ground: Ground) -> Iterator[str]:
    """A row a site, for a spreadsheet: what stands in the comments of the other lists in columns of its own."""
    examples = [f"example{number}" for number in range(1, EXAMPLES + 1)]
    yield _row(["site", "farm_share", "low", "high", "articles", "date", "model", "sha256", *examples])
    for one in sites:
        urls = [example.url for example in one.examples if example.url]
        urls = [*urls, *[""] * EXAMPLES][:EXAMPLES]
        numbers = [one.farm_share, *(one.interval or (None, None)), one.scored]
        yield _row([printable(one.site), *numbers, str(ground.day), ground.model, ground.digest, *map(printable, urls)])


def _row(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(map(cell, values))
    return line.getvalue()


FORMATS: dict[str, Callable[[Iterable[Site], Ground], Iterator[str]]] = {
    "ublacklist": ublacklist,
    "hosts": hosts,
    "csv": table,
}
"""Name -> writer of a block list."""
