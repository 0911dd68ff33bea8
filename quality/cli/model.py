"""``quality model``: look inside a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

from quality import store
from quality import terms as term_names
from quality.document import Document
from quality.errors import UsageError
from quality.model import HEADS, LinearModel
from quality.signals import SIGNALS
from quality.terminal import say, say_row
from quality.views import Floats

_folder = click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[MODEL]")


@click.group()
def model() -> None:
    """Look inside a model.

    \b
    Example:
      quality model show
    """


@model.command()
@_folder
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="Terms and signals of each side.")
def show(folder: Path | None, most: int) -> None:
    """Show what weighs most in each head.

    MODEL is a model's folder [default: the one that comes along]. Signals are in standard deviations from the usual,
    terms in tf-idf, so weights compare within each kind only.

    \b
    Example:
      quality model show --most 20
    """
    loaded = store.load(folder)
    cut = loaded.thresholds
    say(f"{loaded.meta.get('name', 'unnamed')}, sha256 {loaded.meta['digest']}")
    say(f"{len(loaded.terms)} terms, {len(SIGNALS)} signals")
    say(f"farm from {cut['farm']:.4f}, suspect from {cut['suspect']:.4f}")
    for head, name in enumerate(HEADS):
        say("")
        say(f"{name} (bias {loaded.bias[head]:+.3f})")
        for line in _strongest(loaded, head, most):
            say(line)


@model.command()
@_folder
def terms(folder: Path | None) -> None:
    """Print all weights, tab-separated.

    A line for every term and signal, a column for each head. MODEL is a model's folder [default: the one that comes
    along].

    \b
    Example:
      quality model terms | sort -t $'\\t' -k 2 -g | tail
    """
    store.load(folder)  # with every check: the listing is one of its files
    for line in ((folder or store.default_folder()) / "terms.tsv").read_text(encoding="utf-8").splitlines():
        say_row(line.split("\t"))


@model.command()
@click.argument("before", type=click.Path(path_type=Path), metavar="A")
@click.argument("after", type=click.Path(path_type=Path), metavar="B")
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE|-]...")
@click.option(
    "--corpus", type=click.Path(file_okay=False, path_type=Path), default=Path("corpus"), show_default=True,
    help="Folder of the corpus whose written articles are scored where no FILE is given.",
)  # fmt: skip
@click.option("--most", type=click.IntRange(0), default=10, show_default=True, help="Articles shown.")
def diff(before: Path, after: Path, files: tuple[str, ...], corpus: Path, most: int) -> int:
    """Show which scores change from model A to model B, and why.

    Both score the FILEs, or else the articles written for the corpus. The articles that change most are shown with
    the contributions to the logit that differ most.

    Exit 2 when a file cannot be read (the others are still compared).

    \b
    Example:
      quality model diff models/en models/ours articles.jsonl
    """
    from quality.cli.score import Inputs
    from quality.compare import compare, report
    from quality.readers import Options
    from quality.scorer import Scorer

    inputs = Inputs(files, Options())
    documents = inputs if files else _written(corpus)
    for line in report(compare(Scorer.load(before), Scorer.load(after), documents, most)):
        say(line)
    return 2 if inputs.failed else 0


def _written(corpus: Path) -> list[Document]:
    from quality.corpus import load

    texts = [Document(one.text, id=one.id) for one in load(corpus) if one.origin == "written"]
    if not texts:
        raise UsageError(f"{corpus}: has no written articles; name files to compare on")
    return texts


def _strongest(loaded: LinearModel, head: int, most: int) -> Iterator[str]:
    weights, split = loaded.weights[:, head], len(loaded.terms)
    term = [term_names.name(int(key), loaded.lexicon.words) for key in loaded.terms.keys]
    yield from _columns("signals", [signal.name for signal in SIGNALS], weights[split:], most)
    yield from _columns("terms", term, weights[:split], most)


def _columns(kind: str, names: list[str], weights: Floats, most: int) -> Iterator[str]:
    """The strongest for and against, side by side."""
    order = np.argsort(weights, kind="stable")
    sides = order[::-1][:most], order[:most]
    yield f"  {kind:<36}for   against"
    for pro, con in zip(*sides, strict=True):
        yield f"  {names[pro]:<28} {weights[pro]:+10.3f}   {names[con]:<26} {weights[con]:+.3f}"
