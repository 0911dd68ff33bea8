"""Reader of OPML: the feeds it lists that are local files, below its own folder. Addresses are rejects, not fetched."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from quality.document import Document
from quality.errors import InputError
from quality.readers.base import Options, Reject, whole
from quality.readers.compressed import unpacked
from quality.readers.xml import harmless

LISTED = frozenset({"feed", "json"})
"""Formats of what a list may list."""


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    """Documents of the listed feeds, in order; a reject for each that is remote, elsewhere, missing or no feed.

    Each file is read once, however often it is listed: a short list does not become a long job.

    Raises:
        InputError: when it is empty, binary or too large.

    >>> import io
    >>> opml = b'<opml><body><outline xmlUrl="https://example.org/feed"/></body></opml>'
    >>> [reject.id for reject in read(io.BytesIO(opml), "a.opml", Options())]
    ['https://example.org/feed']
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=True)
    root = etree.fromstring(harmless(whole(stream, source, options), source).encode(), parser)
    outlines = [] if root is None else root.iter("{*}outline")
    addresses = [address for one in outlines if (address := one.get("xmlUrl") or one.get("xmlurl"))]
    seen: set[Path] = set()
    for number, address in zip(count(1), addresses, strict=False):
        try:
            path = _path(address, source)
            if path in seen:
                raise InputError(address, "is listed before")
            seen.add(path)
            yield from _feed(path, address, options)
        except (InputError, OSError) as error:
            reason = error.reason if isinstance(error, InputError) else (error.strerror or str(error)).lower()
            yield Reject(source, f"outline {number}", address, reason)
    if not addresses:
        yield Reject(source, "", "", "lists no feeds")


def _feed(path: Path, address: str, options: Options) -> Iterator[Document | Reject]:
    from quality.readers import HEAD, reader, sniff

    with open(path, "rb") as file:
        stream = unpacked(file, str(path))
        name = sniff(stream.peek(HEAD)[:HEAD], path.name)
        if name not in LISTED:
            raise InputError(address, "is no feed")
        yield from reader(name)(stream, str(path), options)


def _path(address: str, source: str) -> Path:
    """Path of a listed file."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise InputError(address, "is no address") from None
    if "%00" in parts.path:
        raise InputError(address, "is no name of a file")
    if parts.scheme not in {"", "file"} or parts.netloc not in {"", "localhost"}:
        raise InputError(address, "is not a local file, and nothing is fetched: save the feed and list the file")
    folder = Path("." if source == "-" else source).resolve()
    folder = folder if source == "-" else folder.parent
    path = (folder / unquote(parts.path)).resolve()
    if not path.is_relative_to(folder):
        raise InputError(address, "is not below the folder of the list")
    return path
