"""Build: the page about a batch, from what was gathered of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from quality.page.markup import Safe, element, join
from quality.page.reasons import counted
from quality.page.shell import STYLES, asset, page
from quality.readers import Reject
from quality.report import charts, phrases, rejects, sites, table
from quality.report.details import details
from quality.report.gather import Batch
from quality.scored import VERDICTS
from quality.scorer import Scorer

HERE = Path(__file__).parent


class Part(NamedTuple):
    """A part of the page: its anchor, its heading, what stands in it."""

    id: str
    name: str
    content: Safe


def report(name: str, batch: Batch, rejected: Sequence[Reject], scorer: Scorer) -> str:
    """The whole page about the batch in the file ``name``."""
    title = f"Report on {Path(name).name}"
    shown = details(batch.worst, scorer)
    parts = list(_parts(batch, rejected, scorer, shown.strongest))
    contents = element("nav", *(element("a", part.name, href=f"#{part.id}") for part in parts), aria_label="Contents")
    top = element("header", element("h1", title), _summary(batch, scorer), contents, class_="top")
    sections = [element("section", element("h2", part.name), part.content, id=part.id) for part in parts]
    back = element("p", element("a", "← All articles", href="#articles"), class_="back")
    overview = element("div", top, element("main", *sections), class_="overview")
    body = join(overview, element("main", back, *shown.sections, class_="details"), table.data(batch))
    styles = [*STYLES, asset("report.css", HERE)]
    return page(title, body, styles, [asset("page.js"), asset("report.js", HERE)])


def _summary(batch: Batch, scorer: Scorer) -> Safe:
    scored = batch.total - batch.verdicts["abstain"]
    tiles = [_tile("articles", batch.total, "")]
    for verdict in VERDICTS[:3]:
        count = batch.verdicts[verdict]
        tiles.append(_tile(verdict, count, f"{count / max(scored, 1):.1%} of those scored"))
    why = ", ".join(f"{count:,} {name}" for name, count in batch.reasons.most_common())
    tiles.append(_tile("abstain", batch.verdicts["abstain"], why))
    days = sorted(row.day for row in batch.rows if row.day)
    span = f"Published {days[0]} to {days[-1]}. " if days else ""
    models = ", ".join(name for name, _ in batch.models.most_common())
    warnings = [element("p", warning, class_="warning") for warning in _warnings(batch, scorer)]
    told = element("p", f"{span}Scored by {models or scorer.name}.", class_="note")
    return join(told, *warnings, element("ul", *tiles, class_="tiles"))


def _tile(name: str, count: int, said: str) -> Safe:
    label = element("span", name, class_=f"key {name}" if name in VERDICTS else None)
    return element("li", element("strong", f"{count:,}"), label, element("small", said))


def _warnings(batch: Batch, scorer: Scorer) -> Iterator[str]:
    """What a reader must know of the figures before looking at them."""
    others = [name for name in batch.models if name != scorer.name]
    limits = scorer.model.thresholds
    moved = sum(row.score is not None and scorer.model.verdict(row.score) != row.verdict for row in batch.rows)
    if others:
        yield f"Scored by {', '.join(others)}; the thresholds are those of {scorer.name}, which --model can change."
    elif moved:
        yield (
            f"{counted(moved, 'verdict')} were given at other thresholds than those marked here (farm from "
            f"{limits['farm']:.2f}, suspect from {limits['suspect']:.2f}), which --threshold can change."
        )


def _parts(
    batch: Batch, rejected: Sequence[Reject], scorer: Scorer, strongest: phrases.Strongest
) -> Iterator[Part]:  # fmt: skip
    if any(row.score is not None for row in batch.rows):
        yield Part("scores", "Scores", _scores(batch, scorer))
    if batch.rows:
        yield Part("sites", "Sites", sites.section(sites.sites(batch.rows)))
        yield Part("articles", "Articles", table.section(batch))
    if strongest.articles:
        yield Part("phrases", "What stands out", phrases.section(strongest))
    if any(row.axes for row in batch.rows):
        drawings = element("div", charts.scatter(batch.rows), class_="three")
        yield Part("axes", "Axes", join(charts.legend(VERDICTS[:3]), drawings))
    if refused := [*rejected, *batch.unread]:
        told = element("p", f"{counted(len(refused), 'record')} could not be read or scored.", class_="note")
        yield Part("rejects", "Rejected", join(told, rejects.section(rejects.groups(refused))))


def _scores(batch: Batch, scorer: Scorer) -> Safe:
    drawn = charts.histogram(batch.rows, scorer.model.thresholds)
    said = "The height follows the square root of the count, so that few are seen beside many."
    figures = [_figure("How the scores lie", said, drawn)]
    over_time = charts.over_time(batch.rows)
    if over_time is not None:
        known = sum(row.day is not None for row in batch.rows)
        figures.append(_figure("Verdicts over time", f"Of the {counted(known, 'article')} with a date.", over_time))
    return join(charts.legend(VERDICTS), element("div", *figures, class_="two"))


def _figure(name: str, said: str, drawing: Safe) -> Safe:
    caption = element("figcaption", element("h3", name), element("p", said, class_="note"))
    return element("figure", caption, drawing)
