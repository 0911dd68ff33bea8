"""`quality corpus`: start, check, count and fetch the labelled corpus."""

from __future__ import annotations

import json
from pathlib import Path

import click

from quality.terminal import say, say_all, tell

_folder = click.option(
    "--corpus",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("corpus"),
    show_default=True,
    help="Folder of the corpus: articles/ and web.jsonl.",
)
_cache = click.option(
    "--cache",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where fetched files are kept [default: $QUALITY_CACHE, else the user's cache folder].",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def corpus() -> None:
    """Start, check, count and fetch the labelled corpus.

    \b
    Example:
      quality corpus check
    """


@corpus.command()
@click.argument("subject")
@click.option("--version", "versions", multiple=True, help="Only this version; may be given again. [default: all five]")
@_folder
def new(subject: str, versions: tuple[str, ...], folder: Path) -> None:
    """Write the skeletons of a new SUBJECT: a genre and two or three words with hyphens between.

    \b
    Example:
      quality corpus new health-inhaler-recall
    """
    from quality.corpus.articles import VERSIONS
    from quality.corpus.new import create

    for version in versions:
        if version not in VERSIONS:
            raise click.BadParameter(f"{version} is none of {', '.join(VERSIONS)}", param_hint="--version")
    for path in create(folder / "articles", subject, versions or VERSIONS):
        say(path)


@corpus.command()
@_folder
@click.option("--seeds", type=click.Path(path_type=Path), default=Path("seeds"), show_default=True, help="Seed texts.")
@click.option("--partial", is_flag=True, help="Do not ask for all genres and subjects.")
def check(folder: Path, seeds: Path, partial: bool) -> None:
    """Check rows and articles; print PATH:LINE: WHAT for each problem. Exit 1 when there are any.

    \b
    Example:
      quality corpus check --partial
    """
    from quality.corpus.check import check as check_articles
    from quality.corpus.rows import read_rows
    from quality.errors import CorpusError

    _must_exist(folder)
    problems: list[str] = []
    try:
        rows = len(read_rows(folder / "web.jsonl"))
    except CorpusError as error:
        rows, problems = 0, list(error.problems)
    problems += check_articles(folder, seeds if seeds.is_dir() else None, complete=not partial)
    for problem in problems:
        say(problem)
    articles = sum(len(list((folder / part).glob("*/*.md"))) for part in ("articles", "singles"))
    tell(f"{rows} rows, {articles} articles, {len(problems)} problems")
    if problems:
        raise SystemExit(1)


@corpus.command()
@_folder
@_cache
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output.")
def stats(folder: Path, cache: Path | None, format: str) -> None:
    """Count articles, families, labels and licences of what is at hand.

    \b
    Example:
      quality corpus stats --format json
    """
    from quality.corpus.load import load
    from quality.corpus.rows import read_rows
    from quality.corpus.stats import stats as count
    from quality.corpus.stats import table

    _must_exist(folder)
    counts = count(load(folder, cache), len(read_rows(folder / "web.jsonl")))
    say_all(json.dumps(counts) if format == "json" else table(counts))


@corpus.command()
@_folder
@_cache
@click.option("--mirror", type=click.Path(path_type=Path), help="Folder of files named by SHA-256, used for the web.")
@click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="Downloads at a time.")
def fetch(folder: Path, cache: Path | None, mirror: Path | None, jobs: int) -> None:
    """Bring the public articles into the cache, each verified by its SHA-256; what is there stays.

    Exit 1 when some could not be had; run it again to try those again.

    \b
    Example:
      quality corpus fetch --mirror ../mirror
    """
    from quality.corpus.fetch import default_cache
    from quality.corpus.fetch import fetch as bring
    from quality.corpus.rows import read_rows

    outcome = bring(read_rows(folder / "web.jsonl"), cache or default_cache(), mirror, jobs)
    for failure in outcome.failed:
        tell(failure)
    summary = f"fetched {outcome.fetched}, kept {outcome.kept}, failed {len(outcome.failed)}"
    alone = f", {outcome.elsewhere} inside larger files (only a mirror has them)" if outcome.elsewhere else ""
    tell(summary + alone)
    if outcome.failed:
        raise SystemExit(1)


def _must_exist(folder: Path) -> None:
    if not folder.is_dir():
        raise click.UsageError(f"{folder}: no such folder (see --corpus)")
