"""What both estimators share: they take texts, and no table of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sklearn.base import BaseEstimator

from quality.document import Document


def documents(X: Iterable[Any]) -> list[Document]:
    """Texts, or documents, as documents.

    Raises:
        ValueError: when these are no texts, or there are none.
    """
    if isinstance(X, str):
        raise ValueError("expected many texts (a list, an array), not one string")
    found = [one if isinstance(one, Document) else Document(str(one)) for one in X if isinstance(one, str | Document)]
    if not found or len(found) != len(X):  # type: ignore[arg-type]
        raise ValueError("expected texts: found 0 samples, or some that are no strings (missing? numbers?)")
    return found


class OfTexts(BaseEstimator):  # type: ignore[misc]
    """What both estimators are told: they take strings, and no table of numbers."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.one_d_array, tags.input_tags.string = False, True, True
        return tags
