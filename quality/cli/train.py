"""``quality train``: make a model from a labelled corpus."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--corpus", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("corpus"),
    show_default=True, help="Folder of the corpus.",
)  # fmt: skip
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Where fetched articles are kept.")
@click.option(
    "--pages", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of the articles' saved pages, to compare HTML with plain text.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="MODEL",
    help="Folder of the new model.",
)  # fmt: skip
def train(folder: Path, cache: Path | None, pages: Path | None, output: Path) -> None:
    """Train a model, with its figures over unseen families.

    Articles of public pages are used when `quality corpus fetch` brought them; without them the written ones alone.

    \b
    Example:
      quality train --corpus corpus -o models/en
    """
    from quality.card import table
    from quality.release import release
    from quality.store import load
    from quality.terminal import say_all

    digest = release(folder, output, cache, pages=pages)
    say_all(table(load(output).meta["figures"]))
    say_all(f"\n{output}: sha256 {digest}")
