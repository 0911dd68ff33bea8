"""Writer of JSON lines: one record a line. Pure ASCII: safe on any terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quality.writers.base import Scored, Style


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """One record a line."""
    from json import dumps

    del style
    for one in scored:
        yield dumps(one.record()) + "\n"
