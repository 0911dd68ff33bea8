"""Article: what is kept of a scored record to judge its site, small enough to be put on disk and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, cast

import orjson

from quality.document import Document
from quality.readers import Options, fields
from quality.scored import Row, document
from quality.sites.address import LONGEST, section, site_of

AUTHORS = ("author", "authors", "byline", "creator", "by", "writer")
"""Usual names of a field that says who wrote a text, the likeliest first."""


class Article(NamedTuple):
    """One article. ``key``: 63 bits, the same for the same article; ``text`` is None where it was dropped.

    ``score`` and ``axes`` are None when it got no score, for the ``reason`` given. ``section``, ``author`` and
    ``month`` are empty where unknown.
    """

    site: str
    key: int
    url: str
    title: str
    score: float | None
    axes: tuple[float, float, float] | None
    reason: str
    section: str
    author: str
    month: str
    links: str
    text: str | None

    def document(self) -> Document:
        """The document that its score is of."""
        links = cast(Literal["present", "none", "unknown"], self.links)
        return Document(self.text or "", source=self.site, url=self.url, title=self.title, links=links)

    def rank(self) -> tuple[float, int, int, str]:
        """By which the worst come first, and of copies of one article the one that counts: in any order of input.

        Of copies with the same score it is the one with the shortest address, without "#comments".
        """
        copy = digest(self.url, self.title, self.links, self.text or "")
        return (1.0 if self.score is None else -self.score, self.key, len(self.url), copy)


def digest(*parts: str) -> str:
    """16 hex digits for some texts."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def article(row: Row, options: Options, site_key: str = "") -> Article | None:
    """The article of a scored record; None when it lacks the field that names its site."""
    site = site_of(row.url, row.record, row.source, site_key)
    if not site:
        return None
    found = document(row, options)
    text = found.text if found else None
    return Article(
        site, _key(row, text), row.url, row.title, row.score, row.axes, row.reason or "",
        section(row.url) if row.url else "", author(row.record), f"{row.day:%Y-%m}" if row.day else "", row.links, text,
    )  # fmt: skip


def _key(row: Row, text: str | None) -> int:
    """63 bits of what makes it this article: its address and title, else its text, else all its fields."""
    rest = orjson.dumps(row.record, default=str, option=orjson.OPT_SORT_KEYS) if not (row.url or text) else b""
    parts = (row.url.partition("#")[0], row.title or text or "") if row.url else (text or rest.decode(),)
    return int(digest(*parts), 16) >> 1


def author(record: Mapping[str, Any]) -> str:
    """Who wrote a record's text, as far as one of the usual fields tells.

    >>> author({"Byline": " Ann  Other "}), author({"authors": ["B. Nobody", "C."]}), author({"author": None})
    ('Ann Other', 'B. Nobody', '')
    """
    names = {fields.SEPARATOR.sub("", str(name).lower()): name for name in record}
    for name in AUTHORS:
        value = record.get(names.get(name, ""))
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("name") if isinstance(value, Mapping) else value
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:LONGEST]
    return ""


def packed(one: Article) -> bytes:
    """The article as a line."""
    try:
        return orjson.dumps(tuple(one)) + b"\n"  # it takes no named tuples
    except (TypeError, orjson.JSONEncodeError):  # a lone surrogate
        return json.dumps(one).encode() + b"\n"


def unpacked(line: bytes) -> Article:
    """The article of a line."""
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError:
        values = json.loads(line)
    values[5] = tuple(values[5]) if values[5] else None
    return Article(*values)
