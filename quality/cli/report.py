"""``quality report``: one page about scored records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quality.cli.options import scored_with

if TYPE_CHECKING:
    from quality.readers import Options, Reject
    from quality.scored import Row


@click.command()
@click.argument("scored", metavar="SCORED")
@click.option(
    "-o", "--output", "out", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.html",
    help="Where the page goes.",
)  # fmt: skip
@click.option(
    "--rejects", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Records that could not be read.  [default: SCORED.rejects.jsonl, if there is one]",
)  # fmt: skip
@click.option(
    "--details", type=click.IntRange(0), default=200, show_default=True, metavar="N",
    help="How many articles are shown with their evidence, those with the highest scores.",
)  # fmt: skip
@click.option(
    "--rows", type=click.IntRange(1), default=20_000, show_default=True, metavar="N",
    help="How many articles are listed, those with the highest scores; all are counted.",
)  # fmt: skip
@scored_with
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="The threshold that was given to batch.")
def report(  # noqa: PLR0913, PLR0917 - the options are the interface
    scored: str, out: Path, rejects: Path | None, details: int, rows: int, site_key: str, text_key: str, id_key: str,
    url_key: str, title_key: str, date_key: str, model: str | None, threshold: float | None,
) -> int:  # fmt: skip
    """Show scored records on one page.

    SCORED is what `quality batch` wrote: .jsonl, .csv or .parquet. The page needs no network and nothing beside it:
    scores and verdicts over time, sites, what stands out, rejects, and a table of all articles, the worst with their
    texts and evidence.

    Exit 0; 1 when a record was not as a batch writes it (told on the page); 2 when SCORED cannot be read.

    \b
    Example:
      quality report scored.jsonl -o report.html
      quality report scored.parquet -o report.html --details 500
    """
    from quality.cli import terminable
    from quality.errors import UsageError
    from quality.page.reasons import counted
    from quality.readers import Options
    from quality.report import rejects as refused
    from quality.report.build import Content
    from quality.report.build import report as built
    from quality.report.gather import Limits, gather
    from quality.scorer import Scorer
    from quality.sites import Judge, articles
    from quality.sites import Limits as Compared
    from quality.terminal import tell
    from quality.whole import written

    if scored == "-":
        raise UsageError("a report reads its records twice: SCORED is a file, not standard input")
    scorer = Scorer.load(model)
    if threshold is not None:
        scorer = scorer.with_threshold(threshold)
    options = Options(text_key=text_key, id_key=id_key, url_key=url_key, title_key=title_key)
    batch = gather(_rows(scored, options, date_key), options, Limits(rows, min(details, rows)), site_key)
    judged = articles(_rows(scored, options, date_key), scorer.name, options, site_key)
    beside = rejects or Path(f"{scored}.rejects.jsonl")
    found = refused.read(beside) if rejects or beside.is_file() else ()
    page = built(scored, Content(batch, Judge(scorer, limits=Compared(examples=0)).sites(judged), found), scorer)
    with terminable(), written(out) as file:
        file.write(page.encode())
    told = (
        f"{counted(batch.total, 'article')}, {len(batch.worst):,} of them in detail, {len(page.encode()) / 1e6:.1f} MB"
    )
    tell(f"{out}: {told}")
    return int(bool(batch.unread))


def _rows(name: str, options: Options, date_key: str) -> Iterator[Row | Reject]:
    """The records of a file; the page tells its name, not where it lies."""
    from quality.scored import read

    return (replace(one, source=Path(name).name) for one in read(name, options, date_key))
