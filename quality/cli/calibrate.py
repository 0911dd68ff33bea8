"""``quality calibrate``: a copy of a model with thresholds fitted to the user's own texts."""

from __future__ import annotations

from pathlib import Path

import click

_file = click.Path(exists=True, dir_okay=False, allow_dash=True)
_share = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.option("--good", type=_file, multiple=True, required=True, metavar="FILE", help="Texts known to be good.")
@click.option("--bad", type=_file, multiple=True, metavar="FILE", help="Texts known to be farm pages.")
@click.option(
    "--fpr-farm", type=_share, default=0.01, show_default=True, metavar="SHARE",
    help="Share of good texts that may be called farm.",
)  # fmt: skip
@click.option(
    "--fpr-suspect", type=_share, default=0.05, show_default=True, metavar="SHARE",
    help="Share of good texts that may be called suspect or farm.",
)  # fmt: skip
@click.option("--prior", type=_share, metavar="SHARE", help="Share of farm pages expected where it will be used.")
@click.option("--model", type=click.Path(), metavar="DIR", help="Adjust another model than the one that comes along.")
@click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="MODEL",
    help="Folder of the new model.",
)  # fmt: skip
def calibrate(  # noqa: PLR0913, PLR0917 - the options are the interface
    good: tuple[str, ...], bad: tuple[str, ...], fpr_farm: float, fpr_suspect: float, prior: float | None,
    model: str | None, output: Path,
) -> int:  # fmt: skip
    """Fit both thresholds to your own texts.

    Makes a copy of a model whose thresholds keep to the shares of false positives on texts like those in --good, with
    95 % confidence (Wilson bound); it says how many are needed where they are too few. A FILE holds one text or many.
    --bad only tells how many farm pages are found.

    --prior shifts all scores to fit the share of farm pages where they will be used: 0.3 for a third of all.

    Exit 2 when an input cannot be read (the others are still used).

    \b
    Example:
      quality calibrate --good ours.jsonl --prior 0.1 -o models/ours
    """
    from quality import __version__, card, store
    from quality.adjust import Texts, adjust, report
    from quality.cli.score import Inputs
    from quality.readers import Options
    from quality.terminal import say

    inputs = [Inputs(files, Options()) for files in (good, bad)]
    budgets = {"farm": fpr_farm, "suspect": fpr_suspect}
    name = f"{output.resolve().name}-{__version__}"
    loaded = store.load(model)
    card.files({**loaded.meta, "name": name}, store.UNSEALED)  # a model that cannot be saved is told before the work
    adjusted = adjust(loaded, name, Texts(*inputs), budgets, prior)
    digest = card.save(adjusted.model, output)
    for line in report(adjusted, budgets):
        say(line)
    say(f"{output}: {name}:{digest[:8]} (sha256 {digest})")
    return 2 if any(one.failed for one in inputs) else 0
