"""Plots: the drawings of a model's card, made of its figures: reliability, precision and recall, families."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quality.page.markup import Safe, join
from quality.page.plot import Plot, share
from quality.page.shell import asset

STYLE = asset("colours.css") + asset("plot.css") + ".plot { background: var(--ground); }\n"
_EVEN = [(0.0, 0.0), (1.0, 1.0)]

Figures = Mapping[str, Any]


def reliability(figures: Figures) -> Safe:
    """The share of farm articles against the score, in bins of equal count."""
    bins = [(row["score"], row["farm"]) for row in figures["reliability"]]
    plot = Plot(
        "Reliability: the share of farm articles against the score", share("mean score"), share("farm articles")
    )
    return plot.draw(plot.curve(_EVEN, "even"), plot.curve(bins), plot.dots(bins, "farm"), style=STYLE)


def precision_recall(figures: Figures) -> Safe:
    """Precision at each recall, beside the plain baseline."""
    curves = figures["precision"]
    steps = len(curves["model"]) - 1
    plot = Plot("Precision at each recall, this model and plain TF-IDF", share("recall"), share("precision"))
    drawn = [
        plot.curve([(place / steps, value) for place, value in enumerate(curves[name])], kind)
        for name, kind in (("baseline", "plain"), ("model", ""))
    ]
    names = [plot.note(0.05, 0.12, "— this model"), plot.note(0.05, 0.04, "- - plain TF-IDF + logistic regression")]
    return plot.draw(*drawn, *names, style=STYLE)


def families(figures: Figures) -> Safe:
    """The mean score of each family of sources against the share of its articles that are labelled farm."""
    rows = figures["per_family"].values()
    plot = Plot(
        "Families: mean score against the share labelled farm, a dot a family",
        share("articles labelled farm"), share("mean score"), height=360, width=400,
    )  # fmt: skip
    dots = plot.dots([(row["farm"], row["score"]) for row in rows])
    return plot.draw(join(plot.curve(_EVEN, "even"), dots), style=STYLE)


DRAWINGS = {"reliability": reliability, "precision": precision_recall, "per_family": families}
"""The figures that are drawn, and how."""

SAID = {
    "reliability": "Reliability: mean score and share of farm articles in bins of equal count; on the line they agree.",
    "precision": "Precision at each recall, farm 3-4 against 0-1.",
    "per_family": "A dot a family of five articles or more: the share of them labelled farm, and their mean score.",
}


def drawings(figures: Figures) -> dict[str, str]:
    """File names and contents of the drawings of those figures that are there.

    >>> list(drawings({"per_family": {"a.example": {"articles": 9, "farm": 0.5, "score": 0.4}}}))
    ['per_family.svg']
    """
    return {f"{name}.svg": f"{draw(figures)}\n" for name, draw in DRAWINGS.items() if name in figures}
