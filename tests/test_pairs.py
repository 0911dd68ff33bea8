"""Pairs: the demands on the written pairs, by the figures that the model was saved with, and how they are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from quality.model import LinearModel
from quality.pairs import AXES, failures, shares

DEMANDS = {
    "farm": 1.0,
    **{f"raises {axis}": 0.95 for axis in AXES},
    **{f"mostly {axis}": 0.85 for axis in AXES},
}
"""Demand -> share of the subjects that must meet it."""

KNOWN: Mapping[str, list[str]] = {"mostly repetition": ["food-plum-fair"]}
"""Demand -> subjects that do not meet it yet: exactly these, so that one that is mended, or lost, shows here."""


@pytest.mark.parametrize("demand", DEMANDS)
def test_the_model_meets_the_demand(demand: str, model: LinearModel) -> None:
    figures = model.meta["figures"]["pairs"]
    assert figures[demand]["share"] >= DEMANDS[demand]
    assert figures[demand]["failed"] == KNOWN.get(demand, [])


def test_nothing_else_is_told(model: LinearModel) -> None:
    assert set(model.meta["figures"]["pairs"]) == set(DEMANDS)
    assert set(KNOWN) <= set(DEMANDS)


def counted(**versions: Any) -> dict[str, list[str]]:
    """Failures of one subject, from the probabilities of farm, filler, repetition and unsourced of some versions."""
    rows: dict[str, Any] = {
        "plain": (0.1, 0.1, 0.1, 0.1), "filler": (0.2, 0.5, 0.2, 0.1), "repetition": (0.2, 0.1, 0.5, 0.2),
        "unsourced": (0.2, 0.2, 0.1, 0.5), "farm": (0.9, 0.5, 0.5, 0.5),
    }  # fmt: skip
    rows |= versions
    return failures(["s"] * len(rows), list(rows), np.array(list(rows.values())))


@pytest.mark.parametrize(
    ("versions", "failed"),
    [
        ({}, set()),
        ({"farm": (0.1, 0.9, 0.9, 0.9)}, {"farm"}),
        ({"filler": (0.9, 0.1, 0.1, 0.0)}, {"raises filler", "mostly filler"}),
        ({"filler": (0.9, 0.3, 0.3, 0.1)}, {"mostly filler"}),
        ({"filler": (0.9, 0.3, 0.1, 0.4)}, {"mostly filler"}),
        ({"repetition": (0.9, 0.4, 0.3, 0.1)}, {"mostly repetition"}),
        ({"unsourced": (0.9, 0.0, 0.3, 0.2)}, {"mostly unsourced"}),
        ({"unsourced": (0.9, 0.0, 0.0, 0.05)}, {"raises unsourced", "mostly unsourced"}),
    ],
)
def test_failures(versions: dict[str, Any], failed: set[str]) -> None:
    assert {demand for demand, subjects in counted(**versions).items() if subjects} == failed


def test_shares() -> None:
    assert shares({"farm": ["a", "b"], "raises filler": []}, 8) == {
        "farm": {"share": 0.75, "failed": ["a", "b"]},
        "raises filler": {"share": 1.0, "failed": []},
    }
