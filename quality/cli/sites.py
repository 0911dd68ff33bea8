"""``quality sites``: one verdict a site from scored records, or a block list."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click

from quality import inputs, scored
from quality.cli import terminable
from quality.cli.options import scored_with
from quality.errors import InputError, UsageError
from quality.inputs import STDIN
from quality.page.reasons import counted
from quality.readers import Options, Reject
from quality.scored import Row
from quality.scorer import Scorer
from quality.share import FARM_ABOVE, FEWEST, OK_BELOW
from quality.sites import ORDER, Bounds, Judge, Limits, Site, articles, export, records
from quality.terminal import tell
from quality.whole import writing, written
from quality.writers.forms import kind_of

TOLD = 20  # kinds of bad records that are told one by one


@dataclass
class Source:
    """Rows of some files, in their order; what cannot be read is counted and told at the end."""

    names: tuple[str, ...]
    but: set[Path]
    options: Options
    date_key: str
    read: int = 0
    failed: int = 0
    bad: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Row | Reject]:
        for one in inputs.expand(self.names, self.but):
            try:
                if one.problem:
                    raise InputError(one.name, one.problem)
                for row in scored.read(one.name, self.options, self.date_key):
                    self.read += 1
                    yield row
            except InputError as error:
                self.failed += 1
                tell(f"{one.name}: {error.reason}")

    def reject(self, one: Reject) -> None:
        """Count a record that is none of a site."""
        self.bad.setdefault((one.source, one.reason), []).append(one.place or one.id)

    def tell(self) -> None:
        """Say which records were left out, and why."""
        for (source, reason), places in list(self.bad.items())[:TOLD]:
            first = f" (the first: {places[0]})" if places[0] else ""
            tell(f"{source}: {counted(len(places), 'record')} left out: {reason}{first}")
        rest = sum(map(len, list(self.bad.values())[TOLD:]))
        if rest:
            tell(f"{counted(rest, 'more record')} left out for other reasons")

    @property
    def code(self) -> int:
        """The exit code."""
        return 2 if self.failed else int(bool(self.bad))


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SCORED...")
@click.option(
    "-o", "--output", "out", required=True, type=click.Path(), metavar="OUT",
    help="Where to: .jsonl, .csv (also .gz, .zst), .parquet; - for standard output. With --export any name.",
)  # fmt: skip
@click.option("--farm-above", type=click.FloatRange(0, 1), default=FARM_ABOVE, show_default=True, metavar="P",
              help="A site is farm when the interval of its share lies above P.")  # fmt: skip
@click.option("--ok-below", type=click.FloatRange(0, 1), default=OK_BELOW, show_default=True, metavar="P",
              help="A site is ok when the interval lies below P.")  # fmt: skip
@click.option("--fewest", type=click.IntRange(1), default=FEWEST, show_default=True, metavar="N",
              help="Scored articles under which nothing is said of a site.")  # fmt: skip
@click.option("--examples", type=click.IntRange(0), default=3, show_default=True, metavar="N",
              help="Worst articles that are shown of a site, with their evidence.")  # fmt: skip
@click.option("--compare", type=click.IntRange(0), default=500, show_default=True, metavar="N",
              help="Articles of a site that are compared with each other.")  # fmt: skip
@click.option("--export", "form", type=click.Choice(list(export.FORMATS)), help="Write a block list of farm sites.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The day that the block list tells.")
@scored_with
@click.option("--quiet", is_flag=True, help="No summary.")
def sites(  # noqa: PLR0913, PLR0917 - the options are the interface
    names: tuple[str, ...], out: str, site_key: str, farm_above: float, ok_below: float, fewest: int, examples: int,
    compare: int, form: str | None, as_of: datetime | None, text_key: str, id_key: str, url_key: str, title_key: str,
    date_key: str, model: str | None, quiet: bool,
) -> int:  # fmt: skip
    """Judge sites by all their articles.

    SCORED is what `quality batch` wrote: files, directories, patterns or - for standard input. OUT holds a record a
    site, the worst first: the share of farm pages with its 95 % interval, a verdict, reasons, the worst articles.

    With --export OUT is a block list of the sites whose interval lies above --farm-above.

    Exit 0; 1 when a record was left out (told on standard error); 2 when a file could not be read.

    \b
    Example:
      quality sites scored.jsonl -o sites.jsonl
      quality sites 'scored/*.parquet' -o farms.txt --export ublacklist --as-of 2026-11-25
    """
    if bool(form) != bool(as_of):
        raise UsageError("--export and --as-of DATE go together: a list tells the day that it is of")
    kind = None if form else kind_of(out)
    bounds, scorer = Bounds(farm_above, ok_below, fewest).checked(), Scorer.load(model)
    options = Options(text_key=text_key, id_key=id_key, url_key=url_key, title_key=title_key)
    source = Source(names, _outputs(names, out), options, date_key)
    limits = Limits(0, export.EXAMPLES) if form else Limits(compare, examples)
    judge = Judge(scorer, bounds, limits, explain=not form)
    counts: Counter[str] = Counter()
    found = _counting(judge.sites(articles(source, scorer.name, options, site_key, source.reject)), counts)
    if form and as_of:
        ground = export.Ground(scorer.name, str(scorer.model.meta.get("digest", "")), as_of.date(), bounds)
        pieces = export.pieces(form, found, ground)
        _write(out, lambda file: records.put(pieces, bytes, file))
    elif kind:
        _write(out, lambda file: records.write(records.ranked(found), kind, file))
    source.tell()
    if not quiet:
        said = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in ORDER)
        tell(f"{counted(source.read, 'record')}, {counted(counts.total(), 'site')}: {said}")
    return source.code


def _outputs(names: tuple[str, ...], out: str) -> set[Path]:
    """What is written, and so is no input of a directory or pattern."""
    ours = set() if out == STDIN else {Path(out + ending).resolve() for ending in ("", ".part", ".lock")}
    if twice := next((name for name in names if name != STDIN and Path(name).resolve() in ours), None):
        raise UsageError(f"{twice}: is an input and written to at once")
    return ours


def _counting(found: Iterable[Site], counts: Counter[str]) -> Iterator[Site]:
    for one in found:
        counts[one.verdict] += 1
        yield one


def _write(out: str, write: Callable[[BinaryIO], None]) -> None:
    """Write standard output, or a file that gets its name when it is whole."""
    target = nullcontext(sys.stdout.buffer) if out == STDIN else written(Path(out))
    with terminable(), target as file, writing(out):
        write(file)
