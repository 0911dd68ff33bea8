"""Gather: all articles of one site as columns, and the texts of those that are compared or shown.

Nothing depends on the order of the articles. An article that comes several times (the same address and title, or the
same text) counts once, by its highest score. Columns take about 60 bytes an article; texts are held of ``Limits``.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from quality.block import Ints
from quality.sites.article import Article
from quality.views import Floats

PARTS = ("section", "author", "month")
SILENT = -1.0  # stands for no score


class Limits(NamedTuple):
    """How many texts of a site are compared with each other, and how many examples are shown."""

    compared: int = 500
    examples: int = 3


class Columns(NamedTuple):
    """A site's articles: ``score`` (float64[n]; -1 for none), ``axes`` (float64[n, 3]), ``parts`` (int64[n, 3])."""

    score: Floats
    axes: Floats
    parts: Ints


class Smallest:
    """The ``most`` articles that come first by an order, each article once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: dict[int, tuple[float, Article]] = {}
        self._heap: list[tuple[float, int]] = []  # last one first; entries that were replaced stay until they come up

    def add(self, order: float, one: Article) -> None:
        """Offer an article whose place is by ``order``, then by its key."""
        if not self.most or (len(self._kept) >= self.most and (order, one.key) > self._last()):
            return
        known = self._kept.get(one.key)
        if known and (known[0], known[1].rank()) <= (order, one.rank()):
            return
        self._kept[one.key] = (order, one)
        heapq.heappush(self._heap, (-order, -one.key))
        if len(self._kept) > self.most:
            del self._kept[self._last()[1]]

    def _last(self) -> tuple[float, int]:
        while True:
            order, key = -self._heap[0][0], -self._heap[0][1]
            if key in self._kept and self._kept[key][0] == order:
                return order, key
            heapq.heappop(self._heap)

    def sorted(self) -> list[Article]:
        """The articles, the first one first."""
        return [one for _, one in sorted(self._kept.values(), key=lambda kept: (kept[0], kept[1].key))]


@dataclass
class Gathered:
    """What is kept of a site. ``names``: sections, authors and months by number, of which 0 is unknown."""

    site: str
    limits: Limits = field(default_factory=Limits)
    names: tuple[dict[str, int], ...] = field(default_factory=lambda: tuple({"": 0} for _ in PARTS))
    _keys: array[int] = field(default_factory=lambda: array("q"), init=False)
    _numbers: array[float] = field(default_factory=lambda: array("d"), init=False)
    _parts: array[int] = field(default_factory=lambda: array("q"), init=False)
    _reasons: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._compared, self._worst = Smallest(self.limits.compared), Smallest(self.limits.examples)

    def add(self, one: Article) -> None:
        """Take in an article."""
        numbered = zip(self.names, (one.section, one.author, one.month), strict=True)
        self._keys.append(one.key)
        self._numbers.extend((SILENT if one.score is None else one.score, *(one.axes or (np.nan,) * 3)))
        self._parts.extend(names.setdefault(name, len(names)) for names, name in numbered)
        self._parts.append(self._reasons.setdefault(one.reason, len(self._reasons)))
        if one.score is not None:
            self._worst.add(-one.score, one)
            if one.text:
                self._compared.add(0, one)

    def columns(self) -> tuple[Columns, Counter[str]]:
        """The scored articles, each once, in the order of their keys; how often each reason stands for no score."""
        keys = np.frombuffer(self._keys, np.int64)
        numbers = np.frombuffer(self._numbers).reshape(-1, 4)
        parts = np.frombuffer(self._parts, np.int64).reshape(-1, len(PARTS) + 1)
        parts = np.column_stack([_settled(names, parts[:, place]) for place, names in enumerate(self._all())])
        order = np.lexsort((*parts.T, *numbers.T[1:], -numbers[:, 0], keys))
        chosen = order[np.flatnonzero(np.append(True, keys[order][1:] != keys[order][:-1]))]
        silent = numbers[chosen, 0] == SILENT
        reasons = sorted(self._reasons)
        told = Counter(reasons[place] for place in parts[chosen[silent], -1].tolist())
        chosen = chosen[~silent]
        return Columns(numbers[chosen, 0], numbers[chosen, 1:], parts[chosen, :-1]), told

    def _all(self) -> Sequence[dict[str, int]]:
        return (*self.names, self._reasons)

    @property
    def compared(self) -> list[Article]:
        """Scored articles whose texts are compared: those with the smallest keys, which is as good as drawn."""
        return self._compared.sorted()

    @property
    def worst(self) -> list[Article]:
        """The articles with the highest scores."""
        return self._worst.sorted()


def _settled(names: dict[str, int], numbers: Ints) -> Ints:
    """Numbers of names in the order of the names, instead of that in which they came."""
    place = np.empty(len(names), np.int64)
    place[[names[name] for name in sorted(names)]] = np.arange(len(names))
    return place[numbers]


def gather(articles: Iterable[Article], limits: Limits) -> list[Gathered]:
    """The sites of some articles, by name."""
    found: dict[str, Gathered] = {}
    for one in articles:
        if one.site not in found:
            found[one.site] = Gathered(one.site, limits)
        found[one.site].add(one)
    return [found[site] for site in sorted(found)]
