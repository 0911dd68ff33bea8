"""``quality score``: score files or standard input and show why."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Literal

import click

from quality.document import Document
from quality.errors import InputError
from quality.readers import Options, Reject, read
from quality.scorer import Scorer
from quality.terminal import tell
from quality.writers import EXPLAINED, FORMATS, Scored, Style, writer

NARROWEST, WIDEST = 40, 100  # columns of a report
FAILING: dict[str | None, set[str]] = {None: set(), "farm": {"farm"}, "suspect": {"farm", "suspect"}}


class Inputs:
    """Documents of some files, in order; what cannot be read is told on standard error and counted in ``failed``."""

    def __init__(self, paths: Iterable[str], options: Options) -> None:
        self.paths, self.options = paths, options
        self.failed = 0

    def __iter__(self) -> Iterator[Document]:
        for path in self.paths:
            try:
                yield from self._read(path)
            except InputError as error:
                self._fail(path, error.reason)
            except OSError as error:
                self._fail(path, (error.strerror or str(error)).lower())

    def _read(self, path: str) -> Iterator[Document]:
        with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as stream:
            for found in read(stream, path, self.options):
                if isinstance(found, Reject):
                    self._fail(path, found.reason)
                else:
                    yield found

    def _fail(self, path: str, reason: str) -> None:
        tell(f"{path}: {reason}")
        self.failed += 1


@click.command()
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE|-]...")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="Output.")
@click.option("--explain", is_flag=True, help="Show all evidence with bias and logit, not only the strongest.")
@click.option("--fail-on", type=click.Choice(["farm", "suspect"]), help="Exit 1 when a text is farm (or suspect).")
@click.option("--model", type=click.Path(), metavar="DIR", help="Use another model than the one that comes along.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="P", help="Score from which a text is a farm page.")
@click.option(
    "--links", type=click.Choice(["auto", "present", "unknown"]), default="auto", show_default=True,
    help="Whether the texts still carry their links.",
)  # fmt: skip
def score(  # noqa: PLR0913, PLR0917 - the options are the interface
    files: tuple[str, ...], format: str, explain: bool, fail_on: str | None, model: str | None,
    threshold: float | None, links: Literal["auto", "present", "unknown"],
) -> int:  # fmt: skip
    """Score articles and show why.

    FILE is a .txt, .md or .html file; without one, or for -, standard input is read.

    Exit 0; 1 when --fail-on is met; 2 when a file cannot be read (the others are still scored).

    \b
    Example:
      quality score article.txt
      quality score --format jsonl --fail-on farm drafts/*.md
      quality score --format html article.txt > article.html
    """
    scorer = Scorer.load(model)
    if threshold is not None:
        scorer = scorer.with_threshold(threshold)
    inputs = Inputs(files or ("-",), Options(links=links))
    verdicts = set()

    def scores() -> Iterator[Scored]:
        """The documents with their scores; the verdicts are kept for the exit code."""
        for document in inputs:
            one = scorer.score(document, explain or format in EXPLAINED)
            verdicts.add(one.verdict)
            yield Scored(document, one)

    colour = False if os.environ.get("NO_COLOR") else None  # None: colours on a terminal only
    for piece in writer(format)(scores(), _style(len(files) > 1)):
        click.echo(piece, file=sys.stdout, nl=False, color=colour)
    return 2 if inputs.failed else int(bool(verdicts & FAILING[fail_on]))


def _style(many: bool) -> Style:
    encoding = (sys.stdout.encoding or "").lower()
    return Style(many, max(NARROWEST, min(_columns(), WIDEST)), encoding.startswith("utf"))


def _columns() -> int:
    # shutil.get_terminal_size does the same but takes longer to import than a text to score.
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return Style().width
