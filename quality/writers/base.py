"""What all writers share: what they are given, and how text from outside is shown safely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from quality.document import Document
from quality.model import Score


class Scored(NamedTuple):
    """A document and what is said of it."""

    document: Document
    score: Score

    def record(self) -> dict[str, Any]:
        """The record of a document that came in a file of its own; spans are offsets into its ``text``."""
        return {"source": self.document.source, "text": self.document.text, "quality": self.score.as_dict()}


class Style(NamedTuple):
    """Where the output goes. ``many``: several inputs were named. ``width``: columns. ``fancy``: it shows Unicode."""

    many: bool = False
    width: int = 80
    fancy: bool = True


Writer = Callable[[Iterable[Scored], Style], Iterator[str]]
"""Scores in, pieces of text out, each as soon as it is ready. Colours are ANSI codes; who prints them drops them."""


def printable(text: str) -> str:
    r"""Text on one line in which nothing can move a cursor, change a colour or turn the direction of reading.

    >>> printable("red \x1b[31m\u202e and\tblue\n")
    'red \\x1b[31m\\u202e and blue'
    """
    return escaped(" ".join(text.split()))


def escaped(text: str) -> str:
    r"""Text on one line as `printable` makes it, but with all its blanks.

    >>> escaped("a  b\tc")
    'a  b\\tc'
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
