"""Scores English articles for being content-farm material, with evidence.

>>> import quality
>>> quality.score("Too few words to judge.").verdict
'abstain'

Everything is imported on first use, so that ``import quality`` costs next to nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from quality.document import Document
    from quality.model import Score
    from quality.scorer import Scorer

__all__ = ["Document", "Score", "__version__", "load", "score"]

__version__ = "0.1.0"

_HOMES = {"Document": "quality.document", "Score": "quality.model"}


def load(folder: Path | str | None = None) -> Scorer:
    """Scorer of a model folder; None stands for the model that comes with the package.

    Raises:
        quality.errors.ModelError: when the folder holds no model that can be used.
    """
    from quality.scorer import Scorer

    return Scorer.load(folder)


def score(text: str | Document, explain: bool = False) -> Score:
    """Score of one text by the model that comes with the package, which is loaded once."""
    return _default().score(text, explain)


@cache
def _default() -> Scorer:
    return load()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'quality' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
