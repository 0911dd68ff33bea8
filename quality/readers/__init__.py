"""Readers: one function a format turns bytes into documents; a table maps names to them.

To add a format, write its `read` in a module of this package and give it a line in ``FORMATS``. A reader is imported
when it is first needed, so that a plain text waits for nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO, NamedTuple, cast

from quality.document import Document
from quality.errors import InputError, UsageError
from quality.readers.base import Options, Reader, Reject, Unread
from quality.readers.compressed import unpacked
from quality.readers.decode import encoding, undecodable

__all__ = ["FORMATS", "Format", "Options", "Reader", "Reject", "Unread", "cutter", "read", "reader", "sniff", "told"]

HEAD = 1 << 16
"""Bytes that are looked at to tell a format."""

COMPRESSED = (".gz", ".zst", ".bz2")


def _never(head: bytes) -> object:
    return False


class Format(NamedTuple):
    """Module of a reader, the endings of names that mean it, and what its content looks like.

    ``looks`` tells the format for sure, from the first bytes; ``hints`` does where the name says text, or nothing.
    """

    module: str
    suffixes: tuple[str, ...] = ()
    looks: Callable[[bytes], object] = _never
    hints: Callable[[bytes], object] = _never


_PROLOG = rb"(?:\xef\xbb\xbf)?(?:\s++|<\?(?:[^?]|\?(?!>))*+\?>|<!--(?:[^-]|-(?!->))*+-->)*+"
_DOCTYPE = rb"(?:<!DOCTYPE[^>\[]*+(?:\[[^\]]*+\]\s*+)?>)?+" + _PROLOG
_HTML = re.compile(_PROLOG + rb"<(?:!doctype\s+html|html|head|body)\b", re.I)
_FEED = re.compile(_PROLOG + _DOCTYPE + rb"<(?:\w+:)?(?:rss|feed|rdf|channel)\b", re.I)
_WRAPPED = re.compile(rb"<(?:rss\s[^<>]{0,500}version=|feed\s[^<>]{0,500}xmlns=)")
_OPML = re.compile(_PROLOG + _DOCTYPE + rb"<opml\b", re.I)
_ARRAY = re.compile(rb"""(?:\xef\xbb\xbf)?\s*+\[\s*+(?:\{\s*+["}]|\[\s*+["{\[]|\]\s*+\Z)""")
_OBJECT = re.compile(rb"""(?:\xef\xbb\xbf)?\s*+\{\s*+["}]""")
_OBJECTS = re.compile(rb"""(?:\xef\xbb\xbf)?\s*+\{[^\n]*\}[ \t\r]*+\n\s*+\{""")
_WARC = re.compile(rb"\s*+(?:WARC/\d\.\d|filedesc://)")
_MARKDOWN = re.compile(rb"(?:\xef\xbb\xbf)?(?:---\s*\n[\w-]+:|\+\+\+\s*\n[\w-]+ *=|#{1,6} \S)")
_INLINE_LINK = re.compile(rb"(?<!!)\[[^\[\]\n]{1,200}\]\(https?://")


def _parquet(head: bytes) -> object:
    return head.startswith(b"PAR1")


def _feed(head: bytes) -> object:
    # Some sites wrap their feed in the layout of their pages.
    return _FEED.match(head) or (_HTML.match(head) and _WRAPPED.search(head))


def _markdown(head: bytes) -> object:
    return _MARKDOWN.match(head) or _INLINE_LINK.search(head)


FORMATS: dict[str, Format] = {
    "parquet": Format("parquet", (".parquet", ".pq"), _parquet),
    "warc": Format("warc", (".warc", ".wet", ".wat", ".arc"), _WARC.match),
    "opml": Format("opml", (".opml",), _OPML.match),
    "feed": Format("feed", (".xml", ".rss", ".atom", ".rdf"), _feed),
    "html": Format("html", (".html", ".htm", ".xhtml"), _HTML.match),
    "jsonl": Format("jsonl", (".jsonl", ".jl", ".ndjson", ".jsonlines"), _OBJECTS.match),
    "json": Format("json", (".json",), _ARRAY.match, _OBJECT.match),
    "csv": Format("csv", (".csv", ".tsv")),
    "markdown": Format("markdown", (".md", ".markdown", ".mkd"), hints=_markdown),
    "text": Format("text", (".txt", ".text", "")),
}
"""Name -> format, the most telling first."""

DEFAULT = Options()


def sniff(head: bytes, name: str) -> str | None:
    """Name of the format that some first bytes show, else that the file's name means; ``None`` when neither does.

    >>> sniff(b"<!DOCTYPE html><title>", "saved.txt"), sniff(b"Some words", "a.md.gz"), sniff(b"x", "a.exe")
    ('html', 'markdown', None)
    """
    head = _narrow(head)
    named = _named(name)
    for one, known in FORMATS.items():
        if known.looks(head) or (named in {None, "text"} and known.hints(head)):
            return one
    return None if undecodable(head) else named


def _named(name: str) -> str | None:
    path = PurePath(name.lower())
    suffix = path.with_suffix("").suffix if path.suffix in COMPRESSED else path.suffix
    return next((one for one, known in FORMATS.items() if suffix in known.suffixes), None)


def _narrow(head: bytes) -> bytes:
    """First bytes of UTF-16 or UTF-32 in ASCII, which all tests are made for."""
    if b"\0" not in head[:4] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head
    try:
        return head.decode(encoding(head, ""), "ignore").encode("ascii", "ignore")
    except InputError:
        return head


def told(stream: io.BufferedReader[Any], source: str) -> str:
    """Name of the format of an input, of which nothing is read.

    Raises:
        InputError: when neither content nor name tell it.
    """
    head = stream.peek(HEAD)[:HEAD]
    name = sniff(head, source)
    if name is None:
        what = undecodable(head)
        unknown = "is of no format known by its content or name (see --input-format)"
        raise InputError(source, f"is {what}, not text: unpack or convert it" if what else unknown)
    return name


def read(
    stream: BinaryIO, source: str, options: Options = DEFAULT, format: str | None = None
) -> Iterator[Document | Reject]:
    """Documents and rejects of an input, in its order; the format is told from content and name unless given.

    What is compressed is unpacked as it is read.

    Raises:
        InputError: when the input as a whole cannot be read.
        UsageError: for a format that there is no reader of.

    >>> [document.text for document in read(io.BytesIO(b"Some words."), "-")]
    ['Some words.']
    """
    plain = unpacked(stream, source)
    found = reader(format or told(plain, source))(plain, source, options)
    return islice(found, options.limit) if options.limit else found


def reader(name: str) -> Reader:
    """The reader of a format.

    Raises:
        UsageError: when there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"no reader of format {name!r}; there are {', '.join(FORMATS)}")
    return cast(Reader, import_module(f"quality.readers.{FORMATS[name].module}").read)


def cutter(name: str) -> Callable[[BinaryIO, str, Options], Iterator[Document | Reject | Unread]]:
    """What cuts inputs of a format into records, which are still to be read where that takes long: its ``unread``."""
    known = reader(name)
    return cast(Reader, getattr(import_module(f"quality.readers.{FORMATS[name].module}"), "unread", known))
