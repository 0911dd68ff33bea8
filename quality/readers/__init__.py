"""Readers: one function a format turns bytes into documents; a table maps names to them.

To add a format, write its `read` in a module of this package and give it a line in ``FORMATS``. A reader is imported
when it is first needed, so that a plain text waits for nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import PurePath
from typing import BinaryIO, NamedTuple, cast

from quality.document import Document
from quality.errors import InputError, UsageError
from quality.readers.base import Options, Reader, Reject

__all__ = ["FORMATS", "Format", "Options", "Reader", "Reject", "read", "reader", "sniff"]

HEAD = 4096
"""Bytes that are looked at to tell a format."""

COMPRESSED = (".gz", ".zst", ".bz2")


class Format(NamedTuple):
    """Module of a reader, the endings of names that mean it, and a test of the first bytes of its content."""

    module: str
    suffixes: tuple[str, ...] = ()
    looks: Callable[[bytes], object] = lambda head: False


_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:[^-]|-(?!->))*-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(rb"(?:\xef\xbb\xbf)?(?:---\s*\n[\w-]+:|\+\+\+\s*\n[\w-]+ *=|#{1,6} \S)")
_INLINE_LINK = re.compile(rb"(?<!!)\[[^\[\]\n]{1,200}\]\(https?://")


def _markdown(head: bytes) -> object:
    return _MARKDOWN.match(head) or _INLINE_LINK.search(head)


FORMATS: dict[str, Format] = {
    "html": Format("html", (".html", ".htm", ".xhtml"), _HTML.match),
    "markdown": Format("markdown", (".md", ".markdown", ".mkd"), _markdown),
    "text": Format("text", (".txt", ".text", "")),
}
"""Name -> format, the most telling first."""

DEFAULT = Options()


def sniff(head: bytes, name: str) -> str | None:
    """Name of the format that some first bytes show, else that the file's name means; ``None`` when neither does.

    >>> sniff(b"<!DOCTYPE html><title>", "saved.txt"), sniff(b"Some words", "a.md.gz"), sniff(b"x", "a.exe")
    ('html', 'markdown', None)
    """
    for known, (_, _, looks) in FORMATS.items():
        if looks(head):
            return known
    path = PurePath(name.lower())
    suffix = path.with_suffix("").suffix if path.suffix in COMPRESSED else path.suffix
    return next((known for known, (_, suffixes, _) in FORMATS.items() if suffix in suffixes), None)


def read(
    stream: BinaryIO, source: str, options: Options = DEFAULT, format: str | None = None
) -> Iterator[Document | Reject]:
    """Documents and rejects of an input, in its order; the format is told from content and name unless given.

    Raises:
        InputError: when the input as a whole cannot be read.
        UsageError: for a format that there is no reader of.

    >>> [document.text for document in read(io.BytesIO(b"Some words."), "-")]
    ['Some words.']
    """
    if not hasattr(stream, "peek"):
        stream = io.BufferedReader(cast(io.RawIOBase, stream), HEAD)
    name = format or sniff(stream.peek(HEAD)[:HEAD], source)
    if name is None:
        raise InputError(source, "is of no format known by its content or name (see --input-format)")
    return reader(name)(stream, source, options)


def reader(name: str) -> Reader:
    """The reader of a format.

    Raises:
        UsageError: when there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"no reader of format {name!r}; there are {', '.join(FORMATS)}")
    return cast(Reader, import_module(f"quality.readers.{FORMATS[name].module}").read)
