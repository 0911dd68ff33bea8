"""What all readers share: their options, a rejected record, and how a whole file becomes one document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Literal, Protocol

from quality.document import Document, Links
from quality.errors import InputError

_LINK_MARKS = (("]", "]("), ("<", "<a "), ("<", "<A "), ("/", "://"), ("w", "www."))
_LINK = re.compile(r"https?://[^\s/]|\bwww\.\w|\]\([^)\s]|<a\s[^<>]{0,500}?href", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """How to read. ``links``: whether texts still carry their links, ``auto`` to tell from format and text.

    ``max_record`` is the largest record in bytes. The keys name the fields of a record that hold its text, id,
    address and title (dotted paths); empty means the usual names. ``limit`` is how many documents and rejects an input
    gives at most; 0 means all.
    """

    links: Literal["auto", "present", "unknown"] = "auto"
    max_record: int = 8 * 2**20
    text_key: str = ""
    id_key: str = ""
    url_key: str = ""
    title_key: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be read: its input, its place there (a line, an offset), its id if it has one, and why.

    >>> Reject("items.jsonl", "line 7", "", "is not JSON").reason
    'is not JSON'
    """

    source: str
    place: str
    id: str
    reason: str


class Unread(Protocol):
    """A record that was cut out of its input and is still to be read, by whom and when it suits."""

    def __len__(self) -> int:
        """Its bytes."""

    def read(self, options: Options) -> Document | Reject:
        """Its document, or its reject."""


Reader = Callable[[BinaryIO, str, Options], Iterator[Document | Reject]]
"""Bytes, the name of the input, and options -> documents and rejects, in the order of the input."""


def whole(stream: BinaryIO, source: str, options: Options) -> bytes:
    """All bytes of an input that is one record.

    Raises:
        InputError: when it is larger than ``options.max_record``.
    """
    content = stream.read(options.max_record + 1)
    if len(content) > options.max_record:
        limit = f"is larger than {options.max_record} bytes (`quality batch --max-record` takes larger ones)"
        raise InputError(source, limit)
    return content


def link_state(text: str, options: Options, kept: bool) -> Links:
    """State of the links of a text; ``kept`` says that its format keeps them, so that none means none.

    >>> link_state("Plain words.", Options(), kept=False), link_state("See www.example.com", Options(), kept=False)
    ('unknown', 'present')
    """
    if options.links == "unknown":
        return "unknown"
    if _has_link(text):
        return "present"
    return "none" if kept or options.links == "present" else "unknown"


def _has_link(text: str) -> bool:
    # Each link holds a mark. Looking for these, the rare sign in each before the whole, is many times as fast as the
    # pattern; and where one is found it is mostly a link.
    for sign, mark in _LINK_MARKS:
        at = text.find(mark) if sign in text else -1
        if at >= 0 and (_LINK.search(text, max(0, at - 5), at + 600) or _LINK.search(text, at)):
            return True
    return False


@contextmanager
def needed(source: str, format: str, library: str, extra: str) -> Iterator[None]:
    """Around the import of a library that not everyone installs.

    Raises:
        InputError: when it is missing; says the command that mends it.

    >>> with needed("a.warc", "WARC", "warcio", "warc"):
    ...     raise ImportError
    Traceback (most recent call last):
    quality.errors.InputError: a.warc: is WARC, which needs warcio: pip install 'quality[warc]'
    """
    try:
        yield
    except ImportError:
        raise InputError(source, f"is {format}, which needs {library}: pip install 'quality[{extra}]'") from None
