"""Across: what the articles of a site say again of each other, explained with counts and examples.

It explains a site's score and does not move it (docs/sites.md says why). What repeats word for word, or but for numbers
and dates, or is of a known kind of template, is named as a template and does not count as repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from quality.block import Bools, Ints
from quality.lookup import U64
from quality.sites import alike, templates, titles
from quality.sites.article import Article
from quality.sites.frames import HEAD, Sentences, sentences, shown
from quality.views import Reader, Views

FEWEST = 3  # articles that something must recur in
SHARE = 0.1  # of the articles compared, that something must recur in
FIXED, HEAD_FIXED, LONG = 6, 4, 6  # usual words of a frame and of a beginning; words of a first or last sentence
HEADINGS, HEADING_FIXED = 3, 2  # headings that articles share by which they have one skeleton; usual words of a frame
NAMED = 4  # headings that are told
QUOTED = 160  # characters of an example
CHUNK = 32  # texts looked at together


class Finding(NamedTuple):
    """Something that recurs in the articles at the places ``docs``. ``template`` is its kind where it is one."""

    docs: frozenset[int]
    reason: str
    template: str = ""


@dataclass(frozen=True)
class Group:
    """Sentences with the same hash: in how many articles, and which."""

    rows: Ints
    docs: frozenset[int]


@dataclass(frozen=True, eq=False)
class Across:
    """The articles of a site that are compared, with what is looked at."""

    articles: Sequence[Article]
    reader: Reader
    found: Sentences
    minima: U64

    @classmethod
    def of(cls, articles: Sequence[Article], reader: Reader) -> Across:
        """Compare some articles, one or more, with each other."""
        parts = []
        for at in range(0, len(articles), CHUNK):
            views = Views([one.document() for one in articles[at : at + CHUNK]], reader)
            parts.append((sentences(views, at), alike.minima(views)))
        found, minima = zip(*parts, strict=True)
        return cls(articles, reader, Sentences.joined(found), np.concatenate(minima))

    @cached_property
    def least(self) -> int:
        """Articles that something must recur in."""
        return max(FEWEST, int(np.ceil(SHARE * len(self.articles))))

    def findings(self) -> list[Finding]:
        """All that recurs, most widespread first within a kind."""
        near = list(self._near())
        copies = frozenset(doc for one in near for doc in one.docs)
        looked = [*self._openings(), *self._closings(), *self._skeletons(), *self._frames()]
        found = [*near, *self._variants(), *(one for one in looked if len(one.docs - copies) >= FEWEST)]
        return [one for one in found if not one.template] + _widest([one for one in found if one.template])

    def share(self, findings: Sequence[Finding]) -> float:
        """Share, in [0, 1], of the articles in which something recurs that is no template."""
        return len(frozenset().union(*(one.docs for one in findings if not one.template))) / len(self.articles)

    def text(self, row: int) -> str:
        """The words of a sentence."""
        found = self.found
        return (self.articles[int(found.doc[row])].text or "")[int(found.begin[row]) : int(found.end[row])]

    def _openings(self) -> Iterator[Finding]:
        yield from self._ends("open alike", lambda doc: np.append(True, doc[1:] != doc[:-1]))

    def _closings(self) -> Iterator[Finding]:
        yield from self._ends("close alike", lambda doc: np.append(doc[1:] != doc[:-1], True))

    def _ends(self, verb: str, which: Callable[[Ints], Bools]) -> Iterator[Finding]:
        long = np.flatnonzero(~self.found.heading & (self.found.fixed >= LONG - 2))
        if not long.size:
            return
        rows = long[which(self.found.doc[long])]
        rows = rows[self.found.head_fixed[rows] >= HEAD_FIXED]
        yield from self._told(self._groups(self.found.head, rows), HEAD, verb)

    def _frames(self) -> Iterator[Finding]:
        rows = np.flatnonzero(~self.found.heading & (self.found.fixed >= FIXED))
        yield from self._told(self._groups(self.found.frame, rows), None, "fill in the same sentence")

    def _told(self, groups: Sequence[Group], most: int | None, verb: str) -> Iterator[Finding]:
        """A finding for all frames, and one for each kind of template."""
        kinds: dict[str, list[Group]] = {}
        for group in groups:
            kinds.setdefault(self._kind(group), []).append(group)
        for kind, alike_ in kinds.items():
            docs = frozenset[int]().union(*(one.docs for one in alike_))
            if kind:
                first = _quoted(self.text(int(alike_[0].rows[0])))
                yield Finding(docs, f"A template ({kind}) recurs in {self._count(docs)}: {first}.", kind)
            else:
                example = shown(self.text(int(alike_[0].rows[0])), self.reader, most)
                yield Finding(docs, f"{self._count(docs)} {verb}: {_quoted(example)}.")

    def _kind(self, group: Group) -> str:
        """The kind of template that a group of sentences is of; empty for none."""
        if self._copied(self.found.exact, group):
            return "the same words"
        if self._copied(self.found.but_numbers, group):
            return "the same words but for numbers and dates"
        return templates.kind(self.text(int(group.rows[0])))

    def _copied(self, hashes: U64, group: Group) -> bool:
        """Whether most articles of a group have theirs in common with another."""
        found = hashes[group.rows]
        order = np.argsort(found, kind="stable")
        _, count = np.unique(found, return_counts=True)
        shared = np.repeat(count > 1, count)
        return 2 * len(set(self.found.doc[group.rows[order[shared]]].tolist())) > len(group.docs)

    def _skeletons(self) -> Iterator[Finding]:
        # Headings of one usual word or none ("… and …") say too little as frames: they are taken word for word.
        hashes = np.where(self.found.fixed >= HEADING_FIXED, self.found.frame, self.found.exact)
        groups = self._groups(hashes, np.flatnonzero(self.found.heading))
        shared = np.zeros(len(self.articles), np.int64)
        for group in groups:
            shared[list(group.docs)] += 1
        docs = frozenset(np.flatnonzero(shared >= HEADINGS).tolist())
        if len(docs) >= self.least:
            names = [_quoted(self._heading(one)) for one in groups[:NAMED]]
            kind = templates.kind(" ".join(names))
            reason = f"{self._count(docs)} have the same sections: {', '.join(names)}."
            yield Finding(docs, f"A template ({kind}): {reason[0].lower()}{reason[1:]}" if kind else reason, kind)

    def _heading(self, group: Group) -> str:
        text = self.text(int(group.rows[0]))
        return text if np.unique(self.found.exact[group.rows]).size == 1 else shown(text, self.reader)

    def _near(self) -> Iterator[Finding]:
        other, share = alike.nearest(self.minima)
        docs = frozenset(np.flatnonzero(share >= alike.NEAR).tolist())
        if len(docs) < 2:
            return
        best = int(np.argmax(share))
        pair = " and ".join(_quoted(_name(self.articles[one])) for one in sorted((best, int(other[best]))))
        kind = templates.kind(self.articles[best].text or "", whole=True)
        reason = f"{self._count(docs)} are nearly the same as another: {pair}."
        yield Finding(docs, f"A template ({kind}): {reason[0].lower()}{reason[1:]}" if kind else reason, kind)

    def _variants(self) -> Iterator[Finding]:
        names = [titles.title_of(one.title, one.url) for one in self.articles]
        found = titles.variants(names, self.least)
        if found:
            pattern, docs = found[0]
            kind = templates.kind(pattern)
            reason = f"{self._count(docs)} are variants of one title: {_quoted(pattern)}."
            yield Finding(frozenset(docs), f"A template ({kind}): {reason}" if kind else reason, kind)

    def _groups(self, hashes: U64, rows: Ints) -> list[Group]:
        """Groups of some sentences that stand in enough articles, the most widespread first."""
        order = rows[np.argsort(hashes[rows], kind="stable")]
        starts = np.append(0, np.flatnonzero(hashes[order][1:] != hashes[order][:-1]) + 1)
        size = np.diff(np.append(starts, len(order)))
        large = size >= self.least
        parts = [order[at : at + count] for at, count in zip(starts[large], size[large], strict=True)]
        found = [Group(part, frozenset(self.found.doc[part].tolist())) for part in parts]
        wide = [one for one in found if len(one.docs) >= self.least]
        return sorted(wide, key=lambda one: (-len(one.docs), int(one.rows[0])))

    def _count(self, docs: Sequence[int] | frozenset[int]) -> str:
        return f"{len(docs):,} of {len(self.articles):,} articles"


def _widest(found: Sequence[Finding]) -> list[Finding]:
    """Of each kind of template the finding in most articles."""
    best: dict[str, Finding] = {}
    for one in found:
        if one.template not in best or len(one.docs) > len(best[one.template].docs):
            best[one.template] = one
    return list(best.values())


def _name(one: Article) -> str:
    return one.title or one.url or (one.text or "")


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= QUOTED else line[: QUOTED - 1] + '…'}”"
