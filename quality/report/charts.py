"""Charts of a batch: how its scores lie, how verdicts change over time, how the axes go together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations

from quality.page.markup import Safe, element, join
from quality.page.plot import Plot, Scale, counts, share
from quality.scored import AXES, VERDICTS, Row

BINS = 40
PERIODS = 24  # most bars over time: above, months become years, and days months
_ORDER = ("farm", "suspect", "ok")


def histogram(rows: Iterable[Row], thresholds: Mapping[str, float]) -> Safe:
    """How many articles have which score, with the thresholds."""
    bins: list[Counter[str]] = [Counter() for _ in range(BINS)]
    for row in rows:
        if row.score is not None:
            bins[min(int(row.score * BINS), BINS - 1)][row.verdict] += 1
    most = max(one.total() for one in bins)
    plot = Plot("Distribution of the scores, with both thresholds", share("score"), counts("articles", most))
    bars = [_stack(plot, place, one) for place, one in enumerate(bins)]
    rules = [
        plot.rule(thresholds[name], f"{name} from {thresholds[name]:.2f}", drop)
        for drop, name in enumerate(("suspect", "farm"))
    ]
    return plot.draw(*bars, *rules)


def _stack(plot: Plot, place: int, found: Counter[str]) -> Safe:
    across, below, parts = (place / BINS, (place + 1) / BINS), 0, []
    said = f"{across[0]:.3f} to {across[1]:.3f}: " + ", ".join(f"{found[one]} {one}" for one in _ORDER if found[one])
    for verdict in _ORDER:
        if found[verdict]:
            parts.append(plot.bar(across, (below, below + found[verdict]), verdict, said))
            below += found[verdict]
    return join(*parts)


def over_time(rows: Iterable[Row]) -> Safe | None:
    """Shares of the verdicts by day, month or year; None when fewer than two of them are known."""
    days = [(row.day, row.verdict) for row in rows if row.day]
    periods: defaultdict[str, Counter[str]] = defaultdict(Counter)
    form = _form([day for day, _ in days])
    for day, verdict in days:
        periods[day.strftime(form)][verdict] += 1
    if len(periods) < 2:
        return None
    names = sorted(periods)
    shown = names[-PERIODS:]
    step = -(-len(shown) // 6)
    ticks = [(place + 0.5, name) for place, name in enumerate(shown) if place % step == 0]
    y = Scale("share of articles", 0, 1, share("").ticks)
    plot = Plot("Shares of the verdicts over time", Scale(_label(len(names)), 0, len(shown), ticks), y)
    return plot.draw(*(_period(plot, place, name, periods[name]) for place, name in enumerate(shown)))


def _form(days: Sequence[date]) -> str:
    for form in ("%Y-%m-%d", "%Y-%m", "%Y"):
        if len({day.strftime(form) for day in days}) <= PERIODS:
            return form
    return "%Y"


def _label(periods: int) -> str:
    return "published" if periods <= PERIODS else f"published (the last {PERIODS} of {periods} years)"


def _period(plot: Plot, place: int, name: str, found: Counter[str]) -> Safe:
    below, parts = 0.0, []
    said = f"{name}: " + ", ".join(f"{found[one]} {one}" for one in VERDICTS if found[one])
    for verdict in VERDICTS:
        part = found[verdict] / found.total()
        if part:
            parts.append(plot.bar((place, place + 1), (below, below + part), verdict, said))
            below += part
    return join(*parts)


def scatter(rows: Sequence[Row]) -> Safe:
    """Each pair of axes against each other, a dot an article."""
    return join(*(_pair(rows, *pair) for pair in combinations(range(len(AXES)), 2)))


def _pair(rows: Sequence[Row], first: int, second: int) -> Safe:
    title = f"{AXES[first].capitalize()} against {AXES[second]}"
    plot = Plot(title, share(AXES[first]), share(AXES[second]), height=360, width=360)
    dots = []
    for verdict in reversed(_ORDER):
        points = [(row.axes[first], row.axes[second]) for row in rows if row.axes and row.verdict == verdict]
        dots.append(plot.dots(points, verdict))
    return element("figure", plot.draw(*dots))


def legend(verdicts: Iterable[str]) -> Safe:
    """Which colour is which verdict."""
    return element("p", *(element("span", verdict, class_=f"key {verdict}") for verdict in verdicts), class_="keys")
