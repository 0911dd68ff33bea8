"""Titles: variants of one page for many keywords, told by titles that differ in one place ("Best … in Marlow")."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from quality import language
from quality.sites.address import address
from quality.sites.frames import CALENDAR, SLOT

LEAST_FIXED = 3  # words that variants share, one of them no function word
LONGEST = 16  # words of a title that are looked at
FILL = 3  # words that differ, at most
_WORD = re.compile(r"[\w'’&]+")
_BETWEEN = re.compile(r"[-_+.]|%20")
_TAIL = re.compile(r"(?<!\s)\s++[|–—»·:-]++\s++")
_FILES = ("php", "html", "htm", "aspx")  # what is no word of a slug
_ENDING = re.compile(r"\.\w{1,5}$")
_DATED = frozenset(CALENDAR.split())

Words = tuple[str, ...]


def variants(titles: Sequence[str], least: int) -> list[tuple[str, list[int]]]:
    """Patterns that ``least`` different titles or more share, with the places of those, the most common first.

    Titles that differ in numbers and dates only are no variants: they are those of a series.

    >>> variants(["Best vets in Marlow", "Best vets in Bisham", "Best vets in Cookham"], 3)
    [('best vets in …', [0, 1, 2])]
    >>> variants(["Notes of our meeting, 3 May", "Notes of our meeting, 7 June", "Notes of our meeting, 2 July"], 3)
    []
    """
    function = frozenset(language.words("function"))
    fills: defaultdict[Words, dict[Words, list[int]]] = defaultdict(dict)
    for place, words in enumerate(map(_words, _bare(titles))):
        for pattern, fill in _holed(words):
            if len([one for one in pattern if one not in function]) > 1:  # one is the slot
                fills[pattern].setdefault(fill, []).append(place)
    found = [(pattern, told) for pattern, told in fills.items() if len(told) >= least]
    ranked = [(" ".join(pattern), sorted(chain.from_iterable(told.values()))) for pattern, told in found]
    return sorted(ranked, key=lambda one: (-len(one[1]), -len(one[0]), one[0]))


def _holed(words: Words) -> Iterator[tuple[Words, Words]]:
    """A title with a slot in each place, and what stands there but for numbers and dates."""
    for size in range(1, FILL + 1):
        for at in range(len(words) - size + 1):
            fill = words[at : at + size]
            named = tuple(one for one in fill if not (one in _DATED or one[:1].isdigit()))
            if len(words) - size >= LEAST_FIXED and named:
                yield (*words[:at], SLOT, *words[at + size :]), named


def _words(title: str) -> Words:
    return tuple(_WORD.findall(title.lower()))[:LONGEST]


def _bare(titles: Sequence[str]) -> list[str]:
    """Titles without what most of them begin or end with, the site's name."""
    split = [_TAIL.split(title.strip()) for title in titles]
    ends = Counter(part for parts in split if len(parts) > 1 for part in {parts[0], parts[-1]})
    usual = {part for part, count in ends.items() if 3 * count >= len(titles)}
    return [" ".join(part for part in parts if part not in usual) for parts in split]


def title_of(title: str, url: str) -> str:
    """The title, else what the last segment of the address says.

    >>> title_of("", "https://a.example/x/best-vets-in-marlow.html")
    'best vets in marlow'
    """
    found = address(url) if url and not title.strip() else None
    slug = _ENDING.sub("", found.path[-1]) if found and found.path else ""
    return title.strip() or " ".join(word for word in _BETWEEN.split(slug) if word not in _FILES)
