"""``quality evaluate``: figures over families that the model has not seen."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("model", required=False, type=click.Path(path_type=Path), metavar="[MODEL]")
@click.option(
    "--corpus", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("corpus"),
    show_default=True, help="Folder of the corpus.",
)  # fmt: skip
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Where fetched articles are kept.")
@click.option(
    "--pages", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR",
    help="Folder of the articles' saved pages, to compare HTML with plain text.",
)  # fmt: skip
@click.option("--card", is_flag=True, help="Write the card of MODEL anew: README.md and its drawings, nothing else.")
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output.")
def evaluate(  # noqa: PLR0913, PLR0917 - the options are the interface
    model: Path | None, folder: Path, cache: Path | None, pages: Path | None, card: bool, format: str
) -> None:  # fmt: skip
    """Measure over folds of unseen families, with the settings of MODEL.

    For each fold a model is trained with the settings of MODEL [default: the one that comes along] on all other
    families, so no figure comes from an article, or its source, that was trained on. How stable the score is, and how
    well the features tell the family, is measured with MODEL itself.

    \b
    Example:
      quality evaluate --corpus corpus
      quality evaluate my-model --card
    """
    from quality import store
    from quality.card import table, write
    from quality.errors import ModelError
    from quality.release import Data, inspect, measure
    from quality.terminal import say_all
    from quality.train import Settings

    loaded = store.load(model)
    data = Data(folder, cache)
    try:
        settings = Settings(**loaded.meta["settings"])
    except (KeyError, TypeError):
        raise ModelError("the model does not tell the settings that it was trained with; train again") from None
    figures, _, _ = measure(data, settings)
    figures |= inspect(data, loaded, pages)
    say_all(json.dumps(figures) if format == "json" else table(figures))
    if card:
        write({**loaded.meta, "figures": figures}, loaded.meta["digest"], model or store.default_folder())
