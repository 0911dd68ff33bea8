"""Templates: what people rightly write by a pattern, told by the phrases of ``language/en/templates.txt``."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from quality import language

DENSE = 150  # words of a text, for each of which one phrase is wanted
LEAST = 3  # phrases of a text that make it one by template
_WORD = re.compile(r"[a-z0-9]+")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds: dict[str, list[str]] = {}
    for entry in language.entries("templates"):
        kind, _, phrase = entry.partition(": ")
        kinds.setdefault(kind, []).extend(" ".join(one) for one in language.expand(phrase))
    return tuple((kind, re.compile(f"(?<= )(?:{'|'.join(sorted(set(said)))})(?= )")) for kind, said in kinds.items())


def kind(text: str, whole: bool = False) -> str:
    """The kind of template that a sentence is of, or a ``whole`` text; empty for none.

    >>> kind("Open daily from ten; closed on Mondays."), kind("Bees hum.")
    ('opening hours', '')
    """
    words = _WORD.findall(text.lower())
    line = f" {' '.join(words)} "
    counts = Counter({name: len(pattern.findall(line)) for name, pattern in _patterns()})
    name, count = counts.most_common(1)[0]
    return name if count >= (max(LEAST, len(words) / DENSE) if whole else 1) else ""
