"""Reader of feeds: RSS 0.9 to 2.0, Atom, RDF, by feedparser on bytes that are at hand; nothing is ever fetched.

The whole content of an entry comes before its summary; a summary is marked partial. HTML is read with its links.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from typing import Any, BinaryIO

from quality.document import Document
from quality.errors import InputError
from quality.readers import fields
from quality.readers.base import Options, Reject, needed, whole
from quality.readers.xml import harmless

FIELDS = ("id", "link", "title", "author", "published", "updated")
"""Fields of an entry that its record keeps, with its text and the name and address of the feed."""

NAMES = {"link": "url"}
"""What the record calls them, where it is not the same."""

NAMESPACES = 10_000
"""Declarations of namespaces in a feed, at most: feedparser takes time by their square."""

_LONG_AUTHOR = re.compile(
    r"(<(?:\w+:)?(?:author|creator|name|email|contributor|managingeditor|webmaster|publisher|owner)\b[^<>]*>"
    r"\s*+(?:<!\[CDATA\[)?[^<]{300})[^<]++",
    re.IGNORECASE,
)
"""An author of more than 300 characters, of which feedparser takes time by the square too."""


def read(stream: BinaryIO, source: str, options: Options) -> Iterator[Document | Reject]:
    """A document or a reject for each entry; a feed without entries is a reject.

    Raises:
        InputError: when it is empty, binary, too large or too damaged, or feedparser is not installed.

    >>> import io
    >>> feed = b"<rss><channel><item><title>Bees</title><description>They hum.</description></item></channel></rss>"
    >>> [entry] = read(io.BytesIO(feed), "a.rss", Options())
    >>> entry.text, entry.partial
    ('They hum.', True)
    """
    text = _LONG_AUTHOR.sub(r"\1", harmless(whole(stream, source, options), source))
    if text.count("xmlns:") > NAMESPACES:
        raise InputError(source, f"declares more than {NAMESPACES} namespaces")
    parsed = _parsed(text, source)
    for number, entry in enumerate(parsed.entries, 1):
        yield _document(_record(entry, parsed.feed), source, f"entry {number}", options)
    if not parsed.entries:
        why = f": {' '.join(str(parsed.bozo_exception).split())[:100]}" if parsed.get("bozo_exception") else ""
        yield Reject(source, "", "", f"{'is a feed without entries' if parsed.version else 'is no feed'}{why}")


def _parsed(text: str, source: str) -> Any:
    with needed(source, "a feed", "feedparser", "feeds"):
        import feedparser
    try:
        # A stream, because feedparser takes bytes that look like an address or a path for one.
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # it has many ways to fail on a damaged feed, and no class for them
        said = " ".join(str(error).split())[:100]
        raise InputError(source, f"is too damaged for feedparser ({type(error).__name__}: {said})") from None


def _record(entry: Any, feed: Any) -> dict[str, Any]:
    record = {NAMES.get(name, name): entry[name] for name in FIELDS if name in entry and entry[name]}  # noqa: RUF019 - its get() warns
    record["feed"] = feed.get("link") or feed.get("title") or ""
    contents = [one.get("value") or "" for one in entry.get("content", ())]
    if any(contents):
        return record | {"text": max(contents, key=len)}
    return record | {"summary": entry.get("summary") or ""}


def _document(record: dict[str, Any], source: str, place: str, options: Options) -> Document | Reject:
    for name in ("text", "summary"):
        # Some feeds escape their HTML twice.
        if "&lt;" in record.get(name, "") and not fields.is_html(record[name]):
            record[name] = unescape(record[name])
    return fields.document(record, source, place, options)
