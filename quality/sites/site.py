"""Site: one verdict about all articles of a site, with its interval, its reasons and its worst articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from quality.errors import UsageError
from quality.model import HEADS, Evidence
from quality.scorer import STRONGEST, Scorer
from quality.share import FARM_ABOVE, FEWEST, OK_BELOW, Estimate, Shares, Spread
from quality.sites.across import Across
from quality.sites.article import Article
from quality.sites.gather import Columns, Gathered, Limits, gather
from quality.sites.parts import differing
from quality.sites.spill import parted
from quality.views import Reader

Verdict = Literal["farm", "mixed", "ok", "too few"]
ORDER: tuple[Verdict, ...] = ("farm", "mixed", "ok", "too few")
HIGH = 0.5  # mean of an axis that is worth telling
SAME = 1e-6  # difference of two scores that is none


class Bounds(NamedTuple):
    """When a site is ``farm`` (its interval lies above), ``ok`` (below), or has ``too few`` scored articles."""

    farm: float = FARM_ABOVE
    ok: float = OK_BELOW
    fewest: int = FEWEST

    def checked(self) -> Bounds:
        """These bounds.

        Raises:
            UsageError: when they do not go together.
        """
        if not 0 < self.ok <= self.farm < 1:
            raise UsageError("the bounds of a verdict must be 0 < --ok-below <= --farm-above < 1")
        return self

    def verdict(self, scored: int, estimate: Estimate) -> Verdict:
        """What is said of a site."""
        if scored < self.fewest:
            return "too few"
        if estimate.low > self.farm:
            return "farm"
        return "ok" if estimate.high < self.ok else "mixed"


@dataclass(frozen=True, slots=True)
class Example:
    """One of a site's worst articles. ``evidence`` is None where it is not at hand, for the reason in ``note``."""

    url: str
    title: str
    score: float
    evidence: Sequence[Evidence] | None = None
    note: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The example as it stands in a record."""
        told = None if self.evidence is None else [one.as_dict() for one in self.evidence]
        return {"url": self.url, "title": self.title, "score": self.score, "evidence": told, "note": self.note}


@dataclass(frozen=True, slots=True)
class Site:
    """A site: ``articles`` (each once), how many ``scored``; the share of farm articles with its 95 % ``interval``.

    ``score`` is the probability that more than the bound of ``farm`` (one half) of its articles are farm pages. It,
    the share and the axes are None when no article has a score. ``axes`` holds means over articles, and
    ``across_articles``: the share of those compared in which something recurs; None where no texts are at hand.
    """

    site: str
    articles: int
    scored: int
    farm_share: float | None
    interval: tuple[float, float] | None
    score: float | None
    verdict: Verdict
    axes: dict[str, float | None] | None
    reasons: tuple[str, ...]
    examples: tuple[Example, ...]
    model: str

    def rank(self) -> tuple[int, float, str]:
        """By which sites are ordered: by verdict (``ORDER``), then the highest score first, then by name."""
        return ORDER.index(self.verdict), 1.0 if self.score is None else -self.score, self.site

    def as_dict(self) -> dict[str, Any]:
        """The record of the site."""
        return {
            "site": self.site, "articles": self.articles, "scored": self.scored, "farm_share": self.farm_share,
            "interval": list(self.interval) if self.interval else None, "score": self.score, "verdict": self.verdict,
            "axes": self.axes, "reasons": list(self.reasons),
            "examples": [one.as_dict() for one in self.examples], "model": self.model,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judge:
    """Makes sites of gathered articles, by one model; ``explain``: with what recurs and the examples' evidence."""

    scorer: Scorer
    bounds: Bounds = field(default_factory=Bounds)
    limits: Limits = field(default_factory=Limits)
    explain: bool = True

    @cached_property
    def _shares(self) -> Shares:
        return Shares(Spread.of(self.scorer.model.meta))

    @cached_property
    def _reader(self) -> Reader:
        return self.scorer.model.reader()

    def sites(self, articles: Iterable[Article]) -> Iterator[Site]:
        """One site for all articles of each, in an order that depends on the names of the sites alone.

        Raises:
            InputError: see `quality.sites.spill.parted`.
        """
        for part in parted(articles):
            yield from map(self.site, gather(part, self.limits))

    def site(self, found: Gathered) -> Site:
        """The verdict about one site."""
        columns, silent = found.columns()
        scored, articles = len(columns.score), len(columns.score) + silent.total()
        if not scored:
            told = f"No article has a score: {_listed(silent)}."
            return Site(found.site, articles, 0, None, None, None, "too few", None, (told,), (), self.scorer.name)
        estimate = self._shares(columns.score)
        across, repeated = self._across(found, scored)
        names: dict[str, float | None] = dict(zip(HEADS[1:], columns.axes.mean(axis=0).tolist(), strict=True))
        reasons = (*self._reasons(found, columns, estimate, silent), *repeated)
        return Site(
            found.site, articles, scored, estimate.share, (estimate.low, estimate.high),
            estimate.above(self.bounds.farm), self.bounds.verdict(scored, estimate),
            names | {"across_articles": across}, reasons, tuple(map(self._example, found.worst)), self.scorer.name,
        )  # fmt: skip

    def _reasons(self, found: Gathered, columns: Columns, estimate: Estimate, silent: Counter[str]) -> Iterator[str]:
        scored = len(columns.score)
        yield self._told(estimate, scored)
        means = zip(HEADS[1:], columns.axes.mean(axis=0).tolist(), strict=True)
        if told := [f"{name} {mean:.2f}" for name, mean in means if mean >= HIGH]:
            yield f"High on average: {', '.join(told)}."
        yield from differing(columns, [sorted(names) for names in found.names], self._shares.spread)
        if silent:
            yield f"{silent.total():,} more {'has' if silent.total() == 1 else 'have'} no score: {_listed(silent)}."

    def _told(self, estimate: Estimate, scored: int) -> str:
        """The share in words; without a number for it where the interval reaches from ``ok`` to ``farm``."""
        interval = f"{estimate.low:.0%} to {estimate.high:.0%}"
        if estimate.low < self.bounds.ok and estimate.high > self.bounds.farm:
            likely = f"is above {self.bounds.farm:.0%} with a probability of {estimate.above(self.bounds.farm):.0%}"
            open_ = f"By the scores of {scored:,} it is open: the share of farm pages may be {interval}"
            return f"{open_} (95 % interval), and {likely}. Read some of them."
        share = f"About {estimate.share:.0%} of its articles are farm pages"
        return f"{share} (95 % interval {interval}), by the scores of {scored:,}."

    def _across(self, found: Gathered, scored: int) -> tuple[float | None, list[str]]:
        """How much recurs across the articles, and what."""
        articles = found.compared
        if len(articles) < 2 or not self.explain:
            return None, [] if articles or scored < 2 else ["Without texts its articles could not be compared."]
        across = Across.of(articles, self._reader)
        findings = across.findings()
        reasons = [one.reason for one in findings]
        if len(articles) < scored:
            reasons.append(f"What recurs was looked for in {len(articles):,} of its articles.")
        return across.share(findings), reasons

    def _example(self, one: Article) -> Example:
        score = one.score or 0.0
        if not self.explain:
            return Example(one.url, one.title, score)
        if one.text is None:
            return Example(one.url, one.title, score, None, "Its text was dropped: the evidence is not at hand.")
        again = self.scorer.score(one.document(), evidence=STRONGEST)
        if again.score is None or abs(again.score - score) > SAME:
            return Example(one.url, one.title, score, None, "Its text now gets another score: no evidence is shown.")
        return Example(one.url, one.title, score, again.evidence)


def _listed(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason or 'no reason told'} {count:,}" for reason, count in sorted(reasons.items()))
