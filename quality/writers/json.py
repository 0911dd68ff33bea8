"""Writer of JSON: one record, or an array of records. Pure ASCII: safe on any terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quality.writers.base import Scored, Style


def write(scored: Iterable[Scored], style: Style) -> Iterator[str]:
    """One record, or an array of records when several inputs were named."""
    from json import dumps

    if not style.many:
        yield from (dumps(one.record(), indent=2) + "\n" for one in scored)
        return
    opening = "["
    for one in scored:
        yield f"{opening}\n{dumps(one.record(), indent=2)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"
