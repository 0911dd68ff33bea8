"""Document: the one noun that every room shares, small and immutable.

Readers make documents; everything after them only looks. All positions in this package are offsets into
``Document.text``, counted in characters, so that whatever is said of a text can be quoted from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Links = Literal["present", "none", "unknown"]


class Span(NamedTuple):
    """Half-open range of characters of a document's text.

    >>> "sourced"[slice(*Span(0, 6))]
    'source'
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what is known of it before it is scored.

    ``links`` says whether the text still carries its links: ``present``, ``none`` (the format keeps links and there
    are none) or ``unknown`` (they may have been stripped). ``partial`` marks a summary or an excerpt. ``extraction``
    is the reader's confidence, in [0, 1], that the text is the page's article and all of it; ``None`` where nothing
    was extracted. ``record`` holds the fields of the input record as they came.

    >>> Document("Some text.").links
    'unknown'
    """

    text: str
    id: str = ""
    source: str = ""
    url: str = ""
    title: str = ""
    links: Links = "unknown"
    partial: bool = False
    extraction: float | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
