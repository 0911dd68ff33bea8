"""What is particular to English: phrase lists and word lists, one entry a line in ``en/*.txt``.

An entry is a run of words; ``(a|b)`` stands for either alternative, and an empty alternative for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).parent / "en"
PHRASE_LISTS = (
    "announcing", "truism", "evaluation", "hedge", "call_to_action", "cross_promotion", "vague", "document",
    "firsthand",
)  # fmt: skip
WORD_LISTS = ("saying", "function", "abbreviations", "first_person", "second_person")
_PART = re.compile(r"\(([^()]*)\)|([^()]+)")

Phrase = tuple[str, ...]


def entries(name: str) -> list[str]:
    """Lines of a list, without comments and blank lines."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def expand(entry: str) -> Iterator[Phrase]:
    """Every phrase that an entry stands for, as lower-case words.

    >>> list(expand("read (more|) here"))
    [('read', 'more', 'here'), ('read', 'here')]
    """
    parts = [(match[1].split("|") if match[1] is not None else [match[2]]) for match in _PART.finditer(entry)]
    for choice in product(*parts):
        yield tuple(" ".join(choice).replace("-", " ").lower().split())


@cache
def phrases(name: str) -> tuple[Phrase, ...]:
    """The distinct phrases of a list, sorted."""
    return tuple(sorted({phrase for entry in entries(name) for phrase in expand(entry) if phrase}))


@cache
def words(name: str) -> tuple[str, ...]:
    """The distinct words of a word list, sorted."""
    return tuple(sorted(set(entries(name))))
